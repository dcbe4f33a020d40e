"""Exports on their way into the workspace: part by part into files beside it, so that a load of any size needs little memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from leadsieve.database import quoted
from leadsieve.resources import Resources
from leadsieve.scratch import scratch
from leadsieve.workspace.keys import PLACE

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
    "imported": pl.Boolean,
}
"""One membership as an export shows it."""

_BATCH: Final = 2_000_000  # memberships that are taken over at once


@dataclass(slots=True)
class Staging:
    """The memberships that a load brings: `add` them part by part, then `attach` them to the workspace."""

    folder: Path
    rows: int = 0
    parts: list[tuple[str, int]] = field(default_factory=list)
    """Names and rows of what was added."""

    def add(self, rows: pl.DataFrame, keys: pl.DataFrame, *, file: int) -> None:
        """Take over some memberships (`EXPORT`) of the load's file at that place, and their keys (place among them, key, role)."""
        place = pl.int_range(pl.len(), dtype=pl.Int64)
        staged = rows.select(
            *EXPORT,
            position=place + self.rows + 1,
            file=pl.lit(file, pl.Int32),
            is_identified=place.is_in(keys[PLACE].unique().cast(pl.Int64).implode()),
        )
        name = f"{self.rows:012}-{rows.height:07}"
        self._write(f"rows-{name}", staged)
        self._write(f"keys-{name}", keys.select("key", "role", position=pl.col(PLACE).cast(pl.Int64) + self.rows + 1))
        self.parts.append((name, rows.height))
        self.rows += rows.height

    def attach(self, con: duckdb.DuckDBPyConnection, allowed: Resources) -> None:
        """Let `con` see all of them as `staged_rows` and `staged_keys`, and take them over with what is allowed, in any order."""
        con.execute(f"set temp_directory = {quoted(self.folder / 'spilled')}")
        for setting, value in allowed.engine().items():
            con.execute(f"set {setting} = '{value}'")
        con.execute("set preserve_insertion_order = false")
        if not self.parts:  # A load may bring nobody.
            nobody = pl.DataFrame(schema={PLACE: pl.UInt32, "key": pl.String, "role": pl.Boolean})
            self.add(pl.DataFrame(schema=EXPORT), nobody, file=0)
        self._see(con, "staged", [name for name, _ in self.parts])

    def batches(self, con: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Let `con` see them one batch after the other as `batch_rows` and `batch_keys`."""
        names: list[str] = []
        rows = 0
        for name, height in self.parts:
            if names and rows + height > _BATCH:
                self._see(con, "batch", names)
                yield
                names, rows = [], 0
            names.append(name)
            rows += height
        self._see(con, "batch", names)
        yield

    def _see(self, con: duckdb.DuckDBPyConnection, what: str, names: Sequence[str]) -> None:
        for kind in ("rows", "keys"):
            files = ", ".join(quoted(self.folder / f"{kind}-{name}.parquet") for name in names)
            con.execute(f"create or replace temp view {what}_{kind} as from read_parquet([{files}])")

    def _write(self, name: str, part: pl.DataFrame) -> None:
        # Read a few times and then removed: what compresses well but slowly is not worth it.
        part.write_parquet(self.folder / f"{name}.parquet", compression="lz4", statistics=False)


@contextmanager
def staging() -> Iterator[Staging]:
    """Yield an empty staging area that goes with its block."""
    with scratch() as folder:
        yield Staging(folder)
