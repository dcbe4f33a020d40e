"""The floor: bare Polars reads the list and writes it again, all text; nothing is cleaned, nobody is checked.

python floor.py LIST MEMBERSHIPS OUT
"""

import sys
from pathlib import Path

import polars as pl


def main(leads: Path, _: Path, out: Path) -> None:
    """Copy the list."""
    out.mkdir(parents=True)
    pl.scan_csv(leads, infer_schema=False).sink_csv(out / "list.csv")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
