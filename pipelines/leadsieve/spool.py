"""Tables in parts: a short one stays in memory, a long one lies in a scratch folder, so that its length costs no memory."""

import os
import shutil
import tempfile
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import chain, starmap
from pathlib import Path
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

import polars as pl
from polars.io.plugins import register_io_source

from leadsieve.errors import OutputError, why_unwritten
from leadsieve.resources import USUAL
from leadsieve.scratch import scratch

PART_ROWS: Final = 200_000
"""Rows of a part, whatever memory there is: what is written never depends on it."""


_RELEASED: Final = "The rows of this table were released, and are asked for again."
_KEPT: Final = 8
"""The share of the memory (one in so many) that a table may take before it goes to the disk."""

_WRITTEN: Final[dict[str, Any]] = {"compression": "zstd", "compression_level": 1, "statistics": False}
"""How a table of one file is written: as small as with higher levels, in half the time."""


def compact(picked: pl.DataFrame) -> pl.DataFrame:
    """Return rows that were picked from others without the texts of these, which Polars keeps in memory for as long as one is."""
    # Of the formats that hold a column's texts end to end, and so copy them, the only one that needs no other library.
    copied = picked.write_ipc(None, compat_level=pl.CompatLevel.oldest())
    copied.seek(0)
    return pl.read_ipc(copied)


def write_parquet(table: pl.DataFrame, path: Path) -> None:
    """Write a table as Parquet; raises OSError when the disk is full, as writing CSV does."""
    try:
        table.write_parquet(path, **_WRITTEN)
    except pl.exceptions.ComputeError as error:
        raise OSError(str(error)) from error


_Item = TypeVarTuple("_Item")
_Made = TypeVar("_Made")
_MOST_AT_ONCE: Final = 4  # parts in several shapes take memory


def side_by_side(
    make: Callable[[Unpack[_Item]], _Made], items: Iterable[tuple[*_Item]], *, threads: int
) -> Iterator[_Made]:
    """Yield in order what is made of each item, a few at once: Polars goes through a column of texts with one thread.

    `threads` is how many may be used (0: as many as the machine has cores). What making one raises is raised in its turn.
    """
    at_once = min(threads or os.cpu_count() or 1, _MOST_AT_ONCE)
    if at_once == 1:
        yield from starmap(make, items)
        return
    with ThreadPoolExecutor(at_once) as pool:
        begun: deque[Future[_Made]] = deque()
        for item in items:
            if len(begun) == at_once:
                yield begun.popleft().result()
            begun.append(pool.submit(make, *item))
        while begun:
            yield begun.popleft().result()


def ahead(parts: Iterator[_Made]) -> Iterator[_Made]:
    """Yield the parts, each made by another thread while the one before is worked on."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = beside.submit(next, parts, None)
            yield part


class Room:
    """Where several tables lie: each in memory while it is small, else in a scratch folder.

    The folder is made for the first part that needs it and goes with the last table in it. `memory` is what the whole job may use, in bytes.
    """

    def __init__(self, memory: int = USUAL) -> None:
        self.kept = memory // _KEPT
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
    """A table in parts of `PART_ROWS` rows, in order; a table that takes more memory than its room keeps lies there.

    Raises OutputError when the room's disk is full.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._waiting: list[pl.DataFrame] = []
        self._rows_waiting = 0
        self._kept: list[pl.DataFrame] = []
        self._bytes_kept = 0
        self._files: list[Path] = []
        self._schema = pl.Schema()
        self._released = False
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
        self._take(rows)
        while self._rows_waiting >= PART_ROWS:
            waiting = pl.concat(self._waiting)
            self._waiting, self._rows_waiting = [waiting.slice(PART_ROWS)], waiting.height - PART_ROWS
            self._keep(waiting.head(PART_ROWS))

    def _take(self, rows: pl.DataFrame) -> None:
        self._schema = self._schema or rows.schema
        self._waiting.append(rows)
        self._rows_waiting += rows.height
        self.height += rows.height

    def _keep(self, part: pl.DataFrame) -> None:
        """Keep a whole part in memory, or, when that is too much, this and all others on the disk."""
        self._kept.append(part)
        self._bytes_kept += int(part.estimated_size())
        if self._files or self._bytes_kept > self._room.kept:
            for kept in self._kept:
                self._store(kept)
            self._kept, self._bytes_kept = [], 0

    def _store(self, part: pl.DataFrame) -> None:
        """Write a part; it is read a few times and then removed, so what compresses well but slowly is not worth it."""
        with _told():
            self._files.append(self._room.file())
            part.write_parquet(self._files[-1], compression="lz4", statistics=False)

    def parts(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the parts in order, whole or some columns of them; one part without rows for an empty table."""
        wanted = self.columns if columns is None else list(columns)
        yield from ahead(pl.read_parquet(file, columns=wanted).select(wanted) for file in self._files)
        for part in self._kept:
            yield part.select(wanted)
        rest = self._rest().select(wanted)
        if rest.height or not self.height:
            yield from rest.iter_slices(PART_ROWS) if rest.height else (rest,)

    def scan(self) -> pl.LazyFrame:
        """Return the table to be asked; it lasts as long as the spool."""
        in_memory = [part for part in (*self._kept, self._rest()) if part.height or not self.height]
        on_disk = [pl.scan_parquet(self._files, glob=False).select(self.columns)] if self._files else []
        return pl.concat([*on_disk, *(part.lazy() for part in in_memory)])

    def files(self) -> list[Path]:
        """Return the files of a table on the disk, in order; none when it is in memory."""
        if self._files and self._rows_waiting:
            self._store(self._rest())
            self._waiting, self._rows_waiting = [], 0
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
        if self._released:
            raise RuntimeError(_RELEASED)
        if len(self._waiting) > 1:
            self._waiting = [pl.concat(self._waiting)]
        return self._waiting[0] if self._waiting else pl.DataFrame(schema=self._schema)

    def release(self) -> None:
        """Give back memory and disk when nobody asks for a row any more; `height` and `columns` stay known."""
        for file in self._files:
            file.unlink()
        self._released = True
        self._files, self._kept, self._waiting = [], [], []

    def without(self, columns: Sequence[str]) -> "Spool":
        """Return the same rows without some columns; nothing is copied."""
        other = Spool(self._room)
        other._waiting = [self._rest().drop(columns)]
        other._kept, other._bytes_kept = [part.drop(columns) for part in self._kept], self._bytes_kept
        other._rows_waiting, other._files, other.height = self._rows_waiting, list(self._files), self.height
        other._schema = other._waiting[0].schema
        return other

    def mapped(self, function: Callable[[pl.DataFrame], pl.DataFrame]) -> "Spool":
        """Return what a function makes of each part, which it must do row by row."""
        other = Spool(self._room)
        for part in self.parts():
            other.append(function(part))
        return other


class SourceSpool(Spool):
    """A table of which every part is read where it lies, each time that it is asked for, and nothing is kept.

    Raises what reading a part raises.
    """

    def __init__(
        self,
        read: Callable[[int, int, Sequence[str]], pl.DataFrame],
        cuts: Sequence[tuple[int, int]],
        columns: Sequence[str],
    ) -> None:
        """Take over a table of texts: `read` gives some columns of rows by the first one's place and their number, and `cuts` are such pairs."""
        super().__init__(Room())
        self._read, self._cuts = read, tuple(cuts)
        self._schema = pl.Schema(dict.fromkeys(columns, pl.String))
        self.height = sum(rows for _, rows in cuts)

    def parts(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the parts in order, whole or some columns of them."""
        wanted = self.columns if columns is None else list(columns)
        yield from ahead(self._part(*cut, wanted) for cut in self._cuts)

    def _part(self, start: int, rows: int, columns: Sequence[str]) -> pl.DataFrame:
        if self._released:
            raise RuntimeError(_RELEASED)
        return self._read(start, rows, columns)

    def scan(self) -> pl.LazyFrame:
        """Return the table to be asked; it lasts as long as its source."""

        def made(
            columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            left = self.height if rows is None else rows
            for part in self.parts(columns):
                if left <= 0:
                    return
                yield part.head(left) if predicate is None else part.head(left).filter(predicate)
                left -= part.height

        return register_io_source(made, schema=self._schema)

    def without(self, columns: Sequence[str]) -> "SourceSpool":
        """Return the same rows without some columns."""
        return SourceSpool(self._read, self._cuts, [name for name in self.columns if name not in columns])


class FileSpool:
    """A table as one Parquet file with a row group for each part, so that it can be published as it is; one of a single part is in memory.

    Raises OutputError when the disk is full, and whatever the making of a part raises.
    """

    def __init__(self, made: Iterable[pl.DataFrame]) -> None:
        """Take over parts of `PART_ROWS` rows, of which only the last may have fewer; the next is made while one is written."""
        parts = iter(made)
        first, second = next(parts), next(parts, None)
        self._schema, self.height = first.schema, first.height
        self._table = first if second is None else None
        self._room = Room()
        if second is not None:
            self._file = self._room.file()
            self._write(chain([second], parts), first)

    def _write(self, others: Iterator[pl.DataFrame], first: pl.DataFrame) -> None:
        def made(*_: object) -> Iterator[pl.DataFrame]:
            yield first
            for part in others:
                self.height += part.height
                yield part

        with _told():
            table = register_io_source(made, schema=self._schema)
            table.sink_parquet(self._file, row_group_size=PART_ROWS, **_WRITTEN)

    def parts(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the parts in order, whole or some columns of them."""
        chosen = self.scan().select(self._schema.names() if columns is None else list(columns))
        yield from ahead(chosen.slice(start, PART_ROWS).collect() for start in range(0, max(self.height, 1), PART_ROWS))

    def scan(self) -> pl.LazyFrame:
        """Return the table to be asked; it lasts as long as the spool."""
        return pl.scan_parquet(self._file, glob=False) if self._table is None else self._table.lazy()

    def collect(self) -> pl.DataFrame:
        """Return the whole table in memory."""
        return self.scan().collect()

    def copy_to(self, path: Path) -> None:
        """Write the table as one Parquet file; raises OSError when that disk is full."""
        if self._table is None:
            _link_or_copy(self._file, path)
        else:
            write_parquet(self._table, path)


def _link_or_copy(file: Path, path: Path) -> None:
    """Give a finished file, which nobody writes to again, another name; on another disk copy it."""
    try:
        os.link(file, path)
    except OSError:
        shutil.copyfile(file, path)


@contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence that the scratch folder's disk is full, or what else is wrong with it."""
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        why, advice = why_unwritten(error)
        msg = (
            f"A long list is kept in {tempfile.gettempdir()} while it is worked on, which cannot be written: {why}. "
            f"{advice} there, or set TMPDIR to another folder; nothing was published."
        )
        raise OutputError(msg) from error
