"""DuckDB as all rooms open it: mute, for its progress bar would write to standard output."""

from pathlib import Path

import duckdb

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
