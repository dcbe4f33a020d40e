"""What is counted of a ledger while its parts are made, so that nobody has to read it again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from leadsieve.cleaning import IDENTIFYING_EMAIL, IDENTIFYING_LINKEDIN
from leadsieve.schema import MARKS
from leadsieve.words import Outcome, Reason, RowWarning

CELLS: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "email": ("email", IDENTIFYING_EMAIL),
    "linkedin": ("linkedinUrl", IDENTIFYING_LINKEDIN),
}
"""The identifying cells: what `changes` calls them, and the statuses of usable ones."""


class Tally:
    """The counts over all parts of a ledger that were added."""

    def __init__(self, decided: pl.DataFrame) -> None:
        """`decided` has the column duplicate_of of every row of the list."""
        self._named = np.zeros(decided.height + 1, np.bool_)  # by row: another goes out in its favour
        self._named[decided["duplicate_of"].drop_nulls().to_numpy()] = True
        self._counted: dict[str, list[pl.DataFrame]] = {name: [] for name in _QUESTIONS}
        self._several: list[pl.DataFrame] = []
        self.rows = 0

    def add(self, part: pl.DataFrame) -> None:
        """Count a part of the ledger."""
        told = pl.collect_all([question.asked(part.lazy()) for question in _QUESTIONS.values()])
        for name, counted in zip(_QUESTIONS, told, strict=True):
            self._counted[name].append(counted)
        self._several.append(_several(part, pl.Series(self._named[part["row"].to_numpy()])))
        self.rows += part.height

    def table(self, name: str) -> pl.DataFrame:
        """Return the answer to one of the questions, one row a combination of its words: rows, and what else is counted."""
        words = _QUESTIONS[name].words
        return pl.concat(self._counted[name]).group_by(words).agg(pl.exclude(words).sum().cast(pl.Int64))

    @property
    def respelt(self) -> int:
        """The rows whose key an earlier row of a person that goes in has, while none of their cells is spelt like an earlier one."""
        some = pl.concat(self._several)
        again = {name: pl.col(name).is_not_null() & ~pl.col(name).is_first_distinct() for name in _SPELT}
        found = some.select(
            goes_in=pl.col("goes_in").any().over("person"),
            key=again["email"] | again["linkedin_key"],
            cell=again["email_raw"] | again["linkedin_raw"],
        )
        return int((found["goes_in"] & found["key"] & ~found["cell"]).sum())


@dataclass(frozen=True, slots=True)
class _Question:
    """What is counted, by the words of which columns, of which rows."""

    words: tuple[str, ...]
    counts: Mapping[str, pl.Expr] = field(default_factory=dict)
    of: Callable[[pl.LazyFrame], pl.LazyFrame] = lambda rows: rows

    def asked(self, ledger: pl.LazyFrame) -> pl.LazyFrame:
        return self.of(ledger).group_by(self.words).agg(rows=pl.len(), **self.counts)


def _sums() -> dict[str, pl.Expr]:
    """Return what is counted of the rows of each outcome and reason."""
    changed = pl.col("changes").list.eval(pl.element().struct.field("column"))
    profile = pl.col("linkedin_url").is_not_null() | pl.col("linkedinUrlSalesNav").is_not_null()
    told = {
        f"mended_{kind}": pl.col(f"{kind}_status").is_in(usable) & changed.list.contains(column)
        for kind, (column, usable) in CELLS.items()
    }
    told |= {mark: pl.col(mark) for mark in MARKS}
    told |= {
        "with_profile": profile,
        "shared": _warned(RowWarning.SHARED_IDENTIFIER),
        "connections": pl.col("is_connection"),
        "told_connections": pl.col("is_connection").is_not_null(),
    }
    return {name: flag.sum() for name, flag in told.items()}


def _warned(of: RowWarning) -> pl.Expr:
    return pl.col("warnings").list.contains(of.value)


def _warnings(ledger: pl.LazyFrame) -> pl.LazyFrame:
    return ledger.select(pl.col("warnings").explode().drop_nulls())


def _held(ledger: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows that a campaign holds back, with the one that weighs most, the first of their conflicts; who is in progress with its owner.

    `ended`: only leads which have ended hold them back.
    """
    in_progress, reason = pl.col("outcome") == Outcome.IN_PROGRESS, pl.col("reason")
    known = (pl.col("outcome") == Outcome.DUPLICATE) & reason.is_in(
        [str(Reason.IN_CAMPAIGN), str(Reason.IN_OTHER_CAMPAIGN)]
    )
    owner = pl.col("conflicts").list.first().struct.field("owner")
    return ledger.filter(in_progress | known).select(
        "outcome",
        "reason",
        place="conflict_campaign",
        owner=pl.when(in_progress).then(owner),
        ended=(reason == Reason.IN_OTHER_CAMPAIGN) & ~pl.col("active_elsewhere"),
    )


def _deleted(ledger: pl.LazyFrame) -> pl.LazyFrame:
    return ledger.filter(_warned(RowWarning.DELETED_EARLIER) | (pl.col("reason") == Reason.DELETED_EARLIER))


_QUESTIONS: Final[Mapping[str, _Question]] = {
    "rows": _Question(("outcome", "reason"), _sums()),
    "cells": _Question(tuple(f"{kind}_status" for kind in CELLS)),
    "warnings": _Question(("warnings",), of=_warnings),
    "held": _Question(("outcome", "reason", "place", "owner", "ended"), of=_held),
    "deleted": _Question(("source",), of=_deleted),
}


_SPELT: Final = {"email": "email", "linkedin_key": "linkedin", "email_raw": "email", "linkedin_raw": "linkedin"}
"""The columns that may be spelt differently, and what their status is called after."""


def _several(part: pl.DataFrame, named: pl.Series) -> pl.DataFrame:
    """Return the rows that may have a key in common with another: in whose place another goes forward, these (`named`), and who shares one.

    Cells are told by their hashes, which are smaller; one that identifies nobody, though it may have been filled, says nothing.
    """
    shared = part.select(_warned(RowWarning.SHARED_IDENTIFIER)).to_series()
    some = part.filter((named | part["duplicate_of"].is_not_null() | shared) & part["person"].is_not_null())
    usable = {of: pl.col(f"{of}_status").is_in(statuses) for of, (_, statuses) in CELLS.items()}
    return some.select(
        pl.col("person").cast(pl.UInt32),
        goes_in=pl.col("outcome").is_in([Outcome.CREATE.value, Outcome.UPDATE.value]),
        **{
            name: pl.when(usable[of] & pl.col(name).is_not_null()).then(pl.col(name).hash())
            for name, of in _SPELT.items()
        },
    )
