"""Whether two ledgers say the same of every row.

    python agree.py LEDGER OTHER

Exit status 1 when they do not; it prints how many rows differ, column by column.
"""

import sys
from pathlib import Path

import polars as pl

COMPARED = ("row", "linkedin_key", "outcome", "reason")
"""`email` is not among them: leadsieve's is filled from the person's other rows."""


def differing(ledger: Path, other: Path) -> dict[str, int]:
    """Return how many rows differ in which columns, both ledgers in list order; raises ValueError when their lengths do."""
    ours, theirs = (pl.read_parquet(path, columns=list(COMPARED)).cast(pl.String) for path in (ledger, other))
    if ours.height != theirs.height:
        msg = f"{ledger} has {ours.height:,} rows, {other} {theirs.height:,}."
        raise ValueError(msg)
    counted = {column: ours[column].ne_missing(theirs[column]).sum() for column in COMPARED}
    return {column: n for column, n in counted.items() if n}


if __name__ == "__main__":
    found = differing(*map(Path, sys.argv[1:]))
    sys.exit(f"Rows that differ: {found}." if found else 0)
