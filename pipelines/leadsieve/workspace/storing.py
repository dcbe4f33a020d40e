"""The form in which memberships are stored: every text once, and what many have alike by a number."""

from typing import Final

import duckdb
import polars as pl

from leadsieve.database import put

PLACE: Final = "place"
FURTHER: Final = pl.Schema({PLACE: pl.UInt32, "key": pl.String, "role": pl.Boolean})
"""What identifies a membership beside its two keys, one row each: the membership's place among those that it came with, the key, whether several people read it."""

_STATE: Final = ("status", "is_paused", "last_state", "source", "imported")


def cells(email: str, linkedin: str) -> list[pl.Expr]:
    """Return `email_cell` and `linkedin_cell`: the cells of those columns where they are not the key itself."""
    return [
        pl.when(pl.col(column).ne_missing(pl.col(f"{name}_key"))).then(column).alias(f"{name}_cell")
        for name, column in (("email", email), ("linkedin", linkedin))
    ]


class States:
    """What exports say of leads in their campaigns, one number each; `add_to` the workspace what it lacks."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Take over the states that the workspace has."""
        self._known: pl.DataFrame = con.sql("from membership_states").pl()
        self._stored = self._known.height

    def stored(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return memberships as they are stored: a number for their state, the cells that are not the key itself."""
        numbers = self._numbers(rows)
        if numbers.has_nulls():
            self._take(rows.select(*_STATE).filter(numbers.is_null()).unique(maintain_order=True))
            numbers = self._numbers(rows)
        return rows.with_columns(numbers, *cells("email", "linkedin_url")).drop("email", "linkedin_url", *_STATE)

    def _numbers(self, rows: pl.DataFrame) -> pl.Series:
        states = rows.select(*_STATE).join(
            self._known, on=list(_STATE), how="left", nulls_equal=True, maintain_order="left"
        )
        return states["state"]

    def _take(self, states: pl.DataFrame) -> None:
        ((last,),) = self._known.select(pl.col("state").max().fill_null(0)).rows()
        numbers = pl.int_range(last + 1, last + 1 + states.height, dtype=pl.Int32)
        self._known = pl.concat([self._known, states.select(numbers.alias("state"), *_STATE)])

    def add_to(self, con: duckdb.DuckDBPyConnection) -> None:
        """Store the states that came since."""
        put(con, "new_states", self._known.slice(self._stored))
        con.execute("insert into membership_states from new_states")
        self._stored = self._known.height
