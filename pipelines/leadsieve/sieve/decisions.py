"""What was decided of every row, and what the ledger tells of it besides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress, product
from typing import Final

import polars as pl

from leadsieve.sieve.evidence import Evidence
from leadsieve.spool import PART_ROWS
from leadsieve.words import RowWarning

_WARNED_BY: Final = {
    RowWarning.ACTIVE_ELSEWHERE: "active_elsewhere",
    RowWarning.DELETED_EARLIER: "deleted_earlier",
    RowWarning.IDENTITY_CONFLICT: "identity_conflict",
    RowWarning.POSSIBLE_SAME_MAILBOX: "same_mailbox",
    RowWarning.SHARED_IDENTIFIER: "has_shared",
}
"""The facts that a person should know of a row, in the order of their words."""

_AS_THEY_ARE: Final = ("in_campaign", "active_elsewhere", "in_workspace", "is_connection")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """`rows` has the facts of every row of the list, in its order, and what `decide` made of them: some 25 bytes each, in memory for a list of any length.

    `holds` has what holds persons back, by the number that `rows` names; `evidence` what stands against rows.
    """

    rows: pl.DataFrame
    holds: pl.DataFrame
    evidence: Evidence

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield what the ledger says of the rows, in parts like the list's: one row each, words as text."""
        for rows in self.rows.iter_slices(PART_ROWS):
            evidence = self.evidence.among(rows["row"][0], rows["row"][-1])
            told = rows.join(evidence, on="row", how="left", maintain_order="left")
            yield told.join(self.holds, on="hold", how="left", maintain_order="left").select(_of_ledger())


def _of_ledger() -> list[pl.Expr]:
    in_campaign, elsewhere = pl.col("in_campaign"), pl.col("active_elsewhere")
    return [
        pl.col("row", "person", "duplicate_of").cast(pl.Int64),
        pl.col(*_AS_THEY_ARE),
        in_campaign.alias("blocked_by_campaign"),
        (in_campaign | elsewhere).alias("blocked_by_active"),
        pl.col("in_workspace").alias("blocked_by_workspace"),
        pl.col("matched_on", "conflict_campaign", "conflict_status", "conflicts", "suppressed_by", "suppressions"),
        pl.col("outcome", "reason").cast(pl.String),
        _warnings(),
    ]


def _warnings() -> pl.Expr:
    """Return the words of what is true: of the few lists that there can be, the row's, which is cheaper than making one for each."""
    every = [list(compress(map(str, _WARNED_BY), chosen)) for chosen in product((False, True), repeat=len(_WARNED_BY))]
    lists = pl.Series(every, dtype=pl.List(pl.String))
    number = pl.lit(0, pl.UInt8)
    for fact in _WARNED_BY.values():
        number = number * 2 + pl.col(fact).fill_null(value=False).cast(pl.UInt8)
    return pl.lit(lists).gather(number).alias("warnings")
