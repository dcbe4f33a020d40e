"""DuckDB as all rooms open it: mute, for its progress bar would write to standard output."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from leadsieve.resources import Resources


def quoted(path: Path) -> str:
    """Return a path as a text of SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def connect(
    file: Path | None = None, *, read_only: bool = False, allowed: Resources | None = None, **config: str
) -> duckdb.DuckDBPyConnection:
    """Open a database file, or one in memory; `config` are DuckDB's own settings, `allowed` what it may use of the machine.

    A process opens a file with one configuration only, so whoever opens a workspace gives none.
    """
    con = duckdb.connect(
        str(file or ":memory:"), read_only=read_only, config={**config, **(allowed.engine() if allowed else {})}
    )
    # In Jupyter without ipywidgets it is off, and DuckDB refuses even to be told so.
    ((shown,),) = con.execute("select current_setting('enable_progress_bar')").fetchall()
    if shown:
        con.execute("set enable_progress_bar = false")
    return con


class _Stream:
    """A table as DuckDB takes it without help: for one of Polars it would load pyarrow, which takes a fifth of a second."""

    def __init__(self, table: pl.DataFrame) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def put(con: duckdb.DuckDBPyConnection, name: str, table: pl.DataFrame) -> None:
    """Make the temporary table `name` of a table; lists in it may be empty, but not null."""
    con.register("put", _Stream(table))
    con.execute(f"create or replace temp table {name} as from put")
    con.unregister("put")


def small_table(con: duckdb.DuckDBPyConnection, asked: str, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Return the few rows that are asked for; DuckDB's own `pl`, made for many, would load pyarrow."""
    return pl.DataFrame(con.execute(asked).fetchall(), schema=schema, orient="row")
