"""The floor of a load: bare Polars reads every cell of the memberships and makes their keys, with leadsieve's own expressions.

python load_floor.py MEMBERSHIPS
"""

import sys
from pathlib import Path

import polars as pl

import leadsieve  # noqa: F401 - the namespace `lead`


def main(memberships: Path) -> None:
    """Read, make the keys, keep only counts."""
    keys = {"email_key": pl.col("email").lead.email(), "linkedin_key": pl.col("linkedinUrl").lead.linkedin_key()}
    read = pl.scan_parquet(memberships).with_columns(**keys)
    print(read.select(pl.all().str.len_bytes().sum()).collect(engine="streaming"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
