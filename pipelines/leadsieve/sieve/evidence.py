"""What stands against a row: the memberships of its person, what weighs most first."""

from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import polars as pl

from leadsieve.database import small_table
from leadsieve.schema import CONFLICT
from leadsieve.sieve.columns import Numbers, fetched, placed
from leadsieve.words import MatchedOn

_WAYS: Final = (MatchedOn.LINK, MatchedOn.EMAIL, MatchedOn.LINKEDIN, MatchedOn.BOTH)
"""How a row is tied to a membership, by whether its own email (1) and its own profile (2) are the membership's."""

_SAID: Final = {field.name: field.dtype for field in CONFLICT.fields if field.name != "matched_on"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place a conflict: `rows`, ascending, the conflicts of one row in their order; `told`, where it stands in `conflicts`, which has each once."""

    rows: Numbers
    told: Numbers
    conflicts: pl.Series

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection) -> "Evidence":
        """Take in the tables `matches`, `conflicts`, `membership_conflicts`."""
        ((memberships,),) = con.execute("select coalesce(max(nth) + 1, 0) from memberships").fetchall()
        rows, nth, way = fetched(con, "select row, nth, by_email::integer + 2 * by_linkedin::integer from matches")
        conflict = placed(con, "select nth, conflict from membership_conflicts", memberships, nothing=-1)[nth]
        counts = conflict >= 0
        rows, nth, way, conflict = rows[counts], nth[counts], way[counts], conflict[counts]
        order = _order(con, rows, nth, conflict, memberships)
        kinds = small_table(con, "select campaign, status, owner, source from conflicts order by conflict", _SAID)
        each = kinds.join(
            pl.DataFrame({"matched_on": [str(w) for w in _WAYS]}), how="cross", maintain_order="left_right"
        )
        told = (conflict * len(_WAYS) + way)[order]
        return cls(rows, told.astype(np.int32), each.select(field.name for field in CONFLICT.fields).to_struct())

    def among(self, first: int, last: int) -> pl.DataFrame:
        """Return one row for each of the rows `first` to `last` against which something stands.

        Columns: row, conflicts, and of the first of them matched_on, conflict_campaign, conflict_status.
        """
        start, end = np.searchsorted(self.rows, np.array([first, last + 1], dtype=self.rows.dtype))
        each = pl.DataFrame(
            {
                "row": pl.Series(self.rows[start:end], dtype=pl.UInt32),
                "conflicts": self.conflicts.gather(self.told[start:end]),
            }
        )
        weighs_most = pl.col("conflicts").list.first().struct
        return (
            each.group_by("row", maintain_order=True)
            .agg("conflicts")
            .with_columns(
                matched_on=weighs_most.field("matched_on"),
                conflict_campaign=weighs_most.field("campaign"),
                conflict_status=weighs_most.field("status"),
            )
        )


def _order(con: duckdb.DuckDBPyConnection, rows: Numbers, nth: Numbers, conflict: Numbers, memberships: int) -> Numbers:
    """Return the places by row and, within one, by weight; most rows have one membership, and need no sorting."""
    order = np.arange(len(rows))
    again = rows[1:] == rows[:-1]
    several = np.flatnonzero(np.append(again, False) | np.append(False, again))
    if len(several):
        (rank,) = fetched(con, "select rank from conflicts order by conflict")
        membership = placed(con, "select nth, membership from memberships", memberships)
        order[several] = several[np.lexsort((membership[nth[several]], rank[conflict[several]], rows[several]))]
    return order
