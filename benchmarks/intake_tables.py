"""Read a folder of CSV files without hints and write each table as read, for a scorer; or score the quirks here.

    python benchmarks/intake_tables.py FOLDER OUT     writes OUT/<name>_converted.csv for every file in FOLDER
    python benchmarks/intake_tables.py                exact tables on tests/intake/data/quirks, beside other readers

Written as Pollock's scorer wants it: UTF-8, RFC 4180, header first; `Application Error` for a file that is refused. The
lines of each file that are in the table, rejected and ignored are added up and printed.
"""

import argparse
import csv
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

from leadsieve.errors import InputError
from leadsieve.intake import read

QUIRKS = Path(__file__).parents[1] / "tests" / "intake" / "data" / "quirks"
Rows = list[list[str]]


def convert(folder: Path, out: Path) -> None:
    """Write every file's table, and print what became of the records."""
    out.mkdir(parents=True, exist_ok=True)
    records = rejected = ignored = refused = 0
    for path in sorted(folder.iterdir()):
        target = out / f"{path.name}_converted.csv"
        try:
            found = read(path)
        except InputError as error:
            target.write_text("Application Error\n")
            refused += 1
            print(error)
            continue
        found.table.write_csv(target, include_header=found.guess.has_header, quote_style="always")
        records, rejected, ignored = (
            records + found.table.height,
            rejected + found.rejected.height,
            ignored + found.ignored.height,
        )
    print(f"{records:,} records, {rejected:,} rejected, {ignored:,} lines ignored, {refused:,} files refused")


def by_leadsieve(path: Path) -> Rows:
    """Return the rows as intake reads them."""
    return [list(row) for row in read(path).table.rows()]


def by_duckdb(path: Path) -> Rows:
    """Return the rows as DuckDB guesses them, all text."""
    rows = duckdb.execute("select * from read_csv(?, all_varchar = true)", [str(path)]).fetchall()
    return [[cell or "" for cell in row] for row in rows]


def by_polars(path: Path) -> Rows:
    """Return the rows as Polars reads them by default, all text."""
    return [[cell or "" for cell in row] for row in pl.read_csv(path, infer_schema=False).rows()]


def by_clevercsv(path: Path) -> Rows:
    """Return the rows as CleverCSV reads them; it must be installed."""
    import clevercsv

    return clevercsv.read_table(str(path))[1:]


def score_quirks() -> None:
    """Print how many of the quirks each reader reads exactly; rows that may be held back are not asked for."""
    cases = [(path.with_suffix(".csv"), json.loads(path.read_text("utf-8"))) for path in sorted(QUIRKS.glob("*.json"))]
    readers = {"leadsieve": by_leadsieve, "CleverCSV": by_clevercsv, "DuckDB": by_duckdb, "Polars": by_polars}
    for name, reader in readers.items():
        print(f"{name:12}{sum(is_exact(reader, path, expected) for path, expected in cases):4} of {len(cases)}")


def is_exact(reader: Callable[[Path], Rows], path: Path, expected: dict[str, list[list[str]]]) -> bool:
    """Return whether a reader gives exactly the expected rows; refusing an empty file is right."""
    try:
        rows = reader(path)
    except (
        InputError,
        duckdb.Error,
        pl.exceptions.PolarsError,
        UnicodeError,
        csv.Error,
        ImportError,
        ValueError,
        TypeError,
    ):
        return not expected["header"]
    held_back = expected.get("quarantine_ok", [])
    without = [row for n, row in enumerate(expected["rows"]) if n not in held_back]
    return rows in (expected["rows"], without)


def main() -> None:
    """Convert a folder, or score the quirks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("out", type=Path, nargs="?")
    options = parser.parse_args()
    if options.folder and options.out:
        convert(options.folder, options.out)
    else:
        score_quirks()


if __name__ == "__main__":
    main()
