"""How fast email and LinkedIn columns are answered, and that memory stays flat; run `python benchmarks/identity.py`.

Invented cells, seeded. "regular" is what an export mostly holds; "odd" is 5 % of cells with the dirt that lists really
have, every odd cell different, so that nothing is answered from memory.
"""

import argparse
import platform
import random
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from leadsieve.identity import email_cell, expressions, linkedin_cell

ENDINGS = ("com", "de", "fr", "co.uk", "io", "net", "com.au", "jp")
ODD_EMAILS = (
    "mailto:{}", "<{}>", "Jane Doe <{}>", "{},", "{}; {}", "{}\u200b", "Email: {}", "{} (work)", " {} ", "{};", "'{}'", "{}.",
    "{}; bob@acme.com", "{}n", "n/a {}",
)  # fmt: skip
ODD_PROFILES = (
    "{}/", "{}?trk=people", " {} ", "{},", "LinkedIn: {}", "{}/details/experience/", "{}%C3%A9", "<{}>", "{} - CEO", "{}é", "{}...",
    "https://www.google.com/url?q={}", "{}\n",
)  # fmt: skip
FUNCTIONS = {"email": email_cell, "linkedin": linkedin_cell}


def columns(rows: int, odd_share: float, seed: int = 7) -> pl.DataFrame:
    """Return `email` and `linkedin` cells, invented; a share of them odd."""
    rng = random.Random(seed)
    domains = [f"company{n}.{ending}" for n in range(20_000) for ending in ENDINGS]
    emails = [f"jane{n}.doe{rng.randrange(99_999)}@{rng.choice(domains)}" for n in range(rows)]
    profiles = [f"https://www.linkedin.com/in/jane-doe-{n}-{rng.randrange(16**6):06x}" for n in range(rows)]
    for place in rng.sample(range(rows), int(rows * odd_share)):
        emails[place] = rng.choice(ODD_EMAILS).replace("{}", emails[place])
        profiles[place] = rng.choice(ODD_PROFILES).replace("{}", profiles[place])
    return pl.DataFrame({"email": emails, "linkedin": profiles})


def timed(work: Callable[[], object], repeats: int = 3) -> tuple[float, float]:
    """Return the best wall and processor time in seconds; what is remembered between batches is forgotten first."""
    wall = processor = float("inf")
    for _ in range(repeats):
        expressions.forget()
        start, used = time.perf_counter(), time.process_time()
        work()
        wall, processor = min(wall, time.perf_counter() - start), min(processor, time.process_time() - used)
    return wall, processor


def report(name: str, cells: int, seconds: tuple[float, float]) -> None:
    """Print one line: cells a second; the processor time tells how much a busy machine took away."""
    wall, processor = seconds
    print(f"{name:34s} {cells / wall / 1e6:6.2f} million cells a second ({wall:.2f} s, processor {processor:.2f} s)")


def speeds(rows: int) -> None:
    """Measure both columns together, and each alone with 5 % odd cells."""
    both = [function(pl.col(name)).alias(name) for name, function in FUNCTIONS.items()]
    regular, odd = columns(rows, 0), columns(rows, 0.05)
    regular.head(1000).select(both)  # the lists are loaded once a process
    report("regular, both columns", 2 * rows, timed(lambda: regular.select(both)))
    report(
        "regular, both columns, streaming",
        2 * rows,
        timed(lambda: regular.lazy().select(both).collect(engine="streaming")),
    )
    for name, function in FUNCTIONS.items():
        report(f"5 % odd, {name}", rows, timed(lambda n=name, f=function: odd.select(f(pl.col(n)))))
    report("5 % odd, both columns", 2 * rows, timed(lambda: odd.select(both)))


def memory(rows: int, batches: int) -> None:
    """Answer many batches of different cells; what stays in memory must not grow with them."""
    for batch in range(batches):
        columns(rows, 0.05, seed=batch).select(
            function(pl.col(name)).alias(name) for name, function in FUNCTIONS.items()
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"after {(batch + 1) * rows:>12,} rows: peak {peak:,.0f} MiB")


def main() -> None:
    """Print machine, date and figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--memory", action="store_true", help="also show that memory stays flat")
    asked = options.parse_args()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {pl.thread_pool_size()} threads, polars {pl.__version__}"
    )
    speeds(asked.rows)
    if asked.memory:
        memory(asked.rows // 4, 8)


if __name__ == "__main__":
    main()
