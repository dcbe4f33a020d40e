"""The short way for a large file that is plain, clean CSV in UTF-8: Polars parses, the raw bytes are the witness.

Whatever is not plain is left to the exact reader: this module returns nothing rather than something doubtful.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from leadsieve.intake.layout import FOOTER_RECORDS, UNSEEN, Layout, footer_start, is_blank
from leadsieve.intake.model import Dialect, Lines
from leadsieve.intake.rawcount import RawCount, count_delimiters, count_raw, records_with_inner_line_ends
from leadsieve.intake.records import Record
from leadsieve.intake.source import Opened
from leadsieve.spool import PART_ROWS, Room, Spool


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What Polars makes of the file, and whether some rows may have been short in it."""

    table: Spool
    may_have_short_rows: bool


def fast_table(
    opened: Opened, *, dialect: Dialect, layout: Layout, names: list[str], room: Room
) -> tuple[Spool, Lines] | None:
    """Return the table, in the room, and the line of each record, or nothing when the file is not plain and clean throughout."""
    if not _is_plain(dialect, layout):
        return None
    with ThreadPoolExecutor(max_workers=1) as pool:
        counting = pool.submit(count_raw, opened.stream, dialect.delimiter)
        parsed = _parsed(opened.path, dialect, layout, names, room)
        count = counting.result()
    if parsed is None or not count.sound:
        return None
    inner = _inner_line_ends(opened, parsed.table, count)
    if count.lines - len(inner) != parsed.table.height + 1:
        return None
    if parsed.may_have_short_rows and not _all_as_wide(opened, parsed.table, dialect):
        return None
    # The header's line is 1.
    return parsed.table, Lines(first=2, inner=inner)


def _inner_line_ends(opened: Opened, table: Spool, count: RawCount) -> npt.NDArray[np.int64]:
    if count.lines == table.height + 1:
        return np.empty(0, np.int64)
    return records_with_inner_line_ends(opened.stream)


def _is_plain(dialect: Dialect, layout: Layout) -> bool:
    return (
        len(dialect.delimiter) == 1
        and dialect.delimiter.isascii()
        and dialect.quote == '"'
        and layout.preamble == 0
        and layout.header is not None
        and len(layout.header) == layout.width > 1
    )


def _parsed(path: Path, dialect: Dialect, layout: Layout, names: list[str], room: Room) -> _Parsed | None:
    """Return the table, looked at part by part while it is parsed; nothing where a row may be no record."""
    table, tail, may_be_short = Spool(room), pl.DataFrame(), False
    try:
        for part in _parts(path, dialect, names):
            if _has_no_records(part, layout):
                return None
            may_be_short = may_be_short or _may_have_short_rows(part)
            tail = pl.concat([tail, part.tail(FOOTER_RECORDS)]).tail(FOOTER_RECORDS)
            table.append(part)
    except (pl.exceptions.PolarsError, OSError):
        # A long row, invalid UTF-8 or a quote out of place: the exact reader says which. A file that has vanished from its
        # folder is still there for who has it open.
        return None
    return None if _ends_in_footer(tail, layout) else _Parsed(table, may_be_short)


def _parts(path: Path, dialect: Dialect, names: list[str]) -> Iterator[pl.DataFrame]:
    scan = pl.scan_csv(
        path,
        schema=dict.fromkeys(names, pl.String),
        separator=dialect.delimiter,
        empty_string_is_null=False,
        glob=False,
    )
    yield pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    yield from scan.collect_batches(chunk_size=PART_ROWS, maintain_order=True)


def _may_have_short_rows(table: pl.DataFrame) -> bool:
    """Return whether the last column has empty cells: Polars fills short rows up, and raises for long ones."""
    return bool((table.to_series(-1) == "").any())


def _all_as_wide(opened: Opened, table: Spool, dialect: Dialect) -> bool:
    return count_delimiters(opened.stream, dialect.delimiter) == (len(table.columns) - 1) * (table.height + 1)


def _has_no_records(table: pl.DataFrame, layout: Layout) -> bool:
    """Return whether a row may be no record: blank, or the header again."""
    title = (layout.header or [""])[0].strip(UNSEEN)
    suspects = table[_suspects(table.to_series(0), title)]
    return any(is_blank(list(row)) or row[0].strip(UNSEEN) == title for row in suspects.iter_rows())


def _ends_in_footer(tail: pl.DataFrame, layout: Layout) -> bool:
    records = [Record(0, 1, list(row), "", "") for row in tail.iter_rows()]
    return footer_start(records, layout.width) < len(records)


def _suspects(first: pl.Series, title: str) -> pl.Series:
    """Return the rows whose first cell may be blank or the header's; comparing is faster than looking for prefixes.

    What sorts before "!" is empty or starts with a space, a tab or a control character. Of what starts with no ASCII
    letter, a no-break space comes first and a byte order mark among the last.
    """
    beyond = (first >= "\xa0").arg_true()
    letters = first.gather(beyond)
    return pl.concat(
        [
            ((first < "!") | (first == title)).arg_true(),
            beyond.filter((letters < "\xa1") | (letters >= "\ufeff")),
        ]
    )
