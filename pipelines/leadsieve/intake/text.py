"""CSV and its relatives: from bytes to the table, every line accounted for."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from leadsieve.errors import InputError
from leadsieve.intake.dialect import declared_delimiter, guess_dialect
from leadsieve.intake.encoding import guess_encoding, is_utf8_so_far
from leadsieve.intake.fast import fast_table
from leadsieve.intake.layout import FOOTER_RECORDS, HEAD_RECORDS, Layout, find_layout, footer_start, is_blank
from leadsieve.intake.lines import Coding, LineCount, lines_of
from leadsieve.intake.model import Dialect, Guessed
from leadsieve.intake.records import Record, records_of
from leadsieve.intake.source import Opened
from leadsieve.intake.table import Pieces, TableBuilder, unique_names, whole_pieces
from leadsieve.spool import Room

MOSTLY_UNREADABLE = 0.5
SAMPLE_LINES = 1000
_SAMPLE_BLOCK_BYTES = 128 * 1024
FAST_FROM_BYTES = 256 * 1024
_UTF8 = Guessed(value="utf-8", confidence=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file's records and what was guessed to get them."""

    pieces: Pieces
    encoding: Guessed
    delimiter: Guessed
    layout: Layout | None
    dialect: Dialect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How a text file will be read, from its first records."""

    coding: Coding
    dialect: Dialect
    delimiter: Guessed
    layout: Layout
    declared: bool

    @property
    def names(self) -> tuple[list[str], list[tuple[str, str]]]:
        return unique_names(header_of(self.layout))


def read_text(opened: Opened, *, file: str, encoding: str | None, room: Room) -> Reading:
    """Read a delimited text file; what is read fast lies in the room.

    Raises InputError for an empty file and for one of which more than half cannot be read.
    """
    fast = _read_fast(opened, file, room) if encoding is None else None
    return fast or _read_exactly(opened, file, encoding)


def _read_fast(opened: Opened, file: str, room: Room) -> Reading | None:
    if opened.stream.seek(0, 2) < FAST_FROM_BYTES or not is_utf8_so_far(opened.stream):
        return None
    plan = _plan(opened, Coding(encoding="utf-8"), file)
    names, renamed = plan.names
    if plan.declared:
        return None
    found = fast_table(opened, dialect=plan.dialect, layout=plan.layout, names=names, room=room)
    if found is None:
        return None
    return _reading(whole_pieces(*found, renamed), _UTF8, plan)


def _read_exactly(opened: Opened, file: str, told: str | None) -> Reading:
    coding, encoding = guess_encoding(opened.stream, told=told)
    plan = _plan(opened, coding, file)
    count = LineCount()
    lines = lines_of(opened.stream, coding, file=file, count=count)
    records = records_of(lines, plan.dialect, width=plan.layout.width)
    builder = build(records, plan.layout, skipped=plan.layout.preamble + plan.declared)
    check(builder, file, lines=count.lines)
    return _reading(builder.pieces(plan.names[1]), encoding, plan)


def _reading(pieces: Pieces, encoding: Guessed, plan: _Plan) -> Reading:
    return Reading(pieces=pieces, encoding=encoding, delimiter=plan.delimiter, layout=plan.layout, dialect=plan.dialect)


def _plan(opened: Opened, coding: Coding, file: str) -> _Plan:
    """Read the first records twice: without knowing how wide the table is, then knowing it."""
    lines = lines_of(opened.stream, coding, file=file, block_bytes=_SAMPLE_BLOCK_BYTES)
    sample = list(islice(lines, SAMPLE_LINES))
    dialect, delimiter = guess_dialect(sample)
    head = list(islice(records_of(sample, dialect), HEAD_RECORDS))
    declared = bool(head and declared_delimiter(head[0].text))
    width = find_layout(head[declared:], file=file).width
    head = list(islice(records_of(sample, dialect, width=width), HEAD_RECORDS))
    layout = find_layout(head[declared:], file=file)
    return _Plan(coding=coding, dialect=dialect, delimiter=delimiter, layout=layout, declared=declared)


def header_of(layout: Layout) -> list[str]:
    """Return the columns' names, blank ones where the header is shorter than the table or absent."""
    header = layout.names
    return header + [""] * (layout.width - len(header))


def build(records: Iterable[Record], layout: Layout, *, skipped: int) -> TableBuilder:
    """Sort records into the table and what is none: the first `skipped`, blanks, repeated headers, a footer."""
    records = iter(records)
    builder = TableBuilder(columns=unique_names(header_of(layout))[0])
    for record in islice(records, skipped):
        builder.ignore(record, "blank" if is_blank(record.cells) else "preamble")
    if layout.header is not None:
        builder.count_header(next(records))
    rest = list(_take_all_but_last(builder, records, layout))
    start = footer_start(rest, layout.width)
    for index, record in enumerate(rest):
        if index >= start and not is_blank(record.cells):
            builder.ignore(record, "footer")
        else:
            _take(builder, record, layout)
    return builder


def _take_all_but_last(builder: TableBuilder, records: Iterator[Record], layout: Layout) -> Iterator[Record]:
    """Take records as they come; yield the last few, among which a footer may be."""
    held: deque[Record] = deque()
    for record in records:
        held.append(record)
        if len(held) > FOOTER_RECORDS:
            _take(builder, held.popleft(), layout)
    yield from held


def _take(builder: TableBuilder, record: Record, layout: Layout) -> None:
    if is_blank(record.cells):
        builder.ignore(record, "blank")
    elif layout.header is not None and _plain(record.cells) == _plain(layout.header):
        builder.ignore(record, "repeated_header")
    else:
        builder.add(record)


def _plain(cells: list[str]) -> list[str]:
    return [cell.strip(" \ufeff") for cell in cells]


def check(builder: TableBuilder, file: str, *, lines: int) -> None:
    """Refuse to go on when lines are unaccounted for, or when most records could not be read."""
    if builder.spans != lines:
        message = (
            f"{file} has {lines} lines, but {builder.spans} of them are accounted for; nothing was read. "
            "Save it again as CSV (UTF-8)."
        )
        raise InputError(message)
    if len(builder.rejected) > MOSTLY_UNREADABLE * (len(builder.lines) + len(builder.rejected)):
        message = (
            f"More than half of {file} cannot be read as one table. Save it again as CSV (UTF-8), "
            "or name its encoding with --encoding."
        )
        raise InputError(message)
