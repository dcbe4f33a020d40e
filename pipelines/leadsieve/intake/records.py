"""Records of a text table: which lines belong together, and their cells."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from leadsieve.intake.cells import Quoting, mended_cells, split_cells
from leadsieve.intake.lines import Line
from leadsieve.intake.model import Dialect

# A quoted cell that runs over more lines or characters than this is a quote that somebody forgot to close.
MAX_RECORD_LINES = 500
MAX_RECORD_CHARACTERS = 256 * 1024
# A row with a third of the cells that it should have may have been written with another delimiter.
MIN_WIDTH_TO_RESPLIT = 3
OTHER_DELIMITERS = (",", ";", "\t", "|")
STRAY_QUOTE = "stray_quote"
OTHER_DELIMITER = "other_delimiter"


class Record(NamedTuple):
    """One record: the line that it starts on, how many lines it spans, its cells, its text and what reading noted."""

    line: int
    span: int
    cells: list[str]
    text: str
    note: str


class _Pushback:
    """Lines that can be handed back, for the quote that turns out to have been left open."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._source = iter(lines)
        self._returned: deque[Line] = deque()

    def take(self) -> Line | None:
        if self._returned:
            return self._returned.popleft()
        return next(self._source, None)

    def give_back(self, lines: list[Line]) -> None:
        self._returned.extendleft(reversed(lines))


def records_of(lines: Iterable[Line], dialect: Dialect, *, width: int = 0) -> Iterator[Record]:
    """Yield the records of `lines`; `width` (0: unknown) tells a forgotten quote from a cell with line breaks.

    The spans of all records add up to the number of lines: nothing is dropped, a blank line is a record of one empty
    cell.
    """
    source = _Pushback(lines)
    number = 1
    while (line := source.take()) is not None:
        cells, quoting = split_cells(line.text, dialect)
        if quoting is Quoting.OPEN:
            record = _spanning(line, source, number, dialect, width)
        elif quoting is Quoting.STRAY:
            record = _mended(line, cells, number, dialect, width)
        else:
            record = Record(number, 1, cells, line.text, line.note)
        if width >= MIN_WIDTH_TO_RESPLIT and len(record.cells) <= width // MIN_WIDTH_TO_RESPLIT:
            record = _resplit(record, dialect, width)
        yield record
        number += record.span


def _resplit(record: Record, dialect: Dialect, width: int) -> Record:
    """Return the record with the cells that another delimiter makes of it, if these are exactly `width`."""
    for delimiter in OTHER_DELIMITERS:
        if delimiter != dialect.delimiter and delimiter in record.text:
            cells, quoting = split_cells(record.text, replace(dialect, delimiter=delimiter))
            if quoting is Quoting.SOUND and len(cells) == width:
                return record._replace(cells=cells, note=OTHER_DELIMITER)
    return record


def _mended(line: Line, cells: list[str], number: int, dialect: Dialect, width: int) -> Record:
    if width and len(cells) != width:
        cells = mended_cells(line.text, dialect, width=width)
    return Record(number, 1, cells, line.text, line.note or STRAY_QUOTE)


def _spanning(first: Line, source: _Pushback, number: int, dialect: Dialect, width: int) -> Record:
    """Return the record that starts in `first`; if its quote never closes properly, `first` alone with the quote as text."""
    taken: list[Line] = []
    size = len(first.text)
    while len(taken) < MAX_RECORD_LINES and size < MAX_RECORD_CHARACTERS:
        line = source.take()
        if line is None:
            break
        taken.append(line)
        size += len(line.text)
        if dialect.quote not in line.text:
            continue
        text = _joined(first, taken)
        cells, quoting = split_cells(text, dialect)
        if quoting is Quoting.SOUND and _fits(first, taken, cells, dialect, width):
            return Record(number, 1 + len(taken), cells, text, next((x.note for x in (first, *taken) if x.note), ""))
        if quoting is not Quoting.OPEN:
            break
    source.give_back(taken)
    return _mended(first, [], number, dialect, width or 1)


def _joined(first: Line, taken: list[Line]) -> str:
    parts = [first.text]
    before = first
    for line in taken:
        parts += (before.end, line.text)
        before = line
    return "".join(parts)


def _fits(first: Line, taken: list[Line], cells: list[str], dialect: Dialect, width: int) -> bool:
    """Tell a cell with line breaks from a forgotten quote that swallowed its neighbours."""
    if width < 2:
        return True
    if len(cells) != width and len(mended_cells(first.text, dialect, width=width)) == width:
        return False
    if width < MIN_WIDTH_TO_RESPLIT:
        return True
    inner = taken[:-1]
    swallowed = bool(inner) and all(_is_record(line, dialect, width) for line in inner)
    return not swallowed and not _is_record(taken[-1], dialect, width)


def _is_record(line: Line, dialect: Dialect, width: int) -> bool:
    """Return whether a line is a whole record by itself, its own quotes in pairs."""
    if line.text.count(dialect.quote) % 2:
        return False
    cells, quoting = split_cells(line.text, dialect)
    return quoting is Quoting.SOUND and len(cells) == width
