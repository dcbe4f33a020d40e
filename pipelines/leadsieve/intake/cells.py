"""One record's text to its cells."""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from leadsieve.intake.model import Dialect


class Quoting(Enum):
    """How well the quotes of a record's text stand."""

    SOUND = "sound"
    STRAY = "stray"
    OPEN = "open"


class _Cell(NamedTuple):
    """A cell, where the next one starts (-1: it is the last), and how its quotes stood."""

    value: str
    next: int
    quoting: Quoting


# A backslash escapes quotes in MySQL's and some scrapers' files, NUL in a few databases'.
_ESCAPES = ("\\", "\0")


def split_cells(text: str, dialect: Dialect) -> tuple[list[str], Quoting]:
    """Return the cells of a record's text and whether its quotes were sound, stray, or left open at its end."""
    quote = dialect.quote
    if not quote or quote not in text:
        return text.split(dialect.delimiter), Quoting.SOUND
    cells, quoting = _split(text, dialect, _lenient)
    if quoting is Quoting.SOUND:
        return cells, quoting
    for escape in _ESCAPES:
        if escape + quote in text:
            escaped, escaped_quoting = _split(text, dialect, _escaped(escape))
            if escaped_quoting is Quoting.SOUND:
                return escaped, escaped_quoting
    return cells, quoting


def mended_cells(text: str, dialect: Dialect, *, width: int) -> list[str]:
    """Return the cells of one line whose quotes are not sound, read so that it has `width` cells if any reading does.

    Tried in order: a quote within a quoted cell is text; a quote doubled at the cell's border is one too many; a quote
    that never closes is one too many.
    """
    readings = [_split(text, dialect, reader)[0] for reader in (_unbordered, _lenient_or_bare, _bare)]
    return next((cells for cells in readings if len(cells) == width), readings[-1])


def _split(text: str, dialect: Dialect, reader: Callable[[str, int, Dialect], _Cell]) -> tuple[list[str], Quoting]:
    cells: list[str] = []
    position, worst = 0, Quoting.SOUND
    while position >= 0:
        cell = reader(text, position, dialect)
        if cell.quoting is Quoting.OPEN:
            return cells, Quoting.OPEN
        worst = cell.quoting if worst is Quoting.SOUND else worst
        cells.append(cell.value)
        position = cell.next
    return cells, worst


def _lenient(text: str, position: int, dialect: Dialect, escape: str = "") -> _Cell:
    start = _after_spaces(text, position, dialect)
    if not text.startswith(dialect.quote, start):
        return _unquoted(text, position, dialect)
    return _quoted(text, start + 1, dialect, escape)


def _escaped(escape: str) -> Callable[[str, int, Dialect], _Cell]:
    return lambda text, position, dialect: _lenient(text, position, dialect, escape)


def _lenient_or_bare(text: str, position: int, dialect: Dialect) -> _Cell:
    cell = _lenient(text, position, dialect)
    return _bare(text, position, dialect) if cell.quoting is Quoting.OPEN else cell


def _bare(text: str, position: int, dialect: Dialect) -> _Cell:
    """Read a cell whose quotes are sound as such, any other up to the next delimiter without its first quote."""
    cell = _lenient(text, position, dialect)
    if cell.quoting is Quoting.SOUND:
        return cell
    plain = _unquoted(text, position, dialect)
    return plain._replace(value=plain.value.lstrip(" ").removeprefix(dialect.quote), quoting=Quoting.STRAY)


def _unbordered(text: str, position: int, dialect: Dialect) -> _Cell:
    """Read a cell as if a quote doubled at its border were single: `""Acme"` and `"Acme""` are Acme."""
    quote = dialect.quote
    start = _after_spaces(text, position, dialect)
    if text.startswith(quote * 2, start) and not text.startswith(dialect.delimiter, start + 2):
        inner = _quoted(text, start + 2, dialect, "")
        if inner.quoting is Quoting.SOUND:
            return inner._replace(quoting=Quoting.STRAY)
    cell = _lenient(text, position, dialect)
    border = text.find(quote * 2 + dialect.delimiter, start + 1)
    if cell.quoting is Quoting.SOUND or not text.startswith(quote, start) or border < 0:
        return _bare(text, position, dialect)
    value = text[start + 1 : border].replace(quote * 2, quote)
    return _Cell(value, border + 2 + len(dialect.delimiter), Quoting.STRAY)


def _after_spaces(text: str, position: int, dialect: Dialect) -> int:
    if dialect.delimiter == " ":
        return position
    while text.startswith(" ", position):
        position += 1
    return position


def _unquoted(text: str, position: int, dialect: Dialect) -> _Cell:
    end = text.find(dialect.delimiter, position)
    if end < 0:
        return _Cell(text[position:], -1, Quoting.SOUND)
    return _Cell(text[position:end], end + len(dialect.delimiter), Quoting.SOUND)


def _quoted(text: str, start: int, dialect: Dialect, escape: str) -> _Cell:
    quote, quoting, search = dialect.quote, Quoting.SOUND, start
    while (close := text.find(quote, search)) >= 0:
        search = close + 1
        if escape and close > start and text[close - 1] == escape:
            continue
        if quoting is Quoting.SOUND and text.startswith(quote, search):
            search += 1
            continue
        after = _after_spaces(text, search, dialect)
        if after == len(text) or text.startswith(dialect.delimiter, after):
            value = text[start:close]
            value = value.replace(escape + quote, quote) if escape else value
            following = -1 if after == len(text) else after + len(dialect.delimiter)
            return _Cell(value.replace(quote * 2, quote), following, quoting)
        quoting = Quoting.STRAY
    return _Cell("", -1, Quoting.OPEN)
