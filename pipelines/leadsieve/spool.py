"""Tables in parts: a short list stays in memory, a long one lies in a scratch folder, so that its length costs no memory."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, cast

import polars as pl
import pyarrow.parquet as pq

from leadsieve.errors import OutputError, system_number
from leadsieve.scratch import scratch

PART_ROWS: Final = 200_000
"""Rows of a part, whatever memory there is: what is written never depends on it."""


_WRITTEN: Final[dict[str, Any]] = {"compression": "zstd", "compression_level": 1, "write_statistics": False}
"""How a table of one file is written: as small as with higher levels, in half the time."""


def compact(picked: pl.DataFrame) -> pl.DataFrame:
    """Return rows that were picked from others without the texts of these, which Polars keeps in memory for as long as one is."""
    copied = pl.from_arrow(picked.to_arrow())
    return cast("pl.DataFrame", copied)


def write_parquet(table: pl.DataFrame, path: Path) -> None:
    """Write a table as Parquet; raises OSError when the disk is full, as writing CSV does."""
    try:
        table.write_parquet(path)
    except pl.exceptions.ComputeError as error:
        raise OSError(str(error)) from error


class Room:
    """A scratch folder that several tables share: made for the first part that needs it, gone with the last who holds it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._files = 0

    def file(self) -> Path:
        """Return the path of a new file."""
        if self._folder is None:
            stack = ExitStack()
            with _told():
                self._folder = stack.enter_context(scratch())
            weakref.finalize(self, stack.close)
        self._files += 1
        return self._folder / f"{self._files:06}.parquet"


class Spool:
    """A table in parts of `PART_ROWS` rows, in order; up to one part it is in memory, a longer one lies in the room.

    Raises OutputError when the room's disk is full.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._waiting: list[pl.DataFrame] = []
        self._rows_waiting = 0
        self._files: list[Path] = []
        self._schema = pl.Schema()
        self.height = 0

    @classmethod
    def of(cls, table: pl.DataFrame) -> "Spool":
        """Return a table that is in memory anyhow, and stays there."""
        spool = cls(Room())
        spool._take(table)
        return spool

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return self._schema.names()

    def append(self, rows: pl.DataFrame) -> None:
        """Take over rows (all with the same columns) behind those that are there."""
        if self._rows_waiting == PART_ROWS and rows.height:
            self._store(self._rest())
            self._waiting, self._rows_waiting = [], 0
        self._take(rows)
        while self._rows_waiting > PART_ROWS:
            waiting = pl.concat(self._waiting)
            self._waiting, self._rows_waiting = [waiting.slice(PART_ROWS)], waiting.height - PART_ROWS
            self._store(waiting.head(PART_ROWS))

    def _take(self, rows: pl.DataFrame) -> None:
        self._schema = self._schema or rows.schema
        self._waiting.append(rows)
        self._rows_waiting += rows.height
        self.height += rows.height

    def _store(self, part: pl.DataFrame) -> None:
        """Keep a part in the room; it is read a few times and then removed, so what compresses well but slowly is not worth it."""
        with _told():
            self._files.append(self._room.file())
            part.write_parquet(self._files[-1], compression="lz4", statistics=False)

    def parts(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the parts in order, whole or some columns of them; one part without rows for an empty table."""
        wanted = self.columns if columns is None else list(columns)
        for file in self._files:
            yield pl.read_parquet(file, columns=wanted).select(wanted)
        rest = self._rest().select(wanted)
        if rest.height or not self._files:
            yield from rest.iter_slices(PART_ROWS) if rest.height else (rest,)

    def scan(self) -> pl.LazyFrame:
        """Return the table to be asked; it lasts as long as the spool."""
        if not self._files:
            return self._rest().lazy()
        if self._rows_waiting:
            self._store(self._rest())
            self._waiting, self._rows_waiting = [], 0
        return pl.scan_parquet(self._files, glob=False).select(self.columns)

    def files(self) -> list[Path]:
        """Return the files of a long table, in order; none when it is in memory."""
        self.scan()
        return list(self._files)

    def collect(self) -> pl.DataFrame:
        """Return the whole table in memory."""
        return self.scan().collect()

    def head(self, rows: int) -> pl.DataFrame:
        """Return its first rows."""
        found: list[pl.DataFrame] = []
        for part in self.parts():
            found.append(part.head(rows))
            rows -= found[-1].height
            if not rows:
                break
        return pl.concat(found)

    def _rest(self) -> pl.DataFrame:
        if len(self._waiting) > 1:
            self._waiting = [pl.concat(self._waiting)]
        return self._waiting[0] if self._waiting else pl.DataFrame(schema=self._schema)

    def without(self, columns: Sequence[str]) -> "Spool":
        """Return the same rows without some columns; nothing is copied."""
        other = Spool(self._room)
        other._waiting = [self._rest().drop(columns)]
        other._rows_waiting, other._files, other.height = self._rows_waiting, list(self._files), self.height
        other._schema = other._waiting[0].schema
        return other

    def mapped(self, function: Callable[[pl.DataFrame], pl.DataFrame]) -> "Spool":
        """Return what a function makes of each part, which it must do row by row."""
        other = Spool(self._room)
        for part in self.parts():
            other.append(function(part))
        return other


class FileSpool(Spool):
    """The same in one Parquet file, a row group each part, so that it can be published as it is."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._writer: pq.ParquetWriter | None = None

    def _store(self, part: pl.DataFrame) -> None:
        table = part.to_arrow()
        with _told():
            if self._writer is None:
                self._files.append(self._room.file())
                self._writer = pq.ParquetWriter(self._files[0], table.schema, **_WRITTEN)
            self._writer.write_table(table, row_group_size=max(part.height, 1))

    def _finish(self) -> None:
        """Write what waits and close the file; before that nobody can read it."""
        if self._writer is None or not self._writer.is_open:
            return
        if self._rows_waiting:
            self._store(self._rest())
            self._waiting, self._rows_waiting = [], 0
        with _told():
            self._writer.close()

    def parts(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the parts in order, whole or some columns of them; one part without rows for an empty table."""
        self._finish()
        if not self._files:
            yield from super().parts(columns)
            return
        chosen = self.scan().select(self.columns if columns is None else list(columns))
        for start in range(0, self.height, PART_ROWS):
            yield chosen.slice(start, PART_ROWS).collect()

    def scan(self) -> pl.LazyFrame:
        """Return the table to be asked; it lasts as long as the spool."""
        self._finish()
        return pl.scan_parquet(self._files[0], glob=False) if self._files else self._rest().lazy()

    def copy_to(self, path: Path) -> None:
        """Write the table as one Parquet file; raises OSError when that disk is full."""
        self._finish()
        if self._files:
            shutil.copyfile(self._files[0], path)
            return
        write_parquet(self._rest(), path)


@contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence that the scratch folder's disk is full, or what else is wrong with it."""
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        number = system_number(error)
        why = os.strerror(number) if number else str(error)
        msg = (
            f"A long list is kept in {tempfile.gettempdir()} while it is worked on, which cannot be written: {why}. "
            "Free some space there, or set TMPDIR to a folder with more; nothing was published."
        )
        raise OutputError(msg) from error
