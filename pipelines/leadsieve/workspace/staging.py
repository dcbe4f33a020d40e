"""Exports on their way into the workspace: part by part into files beside it, so that a load of any size needs little memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from leadsieve.scratch import scratch
from leadsieve.workspace.keys import with_role_keys

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


_STAGED: Final = {**EXPORT, "role_keys": pl.List(pl.String), "position": pl.Int64, "file": pl.Int32}
"""The same as it is staged: with the keys that several people read, its place in the load, and its file's."""


@dataclass(slots=True)
class Staging:
    """The memberships that a load brings: `add` them part by part, then `attach` them to the workspace."""

    folder: Path
    rows: int = 0

    def add(self, rows: pl.DataFrame, *, file: int) -> None:
        """Take over some memberships (`EXPORT`) of the load's file at that place."""
        part = with_role_keys(rows.select(*EXPORT)).with_columns(
            position=pl.int_range(self.rows + 1, self.rows + 1 + pl.len(), dtype=pl.Int64), file=pl.lit(file, pl.Int32)
        )
        self._write(part.select(*_STAGED))
        self.rows += rows.height

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Let `con` see them as `staged_rows`."""
        self._write(pl.DataFrame(schema=_STAGED))  # A load may bring nobody.
        parts = str(self.folder / "*.parquet").replace("'", "''")
        con.execute(f"create or replace temp view staged_rows as from read_parquet('{parts}')")

    def _write(self, part: pl.DataFrame) -> None:
        # Read once or twice and then removed: what compresses well but slowly is not worth it.
        part.write_parquet(
            self.folder / f"{self.rows:012}-{part.height:07}.parquet", compression="lz4", statistics=False
        )


@contextmanager
def staging() -> Iterator[Staging]:
    """Yield an empty staging area that goes with its block."""
    with scratch() as folder:
        yield Staging(folder)
