"""DuckDB and Polars hand tables to each other."""

import subprocess
import sys

import polars as pl
import pytest

from leadsieve.database import connect, put, small_table

TABLE = pl.DataFrame(
    {"number": [1, None, 3], "text": ["a", None, "no short text"], "list": [[], [], [{"kind": "x", "word": "y"}]]}
)


@pytest.mark.parametrize("table", [TABLE, TABLE.clear(), TABLE.slice(1, 1)], ids=["rows", "none", "one"])
def test_a_table_comes_back_as_it_was_put(table):
    with connect() as con:
        put(con, "told", table)
        assert small_table(con, "from told", table.schema).equals(table)


_HANDING_OVER = """
import sys
import polars as pl
from leadsieve.database import connect, put, small_table
with connect() as con:
    put(con, "told", pl.DataFrame({"a": [1]}))
    small_table(con, "from told", {"a": pl.Int64})
print([name for name in ("pyarrow", "pandas") if name in sys.modules])
"""


def test_nothing_is_loaded_for_it_and_nothing_is_said_at_the_end():
    """Polars that reads DuckDB's own Arrow stream makes DuckDB complain of leaks when the process ends."""
    told = subprocess.run([sys.executable, "-c", _HANDING_OVER], capture_output=True, text=True, check=True)

    assert (told.stdout, told.stderr) == ("[]\n", "")
