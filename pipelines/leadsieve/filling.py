"""Let the row that goes forward take what it lacks from the person's other rows, where these agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from leadsieve.schema import CHANGE, PLAIN_FIELDS
from leadsieve.words import Fill

_NAMES = ("firstName", "lastName")
# No custom variable has a colon in its name, so columns with one are free.
_TO: Final = "to:"
_OFFERED: Final = "offered:"
_VALUES: Final = "values:"
_FIRST: Final = "first:"


@dataclass(frozen=True, slots=True)
class _Taken:
    """Columns that are taken together: rows agree when `key` has one value; `column` is what `changes` calls it.

    An identifier is only taken with what can be written for it, and not when it is shared.
    """

    column: str
    key: str
    written: str
    identifies: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.key, self.written)))


_IDENTIFIERS = (
    _Taken("email", "email", "email", identifies=True),
    _Taken("linkedinUrl", "linkedin_key", "linkedin_url", identifies=True),
    _Taken("linkedinUrlSalesNav", "linkedin_member_key", "linkedinUrlSalesNav", identifies=True),
)


def fill(
    records: pl.DataFrame, decisions: pl.DataFrame, *, how: Fill, variables: Sequence[str], shared: pl.Series
) -> pl.DataFrame:
    """Return the records with filled cells; each is noted in `changes`.

    In: records and decisions, row by row the same. Nothing that stands is overwritten and no identifier in `shared` is taken.
    """
    taken = _what(how, variables)
    pairs = _pairs(decisions)
    if not taken or not pairs.height:
        return records
    offers = records.select("row", *dict.fromkeys(c for t in taken for c in t.columns))
    others = pairs.join(offers, on="row", how="inner").sort(_TO, "row")
    gathered = others.group_by(_TO, maintain_order=True).agg(e for t in taken for e in _gathered(t))
    offered = gathered.select(_TO, *(e for t in taken for e in _agreed(t, shared)))
    # Only rows that are offered something are looked at: they are few, and a list of structs for every row is dear.
    filled = _take(records.join(offered, left_on="row", right_on=_TO, how="inner"), taken)
    columns = dict.fromkeys(c for t in taken for c in t.columns)
    return records.update(filled.select("row", "changes", *columns), on="row", how="left", maintain_order="left")


def _pairs(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return every row that goes forward (`to:`) with each other row of its person (`row`)."""
    several = decisions.drop_nulls("person").filter(pl.len().over("person") > 1).select("row", "person", "duplicate_of")
    forward = several.filter(pl.col("duplicate_of").is_null()).select("person", pl.col("row").alias(_TO))
    return (
        forward.join(several.select("person", "row"), on="person").filter(pl.col(_TO) != pl.col("row")).drop("person")
    )


def _what(how: Fill, variables: Sequence[str]) -> tuple[_Taken, ...]:
    if how is Fill.NONE:
        return ()
    plain = (*PLAIN_FIELDS, *variables) if how is Fill.ALL else _NAMES
    return (*_IDENTIFIERS, *(_Taken(name, name, name) for name in plain if name != "linkedinUrlSalesNav"))


def _gathered(taken: _Taken) -> list[pl.Expr]:
    """Return, per row that goes forward, how many values the others have and the first that can be written."""
    gives = pl.col(taken.key).is_not_null() & pl.col(taken.written).is_not_null()
    firsts = (pl.col(c).filter(gives).first().alias(f"{_OFFERED}{c}") for c in taken.columns)
    return [
        pl.col(taken.key).drop_nulls().n_unique().alias(f"{_VALUES}{taken.column}"),
        pl.col(taken.key).drop_nulls().first().alias(f"{_FIRST}{taken.column}"),
        *firsts,
    ]


def _agreed(taken: _Taken, shared: pl.Series) -> list[pl.Expr]:
    """Return what the others give, where they agree and it may be taken."""
    may = pl.col(f"{_VALUES}{taken.column}") == 1
    if taken.identifies:
        may &= ~pl.col(f"{_FIRST}{taken.column}").is_in(shared.implode())
    # Decided after the grouping: inside it, Polars 2.1 makes a list of a when/then where there is one group only.
    return [pl.when(may).then(f"{_OFFERED}{c}").alias(f"{_OFFERED}{c}") for c in taken.columns]


def _take(joined: pl.DataFrame, taken: Sequence[_Taken]) -> pl.DataFrame:
    lacks = {
        t.column: pl.all_horizontal(pl.col(c).is_null() for c in t.columns) & pl.col(f"{_OFFERED}{t.key}").is_not_null()
        for t in taken
    }
    known = pl.col("changes").list.eval(pl.element().struct.field("column"))
    noted = [
        pl.when(lacks[t.column] & ~known.list.contains(t.column)).then(
            pl.struct(pl.lit(t.column).alias("column"), pl.lit("").alias("was"))
        )
        for t in taken
    ]
    filled = pl.concat_list(noted).list.drop_nulls().cast(pl.List(CHANGE))
    return joined.with_columns(
        pl.concat_list("changes", filled).alias("changes"),
        *(pl.when(lacks[t.column]).then(f"{_OFFERED}{c}").otherwise(c).alias(c) for t in taken for c in t.columns),
    )
