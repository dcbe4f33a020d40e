"""How long a plain, clean list takes to read, beside bare Polars.

    python benchmarks/intake_speed.py [--rows 600000] [--repeat 9]

Reads the same generated file in turns and prints the best and the median of each, in wall and in processor time; the
goal is at most 1.3 times bare Polars.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from leadsieve.intake import read


def write_list(path: Path, rows: int) -> None:
    """Write a lead list of eight columns, one company in seven quoted."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("First Name,Last Name,Email,Company,Job Title,LinkedIn URL,Phone,City\n")
        for n in range(rows):
            company = f'"Acme {n % 999}, Ltd"' if n % 7 == 0 else f"Acme {n % 999}"
            out.write(
                f"Zoë{n % 50},Quill{n % 700},zoe{n}@acme{n % 999}.example,{company},Head of Growth,"
                f"https://www.linkedin.com/in/zoe-quill-{n},+336{n:08d},Paris\n"
            )


def timed(reader: Callable[[], object]) -> tuple[float, float]:
    """Return the wall and processor time of one call in milliseconds."""
    wall, processor = time.perf_counter(), time.process_time()
    reader()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=600_000)
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list.csv")
        write_list(path, options.rows)
        readers: dict[str, Callable[[], object]] = {
            "polars, all text": lambda: pl.read_csv(path, infer_schema=False),
            "leadsieve": lambda: read(path),
        }
        times = {name: [] for name in readers}
        for _ in range(options.repeat):
            for name, reader in readers.items():
                times[name].append(timed(reader))
        print(f"{options.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} processors")
    report(times)


def report(times: dict[str, list[tuple[float, float]]]) -> None:
    """Print each reader's times and the ratio to the first."""
    base = None
    for name, measured in times.items():
        wall, processor = [m[0] for m in measured], [m[1] for m in measured]
        base = base or (min(wall), statistics.median(wall))
        print(
            f"{name:18} best {min(wall):7.1f} ms ({min(wall) / base[0]:.2f})  median {statistics.median(wall):7.1f} ms "
            f"({statistics.median(wall) / base[1]:.2f})  processor {min(processor):7.1f} ms"
        )


if __name__ == "__main__":
    main()
