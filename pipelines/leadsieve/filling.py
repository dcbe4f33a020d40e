"""Let the row that goes forward take what it lacks from the person's other rows, where these agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from leadsieve.schema import CHANGE, PLAIN_FIELDS
from leadsieve.spool import Spool, compact
from leadsieve.words import Fill

_NAMES = ("firstName", "lastName")
_SET_APART: Final = r"[^+\d]"
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

    @property
    def compared(self) -> pl.Expr:
        """What must be one value: of a phone its digits, however they are set apart."""
        return pl.col(self.key).str.replace_all(_SET_APART, "") if self.column == "phone" else pl.col(self.key)


_IDENTIFIERS = (
    _Taken("email", "email", "email", identifies=True),
    _Taken("linkedinUrl", "linkedin_key", "linkedin_url", identifies=True),
    _Taken("linkedinUrlSalesNav", "linkedin_member_key", "linkedinUrlSalesNav", identifies=True),
)


@dataclass(frozen=True, slots=True)
class Filling:
    """What rows that go forward are offered: `offered` has one row a row (`to:`), in order, with what the others agree on."""

    taken: tuple[_Taken, ...]
    offered: pl.DataFrame

    def fill(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return a part of the records with filled cells; each is noted in `changes`. Nothing that stands is overwritten."""
        offered = _among(self.offered, _TO, records)
        if not offered.height:
            return records
        # Only rows that are offered something are looked at: they are few, and a list of structs for every row is dear.
        filled = _take(records.join(offered, left_on="row", right_on=_TO, how="inner"), self.taken)
        columns = ["changes", *dict.fromkeys(c for t in self.taken for c in t.columns)]
        told = records.select("row", *columns).update(filled.select("row", *columns), on="row", how="left")
        return records.with_columns(told.select(columns))


def filling(
    records: Spool, decisions: pl.DataFrame, *, how: Fill, variables: Sequence[str], shared: pl.Series
) -> Filling:
    """Return what the rows that go forward take of their person's others; no identifier in `shared`.

    In: records, and for each of them the columns row, person, duplicate_of of the decisions. Only rows that have something which the row that goes forward lacks are gathered.
    """
    taken = _what(how, variables)
    nothing = Filling(taken, pl.DataFrame(schema={_TO: pl.Int64}))
    if not taken or not records.height:
        return nothing
    pairs = _pairs(records, decisions, taken)
    if not pairs.height:
        return nothing
    others = pl.concat(_offers(records, pairs, taken)).sort(_TO, "row")
    gathered = others.group_by(_TO, maintain_order=True).agg(e for t in taken for e in _gathered(t))
    return Filling(taken, gathered.select(_TO, *(e for t in taken for e in _agreed(t, shared))))


def _offers(records: Spool, pairs: pl.DataFrame, taken: Sequence[_Taken]) -> Iterator[pl.DataFrame]:
    """Yield the cells of the rows that have something to give, each with the row that may take it."""
    for part in records.parts(["row", *dict.fromkeys(c for t in taken for c in t.columns)]):
        yield compact(_among(pairs, "row", part).join(part, on="row", how="inner"))


def _among(pairs: pl.DataFrame, column: str, part: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs (or offers), sorted by that column, whose row there is one of the part's, which follow each other."""
    if not part.height:
        return pairs.clear()
    start, end = pairs[column].search_sorted(pl.Series([part["row"][0], part["row"][-1] + 1]))
    return pairs.slice(start, end - start)


def _pairs(records: Spool, decisions: pl.DataFrame, taken: Sequence[_Taken]) -> pl.DataFrame:
    """Return every row that lacks something (`to:`) with each other row of its person that has it (`row`), in the order of these."""
    has, gives = _masks(records, taken)
    again = decisions.select("row", "person", pl.col("duplicate_of").alias(_TO)).drop_nulls()
    others = again.cast(pl.Int64)  # most rows are nobody's again, and need no wider numbers
    row, to = others["row"].to_numpy() - 1, others[_TO].to_numpy() - 1
    # Another's row may go forward in its place, because of an identifier that both carry.
    of_one_person = decisions["person"].gather(to).cast(pl.Int64) == others["person"]
    return others.filter(of_one_person & pl.Series((gives[row] & ~has[to]) != 0, dtype=pl.Boolean)).select(_TO, "row")


_Masks: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]
_BITS: Final = 64


def _masks(records: Spool, taken: Sequence[_Taken]) -> tuple[_Masks, _Masks]:
    """Return, one bit a column that is taken, what each row has and what it gives; the last bit is for all columns that are too many."""
    kind = pl.UInt8 if len(taken) <= 8 else pl.UInt64
    columns = list(dict.fromkeys(c for t in taken for c in t.columns))
    has, gives = [_has(t) for t in taken], [pl.col(t.key).is_not_null() for t in taken]
    rest = _BITS - 1
    if len(taken) > _BITS:
        has, gives = [*has[:rest], pl.all_horizontal(has[rest:])], [*gives[:rest], pl.any_horizontal(gives[rest:])]
    parts = [part.select(has=_mask(has, kind), gives=_mask(gives, kind)) for part in records.parts(columns)]
    masks = pl.concat(parts)
    return masks["has"].to_numpy(), masks["gives"].to_numpy()


def _has(taken: _Taken) -> pl.Expr:
    return pl.any_horizontal(pl.col(c).is_not_null() for c in taken.columns)


def _mask(flags: Sequence[pl.Expr], kind: type[pl.DataType]) -> pl.Expr:
    """Return the flags as the bits of one number, the first the lowest."""
    return reduce(
        or_, (pl.when(flag).then(pl.lit(1 << bit, kind)).otherwise(pl.lit(0, kind)) for bit, flag in enumerate(flags))
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
        taken.compared.drop_nulls().n_unique().alias(f"{_VALUES}{taken.column}"),
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
    lacks = {t.column: ~_has(t) & pl.col(f"{_OFFERED}{t.key}").is_not_null() for t in taken}
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
