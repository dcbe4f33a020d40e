"""What reading a file gives back: the table, what was left out of it and why, and what was guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a person tells the reader instead of letting it guess.

    `mapping` takes the file's own column names to lemlist fields; an empty field leaves the column unmapped.
    """

    encoding: str | None = None
    sheet: str | int | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A file as intake read it; every record of the file is in `table` or `rejected`, every other line in `ignored`."""

    file: str
    table: pl.DataFrame
    lines: pl.Series
    rejected: pl.DataFrame
    ignored: pl.DataFrame
    warnings: pl.DataFrame
    guess: Guess
    digest: Digest = field(repr=False)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file's bytes as they came, worked out when first asked for.

        Raises InputError when the file has changed since it was read.
        """
        return self.digest.value()
