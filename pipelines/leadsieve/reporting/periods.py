"""Spans of time as a person writes them: `2026-01-01..2026-03-31`, `2026-03`, `..2026`."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from leadsieve.errors import UsageError
from leadsieve.words import Span

if TYPE_CHECKING:
    import polars as pl

_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included; None: without an end on that side."""

    first: date | None = None
    last: date | None = None

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment (UTC) is of these days."""
        return (self.first or date.min) <= moment.date() <= (self.last or date.max)

    def as_filter(self, column: str) -> "pl.Expr":
        """Return the same for a column of moments."""
        import polars as pl  # not to read a command

        return pl.col(column).dt.date().is_between(pl.lit(self.first or date.min), pl.lit(self.last or date.max))


def periods(told: Sequence[str]) -> tuple[Period, Span | None]:
    """Return what `--period` says, given any number of times: which days count, and how long each period of the trend is.

    Raises UsageError for what is neither, and for two of a kind.
    """
    spans = [Span(word) for word in told if word in set(Span)]
    days = [word for word in told if word not in set(Span)]
    if len(spans) > 1 or len(days) > 1:
        msg = "--period names two spans of time. Give one, and beside it at most one of run, day, week and month."
        raise UsageError(msg)
    return (_period(days[0]) if days else Period()), (spans[0] if spans else None)


def _period(text: str) -> Period:
    """Return the days that a text names.

    >>> _period("2026-02")
    Period(first=datetime.date(2026, 2, 1), last=datetime.date(2026, 2, 28))
    >>> _period("2026-02-03..")
    Period(first=datetime.date(2026, 2, 3), last=None)
    """
    start, dots, end = text.partition("..")
    try:
        found = Period(_days(start)[0], _days(end if dots else start)[1])
    except ValueError as error:
        msg = f"--period {text} is no span of time. Write for example 2026-01-01..2026-03-31, 2026-03, 2026-03.. or month."
        raise UsageError(msg) from error
    if (found.first and found.last and found.last < found.first) or found == Period():
        msg = f"--period {text} holds no day. Write the earlier day first, and at least one of the two."
        raise UsageError(msg)
    return found


def _days(text: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of a year, a month or a day; nothing for an empty text."""
    if not text.strip():
        return None, None
    parts = _DAY.fullmatch(text.strip())
    if not parts:
        raise ValueError
    year, month, day = (int(part or 0) for part in parts.groups())
    first, last_month = date(year, month or 1, day or 1), month or 12
    return first, date(year, last_month, day or monthrange(year, last_month)[1])
