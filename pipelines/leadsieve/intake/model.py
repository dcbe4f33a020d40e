"""What reading a file gives back: the table, what was left out of it and why, and what was guessed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from leadsieve.resources import USUAL
from leadsieve.spool import Spool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a person tells the reader instead of letting it guess.

    `mapping` takes the file's own column names to lemlist fields; an empty field leaves the column unmapped. `memory` is what the
    whole job may use, in bytes.
    """

    encoding: str | None = None
    sheet: str | int | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    memory: int = USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a text file marks its cells: delimiter and quote (empty where it has none)."""

    delimiter: str
    quote: str = '"'


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Where one column of the file goes: a lemlist field, a custom variable, or (both null) nowhere.

    With `split` the field gets its part of the column's full names; the column itself has a mapping of its own.
    """

    column: str
    field: str | None
    variable: str | None
    reason: str
    confidence: float
    renamed: bool = False
    split: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed:
    """One guess in words, how sure it is (0 to 1), and what came second."""

    value: str
    confidence: float
    runner_up: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Everything that reading had to guess; `dialect` is null for files that are no text tables."""

    format: Guessed
    encoding: Guessed
    delimiter: Guessed
    header: Guessed
    preamble: Guessed
    mapping: tuple[ColumnMapping, ...]
    dialect: Dialect | None = None
    has_header: bool = True
    renamed_columns: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


class Digest(Protocol):
    """The hash of a file's bytes, worked out when it is asked for."""

    def value(self) -> str:
        """Return the SHA-256 in hexadecimal."""


_END = 2**62
"""A line beyond every file's last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The line on which each record starts: as it was `told`, or counted from `first` on.

    `inner` has, for each line end within a record, the record that has it (from 1; 0: what stands above them): it pushes the rest down.
    """

    told: pl.Series | None = None
    first: int = 1
    inner: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)

    def part(self, start: int, rows: int) -> pl.Series:
        """Return the lines of `rows` records from `start` (0-based) on."""
        if self.told is not None:
            return self.told.slice(start, rows)
        numbers = np.arange(start, start + rows, dtype=np.int64)
        pushed = np.searchsorted(self.inner, numbers + 1)
        return pl.Series("line", numbers + self.first + pushed, dtype=pl.Int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPart:
    """A part of a file's records with all that is told of them: `table` and `lines` row by row the same.

    `rejected` are the records among them that could not be read; `warnings` count the records of this part from 0.
    """

    table: pl.DataFrame
    lines: pl.Series
    rejected: pl.DataFrame
    warnings: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A file as intake read it; every record of the file is in `table` or `rejected`, every other line in `ignored`.

    `records` is the table in parts: that of a long file is not in memory.
    """

    file: str
    records: Spool = field(repr=False)
    places: Lines = field(repr=False)
    rejected: pl.DataFrame
    ignored: pl.DataFrame
    warnings: pl.DataFrame
    guess: Guess
    digest: Digest = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """The records, text, under the file's own header; that of a long file is read when it is asked for."""
        return self.records.collect()

    @property
    def lines(self) -> pl.Series:
        """The line on which each record of the table starts."""
        return self.places.part(0, self.records.height)

    @property
    def columns(self) -> list[str]:
        """The table's columns."""
        return self.records.columns

    @property
    def height(self) -> int:
        """The number of records, with those that could not be read."""
        return self.records.height + self.rejected.height

    def with_table(self, table: pl.DataFrame) -> "Read":
        """Return the same with other columns or cells."""
        return replace(self, records=Spool.of(table))

    def parts(self) -> Iterator[ReadPart]:
        """Yield the records part by part, in order; each that could not be read stands in the part in which its line is."""
        start, after = 0, -1
        for table in self.records.parts():
            end = start + table.height
            next_line = int(self.places.part(end, 1)[0]) if end < self.records.height else _END
            line, record = pl.col("line"), pl.col("record")
            yield ReadPart(
                table=table,
                lines=self.places.part(start, table.height),
                rejected=self.rejected.filter((line >= after) & (line < next_line)),
                warnings=self.warnings.filter((record >= start) & (record < end)).with_columns(
                    (record - start).cast(pl.UInt32)
                ),
            )
            start, after = end, next_line

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file's bytes as they came, worked out when first asked for.

        Raises InputError when the file has changed since it was read.
        """
        return self.digest.value()
