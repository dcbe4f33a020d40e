"""What a load brings, on its way into the workspace: short files cleaned at once, long ones part by part when their turn comes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl

from leadsieve.intake import Read
from leadsieve.scratch import scratch
from leadsieve.spool import PART_ROWS, side_by_side
from leadsieve.workspace.storing import PLACE

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
    "email_key": pl.String,
    "email_role": pl.Boolean,
    "linkedin_key": pl.String,
}
"""One membership as an export shows it, and its keys."""

Cleaned: TypeAlias = tuple[pl.DataFrame, pl.DataFrame]
"""Memberships (`EXPORT`) and what else identifies them (`FURTHER`)."""


_KINDS: Final = ("rows", "further")


@dataclass(frozen=True, slots=True)
class Part:
    """Some memberships of a load (`EXPORT`, `position`: their number in it from 1, `file`: its place in it) and what else identifies them (position, key, role)."""

    rows: pl.DataFrame
    further: pl.DataFrame


@dataclass(slots=True)
class Staging:
    """The memberships that a load brings: `add` its files, then take over the `parts`.

    Thousands of short files lie in a scratch folder, but for the last ones; a long one is where it was read.
    """

    folder: Path
    threads: int
    rows: int = 0
    _stored: list[str] = field(default_factory=list)
    _waiting: list[Part] = field(default_factory=list)
    _rows_waiting: int = 0
    _long: list[Iterator[Part]] = field(default_factory=list)

    def add_read(self, told: Read, cleaned: Callable[[pl.DataFrame], Cleaned], *, file: int) -> None:
        """Take over the load's file at that place, which `cleaned` makes memberships of."""
        height = told.records.height
        if height <= PART_ROWS:
            self.add(cleaned(told.table), file=file)
            return
        self._long.append(self._cleaned_parts(told, cleaned, file=file, before=self.rows))
        self.rows += height

    def add(self, cleaned: Cleaned, *, file: int) -> None:
        """Take over memberships that are in memory anyhow."""
        part = _numbered(cleaned, file=file, before=self.rows)
        self._waiting.append(part)
        self.rows += part.rows.height
        self._rows_waiting += part.rows.height
        if self._rows_waiting >= PART_ROWS:
            self._store()

    def parts(self) -> Iterator[Part]:
        """Yield all of them once, in parts; what comes first in a file comes first."""
        for name in self._stored:
            yield Part(*(pl.read_parquet(self._file(kind, name)) for kind in _KINDS))
        if self._waiting:
            yield _together(self._waiting)
        for long in self._long:
            yield from long

    def _store(self) -> None:
        # Read once and then removed: what compresses well but slowly is not worth it.
        part, name = _together(self._waiting), f"{len(self._stored):06}"
        for kind, table in zip(_KINDS, (part.rows, part.further), strict=True):
            table.write_parquet(self._file(kind, name), compression="lz4", statistics=False)
        self._stored.append(name)
        self._waiting, self._rows_waiting = [], 0

    def _cleaned_parts(
        self, told: Read, cleaned: Callable[[pl.DataFrame], Cleaned], *, file: int, before: int
    ) -> Iterator[Part]:
        tables = ((part.table,) for part in told.parts())
        for some in side_by_side(cleaned, tables, threads=self.threads):
            part = _numbered(some, file=file, before=before)
            before += part.rows.height
            yield part

    def _file(self, kind: str, name: str) -> Path:
        return self.folder / f"{kind}-{name}.parquet"


def _numbered(cleaned: Cleaned, *, file: int, before: int) -> Part:
    """Return memberships with their numbers in the load, `before` of which come first."""
    rows, further = cleaned
    position = pl.int_range(before + 1, before + rows.height + 1, dtype=pl.Int64)
    return Part(
        rows.select(*EXPORT, position=position, file=pl.lit(file, pl.Int32)),
        further.select("key", "role", position=pl.col(PLACE).cast(pl.Int64) + before + 1),
    )


def _together(parts: list[Part]) -> Part:
    return Part(pl.concat(part.rows for part in parts), pl.concat(part.further for part in parts))


@contextmanager
def staging(threads: int) -> Iterator[Staging]:
    """Yield an empty staging area that goes with its block; `threads` may clean (0: as many as the machine has cores)."""
    with scratch() as folder:
        yield Staging(folder, threads)
