"""Exports on their way into the workspace: part by part into a database of their own, so that a load of any size needs little memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from leadsieve.database import connect
from leadsieve.scratch import scratch
from leadsieve.workspace.keys import role_keys
from leadsieve.workspace.store import statement

MEMORY: Final = "1GB"
"""What DuckDB may use while the parts are written; what is more goes to the scratch folder. Polars' part comes on top."""

EXPORT: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "told": pl.String,  # the campaign as the export names it: name or id
    "lead_id": pl.String,
    "email": pl.String,
    "linkedin_url": pl.String,
    "linkedin_url_sales_nav": pl.String,
    "status": pl.String,
    "is_paused": pl.Boolean,
    "last_state": pl.String,
    "source": pl.String,
    "fields": pl.String,
    "keys": pl.List(pl.String),
    "imported": pl.Boolean,
}
"""One membership as an export shows it."""


@dataclass(slots=True)
class Staging:
    """The memberships that a load brings: `add` them part by part, then `attach` them to the workspace."""

    folder: Path
    _con: duckdb.DuckDBPyConnection
    rows: int = 0

    @property
    def file(self) -> Path:
        """The database that holds them."""
        return _file(self.folder)

    def add(self, rows: pl.DataFrame, *, file: int) -> None:
        """Take over some memberships (`EXPORT`) of the load's file at that place."""
        part = rows.select(*EXPORT).with_columns(
            role_keys(),
            position=pl.int_range(self.rows + 1, self.rows + 1 + pl.len(), dtype=pl.Int64),
            file=pl.lit(file, pl.Int32),
        )
        self._con.register("part", part.to_arrow())
        self._con.execute(statement("stage.sql"))
        self._con.unregister("part")
        self.rows += rows.height

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Let `con` see them as `staged_rows`; nothing can be added any more."""
        self._con.close()
        place = str(self.file).replace("'", "''")
        con.execute(f"attach '{place}' as staged (read_only)")
        con.execute("create or replace temp view staged_rows as from staged.staged_rows")


@contextmanager
def staging() -> Iterator[Staging]:
    """Yield an empty staging area that goes with its block."""
    with (
        scratch() as folder,
        connect(_file(folder), memory_limit=MEMORY, temp_directory=str(folder / "spill")) as con,
    ):
        con.execute(statement("staged.sql"))
        yield Staging(folder, con)


def _file(folder: Path) -> Path:
    return folder / "staged.duckdb"
