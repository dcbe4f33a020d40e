"""Records sorted into the table, what could not be read, and what is no record."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from leadsieve.intake.lines import UNDECODABLE
from leadsieve.intake.model import Lines
from leadsieve.intake.records import Record
from leadsieve.spool import Spool

SHORT_ROW = "short_row"
LONG_ROW = "long_row"
TOO_MANY_CELLS = "too_many_cells"
FLUSH_ROWS = 50_000
REJECTED_SCHEMA = {"line": pl.Int64, "reason": pl.String, "text": pl.String}
IGNORED_SCHEMA = {"line": pl.Int64, "kind": pl.String, "text": pl.String}
WARNINGS_SCHEMA = {"record": pl.UInt32, "warning": pl.String}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A file's records as frames (see `Read`), and the columns that had to be renamed: as it stood, as it is called."""

    table: Spool
    lines: Lines
    rejected: pl.DataFrame
    ignored: pl.DataFrame
    warnings: pl.DataFrame
    renamed: tuple[tuple[str, str], ...] = ()


def whole_pieces(table: Spool, lines: Lines, renamed: Iterable[tuple[str, str]]) -> Pieces:
    """Return a whole table: nothing rejected, nothing ignored, nothing repaired."""
    return Pieces(
        table=table,
        lines=lines,
        rejected=pl.DataFrame(schema=REJECTED_SCHEMA),
        ignored=pl.DataFrame(schema=IGNORED_SCHEMA),
        warnings=pl.DataFrame(schema=WARNINGS_SCHEMA),
        renamed=tuple(renamed),
    )


@dataclass(slots=True, kw_only=True)
class TableBuilder:
    """Collects rows of one width and accounts for every line that it is given."""

    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    ignored: list[tuple[int, str, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    spans: int = 0
    frames: list[pl.DataFrame] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Take a record into the table, repaired where that loses nothing, or reject it."""
        self.spans += record.span
        cells, note = (None, UNDECODABLE) if record.note == UNDECODABLE else _fitted(record, len(self.columns))
        if cells is None:
            self.rejected.append((record.line, note, record.text))
            return
        number = len(self.lines)
        self.warnings += [(number, warning) for warning in (note, record.note) if warning]
        self.lines.append(record.line)
        self.rows.append(cells)
        if len(self.rows) >= FLUSH_ROWS:
            self._flush()

    def ignore(self, record: Record, kind: str) -> None:
        """Account for a record that is none: a preamble, a blank line, a repeated header, a footer."""
        self.spans += record.span
        self.ignored.append((record.line, kind, record.text))

    def count_header(self, record: Record) -> None:
        """Account for the header's own lines."""
        self.spans += record.span

    def _flush(self) -> None:
        self.frames.append(pl.DataFrame(self.rows, schema=dict.fromkeys(self.columns, pl.String), orient="row"))
        self.rows = []

    def table(self) -> pl.DataFrame:
        """Return the rows so far as one frame of text columns."""
        if self.rows or not self.frames:
            self._flush()
        return pl.concat(self.frames)

    def pieces(self, renamed: Iterable[tuple[str, str]]) -> "Pieces":
        """Return everything that was taken in."""
        return Pieces(
            table=Spool.of(self.table()),
            lines=Lines(told=pl.Series("line", self.lines, dtype=pl.Int64)),
            rejected=pl.DataFrame(self.rejected, schema=REJECTED_SCHEMA, orient="row"),
            ignored=pl.DataFrame(self.ignored, schema=IGNORED_SCHEMA, orient="row"),
            warnings=pl.DataFrame(self.warnings, schema=WARNINGS_SCHEMA, orient="row"),
            renamed=tuple(renamed),
        )


def _fitted(record: Record, width: int) -> tuple[list[str] | None, str]:
    cells = record.cells
    if len(cells) == width:
        return cells, ""
    if len(cells) < width:
        return cells + [""] * (width - len(cells)), SHORT_ROW
    if not any(cell.strip() for cell in cells[width:]):
        return cells[:width], LONG_ROW
    return None, TOO_MANY_CELLS


def unique_names(header: Iterable[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return names that are neither blank nor repeated, and (as it stood, as it is called) of those that changed.

    >>> unique_names(["Email", "", "Email"])
    (['Email', 'column_2', 'Email_2'], [('', 'column_2'), ('Email', 'Email_2')])
    """
    header = list(header)
    taken = set(header)
    names: list[str] = []
    seen: set[str] = set()
    for position, name in enumerate(header, 1):
        base = name if name.strip() else f"column_{position}"
        unique, n = base, 2
        while unique in seen or (unique != name and unique in taken):
            unique, n = f"{base}_{n}", n + 1
        seen.add(unique)
        names.append(unique)
    return names, [(old, new) for old, new in zip(header, names, strict=True) if old != new]
