"""Let the row that goes forward take what it lacks from the person's other rows, where these agree."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from leadsieve.schema import CHANGE, PLAIN_FIELDS
from leadsieve.words import Fill

_NAMES = ("firstName", "lastName")


@dataclass(frozen=True, slots=True)
class _Taken:
    """Columns that are taken together: rows agree when `key` has one value; `column` is what `changes` calls it."""

    column: str
    key: str
    with_it: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.key, *self.with_it)


_IDENTIFIERS = (
    _Taken("email", "email"),
    _Taken("linkedinUrl", "linkedin_key", ("linkedin_url",)),
    _Taken("linkedinUrlSalesNav", "linkedin_member_key", ("linkedinUrlSalesNav",)),
)


def fill(
    records: pl.DataFrame, decisions: pl.DataFrame, *, how: Fill, variables: Sequence[str], shared: pl.Series
) -> pl.DataFrame:
    """Return the records with filled cells; each is noted in `changes`.

    In: records and decisions, row by row the same. Nothing that stands is overwritten and no identifier in `shared` is taken.
    """
    taken = _what(how, variables)
    several = decisions.drop_nulls("person").filter(pl.len().over("person") > 1).select("row", "person", "duplicate_of")
    if not taken or not several.height:
        return records
    pairs = (
        several.filter(pl.col("duplicate_of").is_null())
        .select("person", to="row")
        .join(several.select("person", "row"), on="person")
    )
    others = (
        pairs.filter(pl.col("to") != pl.col("row"))
        .join(_offers(records, taken, shared), on="row", how="inner")
        .sort("to", "row")
    )
    offered = others.group_by("to", maintain_order=True).agg(_agreed(t, c) for t in taken for c in t.columns)
    joined = records.join(offered, left_on="row", right_on="to", how="left", maintain_order="left")
    return _take(joined, taken).select(records.columns)


def _agreed(taken: _Taken, column: str) -> pl.Expr:
    """Return the one value that all other rows give, unless it may not be taken."""
    gives = pl.col(taken.key).is_not_null()
    may = pl.col(f"may {taken.key}").filter(gives).all()
    agree = pl.col(taken.key).drop_nulls().n_unique() == 1
    return pl.when(agree & may).then(pl.col(column).filter(gives).first()).alias(f"offered {column}")


def _what(how: Fill, variables: Sequence[str]) -> tuple[_Taken, ...]:
    if how is Fill.NONE:
        return ()
    names = tuple(_Taken(name, name) for name in _NAMES)
    if how is Fill.IDENTIFIERS:
        return (*_IDENTIFIERS, *names)
    plain = [name for name in (*PLAIN_FIELDS, *variables) if name not in (*_NAMES, "linkedinUrlSalesNav")]
    return (*_IDENTIFIERS, *names, *(_Taken(name, name) for name in plain))


def _offers(records: pl.DataFrame, taken: Sequence[_Taken], shared: pl.Series) -> pl.DataFrame:
    """Return what every row could give, and whether that may be taken: no shared identifier, no profile that cannot be written."""
    offers = records.select("row", *dict.fromkeys(c for t in taken for c in t.columns))
    return offers.with_columns(
        (
            (pl.col(t.with_it[0]).is_not_null() if t.with_it else pl.lit(value=True))
            & ~pl.col(t.key).is_in(shared.implode())
        ).alias(f"may {t.key}")
        for t in taken
    )


def _take(joined: pl.DataFrame, taken: Sequence[_Taken]) -> pl.DataFrame:
    lacks = {
        t.column: pl.all_horizontal(pl.col(c).is_null() for c in t.columns) & pl.col(f"offered {t.key}").is_not_null() for t in taken
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
        *(pl.when(lacks[t.column]).then(f"offered {c}").otherwise(c).alias(c) for t in taken for c in t.columns),
    )
