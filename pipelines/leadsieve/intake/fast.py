"""The short way for a large file that is plain, clean CSV in UTF-8: Polars parses, the raw bytes are the witness.

Whatever is not plain is left to the exact reader: this module returns nothing rather than something doubtful.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from leadsieve.intake.layout import FOOTER_RECORDS, UNSEEN, Layout, footer_start, is_blank
from leadsieve.intake.model import Dialect
from leadsieve.intake.rawcount import RawCount, count_delimiters, count_raw, records_with_inner_line_ends
from leadsieve.intake.records import Record
from leadsieve.intake.source import Opened


def fast_table(
    opened: Opened, *, dialect: Dialect, layout: Layout, names: list[str]
) -> tuple[pl.DataFrame, pl.Series] | None:
    """Return the table and the line of each record, or nothing when the file is not plain and clean throughout."""
    if not _is_plain(dialect, layout):
        return None
    with ThreadPoolExecutor(max_workers=1) as pool:
        counting = pool.submit(count_raw, opened.stream, dialect.delimiter)
        table = _parsed(opened.path, dialect, names)
        count = counting.result()
    if table is None or not count.sound:
        return None
    inner = _inner_line_ends(opened, table, count)
    if count.lines - len(inner) != table.height + 1:
        return None
    if _may_have_short_rows(table) and not _all_as_wide(opened, table, dialect):
        return None
    return None if _has_no_records(table, layout) else (table, _lines(table.height, inner))


def _inner_line_ends(opened: Opened, table: pl.DataFrame, count: RawCount) -> npt.NDArray[np.int64]:
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


def _parsed(path: Path, dialect: Dialect, names: list[str]) -> pl.DataFrame | None:
    scan = pl.scan_csv(
        path,
        schema=dict.fromkeys(names, pl.String),
        separator=dialect.delimiter,
        empty_string_is_null=False,
        glob=False,
    )
    try:
        return scan.collect(engine="streaming")
    except (pl.exceptions.PolarsError, OSError):
        # A long row, invalid UTF-8 or a quote out of place: the exact reader says which. A file that has vanished from its
        # folder is still there for who has it open.
        return None


def _may_have_short_rows(table: pl.DataFrame) -> bool:
    """Return whether the last column has empty cells: Polars fills short rows up, and raises for long ones."""
    return bool((table.to_series(-1) == "").any())


def _all_as_wide(opened: Opened, table: pl.DataFrame, dialect: Dialect) -> bool:
    return count_delimiters(opened.stream, dialect.delimiter) == (table.width - 1) * (table.height + 1)


def _has_no_records(table: pl.DataFrame, layout: Layout) -> bool:
    """Return whether a row may be no record: blank, the header again, or a footer."""
    title = (layout.header or [""])[0].strip(UNSEEN)
    suspects = table[_suspects(table.to_series(0), title)]
    if any(is_blank(list(row)) or row[0].strip(UNSEEN) == title for row in suspects.iter_rows()):
        return True
    tail = [Record(0, 1, list(row), "", "") for row in table.tail(FOOTER_RECORDS).iter_rows()]
    return footer_start(tail, layout.width) < len(tail)


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


def _lines(height: int, inner: npt.NDArray[np.int64]) -> pl.Series:
    """Return the line on which each record starts: the header's is 1, line ends within quotes push the rest down."""
    if not len(inner):
        return pl.int_range(2, height + 2, eager=True).alias("line")
    records = np.arange(1, height + 1, dtype=np.int64)
    return pl.Series("line", records + 1 + np.searchsorted(inner, records), dtype=pl.Int64)
