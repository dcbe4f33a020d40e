"""Which records of a text file are the table: preamble, header, body, repeated headers, blanks and footer."""

import re
from collections import Counter
from dataclasses import dataclass

from leadsieve.counts import counted
from leadsieve.errors import InputError
from leadsieve.intake.kinds import kind_of
from leadsieve.intake.model import Guessed
from leadsieve.intake.names import IDENTIFYING, known_words, name_field
from leadsieve.intake.records import Record

HEAD_RECORDS = 60
# What a blank cell may hold: spaces, controls, a byte order mark in the middle of a file.
UNSEEN = " \t\n\r\v\f\x1a\x1c\x1d\x1e\x1f\xa0\ufeff"
MAX_COLUMNS = 16_384  # what a spreadsheet can have
FOOTER_RECORDS = 12
_PREAMBLE_AT_MOST = 30
_STRONG = frozenset({"email", "url", "date", "time", "number", "phone"})
_FOOTER = re.compile(
    r"\W*(?:\d+ (?:rows?|records?|contacts?|leads?)|(?:grand |sub)?totals?|sum|summe|gesamt|somme|count|records?|rows?|generated|exported|report|copyright|©|confidential"
    r"|end of|page \d|source|filters?|printed|created (?:by|on))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How many records stand before the header, the header's cells (none: the first row is data) and the body's width.

    `names` is what the header calls the columns, a group that stands above included.
    """

    preamble: int
    header: list[str] | None
    names: list[str]
    width: int
    guessed_header: Guessed
    guessed_preamble: Guessed


def is_blank(cells: list[str]) -> bool:
    """Return whether no cell of a record holds anything."""
    return not any(cell.strip(UNSEEN) for cell in cells)


def find_layout(head: list[Record], *, file: str) -> Layout:
    """Return the layout that the first records of a file show.

    Raises InputError when none of them holds anything.
    """
    filled = [(i, r.cells) for i, r in enumerate(head) if not is_blank(r.cells)]
    if not filled:
        message = f"{file} is empty. Export the list again, or name another file."
        raise InputError(message)
    width = _body_width([cells for _, cells in filled])
    if width > MAX_COLUMNS:
        message = f"{file} has {width:,} columns, more than a lead list has. Check its delimiter, or leave out columns."
        raise InputError(message)
    index, confidence = _header_index(filled, width)
    if confidence < 0:
        return _layout(head, filled[0][0] if width < 2 else index, None, width, -confidence)
    header = _without_surplus_blanks(head[index].cells, width)
    body = [cells for position, cells in filled if position > index]
    width = max(width, len(header)) if _has_more_than(len(header), body) else len(header)
    return _layout(head, index, header, width, confidence)


def _without_surplus_blanks(header: list[str], width: int) -> list[str]:
    """Return a header that is wider than the rows without blank names that no row has a cell for, the last ones first."""
    kept = list(header)
    for position in reversed(range(len(header))):
        if len(kept) > width > 1 and not header[position].strip():
            del kept[position]
    return kept


def _has_more_than(width: int, body: list[list[str]]) -> bool:
    """Return whether rows hold anything beyond `width` cells; trailing delimiters make no column."""
    return any(cell.strip() for cells in body for cell in cells[width:])


def _layout(head: list[Record], preamble: int, header: list[str] | None, width: int, confidence: float) -> Layout:
    lines = sum(record.span for record in head[:preamble])
    return Layout(
        preamble=preamble,
        header=header,
        names=_grouped(header or [], [record.cells for record in head[:preamble]]),
        width=width,
        guessed_header=Guessed(value="present" if header else "absent", confidence=round(confidence, 2)),
        guessed_preamble=Guessed(value=counted(lines, "line"), confidence=round(confidence, 2)),
    )


def _grouped(header: list[str], above: list[list[str]]) -> list[str]:
    """Return the columns' names: one that says nothing alone has that of its group before it, as `Name` below `Company`.

    A group's name stands in the row above, once over its first column (as merged cells come) or over each. A row of a single name is a title.
    """
    groups = [cell.strip(UNSEEN) for cell in above[-1]] if above else []
    if len(set(filter(None, groups))) < 2 or any(kind_of(name) != "text" for name in groups if name):
        return header
    names, group = [], ""
    for at, name in enumerate(header):
        group = groups[at] if at < len(groups) and groups[at] else group
        says_nothing = name.strip(UNSEEN) and not name_field(name)
        names.append(f"{group} {name}" if says_nothing and name_field(f"{group} {name}") else name)
    return names


def _body_width(rows: list[list[str]]) -> int:
    """Return the commonest width; a later row counts as much as an early one, the header itself half."""
    widths = Counter(len(cells) for cells in rows)
    return max(widths, key=lambda w: (widths[w] - (0.5 if w == 1 else 0), w))


def _header_index(filled: list[tuple[int, list[str]]], width: int) -> tuple[int, float]:
    """Return the header's position and confidence; a negative confidence says that this row is data already."""
    first = next((i for i, cells in filled if len(cells) >= min(width, 2)), filled[0][0])
    named = _below_titles(filled[:_PREAMBLE_AT_MOST]) or _named_header(filled[:_PREAMBLE_AT_MOST], width)
    if named is not None:
        return named
    for position, (index, cells) in enumerate(filled[:_PREAMBLE_AT_MOST]):
        body = [c for _, c in filled[position + 1 : position + 21]]
        score = _headerness(cells, width, body)
        if score > 0:
            return index, score
        if score < 0:
            return index, score
    return first, 0.5


def _below_titles(filled: list[tuple[int, list[str]]]) -> tuple[int, float] | None:
    """Return a header of known names below rows that say less and name nobody.

    Such are titles with a date or a comma in them, and the row of a two-row header that groups columns: its names stand
    once over several columns, or the same over each. The names that are known decide, so that no record is taken for the
    second row of a header.
    """
    for position, (index, cells) in enumerate(filled):
        names = [cell for cell in cells if cell.strip(UNSEEN)]
        known = known_words(cells)
        is_named = known >= max(2, len(names) / 2) or _names_what_is_below(cells, filled[position + 1 :])
        if not is_named or any(kind_of(cell) != "text" for cell in names):
            continue
        above = [row for _, row in filled[:position]]
        if not above and len(set(names)) < len(names):
            continue
        are_titles = bool(above) and all(_is_title(row, len(names)) for row in above)
        return (index, min(0.99, 0.8 + 0.05 * known)) if are_titles else None
    return None


def _names_what_is_below(cells: list[str], below: list[tuple[int, list[str]]]) -> bool:
    """Return whether a cell names an email or a profile and the first that is filled below it is one."""
    for at, cell in enumerate(cells):
        found = name_field(cell)
        kind = "email" if found and found[0] == "email" else "url"
        if found and found[0] in IDENTIFYING:
            first = next((row[at] for _, row in below if len(row) > at and row[at].strip(UNSEEN)), "")
            if kind_of(first) == kind:
                return True
    return False


def _is_title(cells: list[str], width: int) -> bool:
    filled = [cell for cell in cells if cell.strip(UNSEEN)]
    return len(set(filled)) < width and not any(kind_of(cell) in {"email", "url"} for cell in filled)


def _named_header(filled: list[tuple[int, list[str]]], width: int) -> tuple[int, float] | None:
    """Return the first row with known names, if what stands above it is titles and notes and no data."""
    for index, cells in filled:
        known = known_words(cells)
        kinds = [kind_of(cell) for cell in cells]
        if any(kind in _STRONG for kind in kinds) and known < len(cells) / 2:
            return None
        if known >= min(2, width) and sum(kind == "text" for kind in kinds) > len(kinds) / 2:
            return index, min(0.99, 0.8 + 0.05 * known)
        if len([cell for cell in cells if cell.strip()]) > max(1, width // 2):
            return None
    return None


def _headerness(cells: list[str], width: int, body: list[list[str]]) -> float:
    """Return > 0 for a header, < 0 for data, 0 for a line that is neither (a title, a note)."""
    named = [cell.strip() for cell in cells if cell.strip()]
    if len(cells) < max(2, width - 2) and width > 1:
        return 0.0
    if width > 2 and len(named) < max(2, 0.4 * width):
        return 0.0
    known = known_words(cells)
    kinds = [kind_of(cell) for cell in cells]
    strong = sum(kind in _STRONG for kind in kinds)
    if strong and strong >= max(1, known):
        return -0.9 if _like_body(kinds, body) or not known else 0.6
    if known:
        return min(0.99, 0.8 + 0.05 * known)
    return 0.75 if _unlike_body(kinds, body) else 0.5


def _like_body(kinds: list[str], body: list[list[str]]) -> bool:
    """Return whether the row's telling cells stand over cells of the same kind."""
    return any(
        kind in _STRONG and any(len(row) > i and kind_of(row[i]) == kind for row in body)
        for i, kind in enumerate(kinds)
    )


def _unlike_body(kinds: list[str], body: list[list[str]]) -> bool:
    return any(
        kind == "text" and any(len(row) > i and kind_of(row[i]) in _STRONG for row in body)
        for i, kind in enumerate(kinds)
    )


def footer_start(tail: list[Record], width: int) -> int:
    """Return where in the last records of a file its footer starts; `len(tail)` when there is none."""
    start = len(tail)
    for i in range(len(tail) - 1, -1, -1):
        if is_blank(tail[i].cells):
            continue
        if not _is_footer(tail, i, width):
            break
        start = i
    return start


def _is_footer(tail: list[Record], index: int, width: int) -> bool:
    cells = tail[index].cells
    filled = [cell for cell in cells if cell.strip(UNSEEN)]
    if width < 2 or len(filled) > max(1, width // 2 + 1):
        return False
    others_count = all(kind_of(cell) == "number" for cell in filled[1:])
    if _FOOTER.match(filled[0]) and kind_of(filled[0]) == "text" and others_count:
        return True
    after_blank = index > 0 and is_blank(tail[index - 1].cells)
    return len(cells) == 1 and width > 2 and after_blank and kind_of(filled[0]) == "text"
