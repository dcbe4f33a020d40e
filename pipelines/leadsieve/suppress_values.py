"""Which values of a table's opt-out columns count as one and which do not, told so that nobody is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from leadsieve.policy import SuppressColumn
from leadsieve.suppress_columns import (
    ANY,
    by_strength,
    columns_of,
    is_for_opt_outs,
    says_no,
    says_one_of,
    words_of,
)

_NOTHING: Final = pl.DataFrame(schema={"column": pl.String, "value": pl.String, "reason": pl.String, "rows": pl.Int64})
"""What is kept of a table's values, one row each: `value` as it is shown (null: it is not), `reason` why it suppresses the rows in which it
stands (null: it does not), `rows` how many these are."""

_LONGEST, _MOST_WORDS = 40, 6
_FEW: Final = 10
"""A column that has no more different values than these is no free text: those that stand there once are shown too."""
_OFTEN: Final = 5
"""What looks like a first and last name and stands in so many rows is none, but a status such as Closed Lost."""
_MOST_OF_PART: Final = 1_000
"""Of a part no more values than these are kept apart, the most frequent."""

_TELLS_SOMEBODY: Final = r"@|\p{L}\.\p{L}|\d{5}|\d(?:[ .()/-]?\d){6}|\p{L}\d|\d\p{L}"
"""Addresses and domains, long numbers, phones, ids."""
_LIKE_A_NAME: Final = r"^\p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’.-]*)+$"
_OUTER: Final = " \"'“”„«»()[]:.!-–"
_FREQUENT_FIRST: Final = (pl.col("value").is_null(), -pl.col("rows"), pl.col("value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnValue:
    """A value that stands in an opt-out column, in so many rows; `reason` is why they are suppressed, null where they are not.

    `value` is null for all those together that could name somebody: long or rare ones, and those with an address or a number in them.
    """

    column: str
    value: str | None
    rows: int
    reason: str | None = None


def values_of(table: pl.DataFrame, rules: Sequence[SuppressColumn]) -> tuple[ColumnValue, ...]:
    """Return what the columns say that the rules look at; of a cell that counts as an opt-out only the words for which it does."""
    return shown([_counted(_answers(table[name], of_it), name) for name, of_it in _asked(table, rules)])


def unread_values(table: pl.DataFrame, rules: Sequence[SuppressColumn]) -> pl.DataFrame:
    """Return what the columns that are for opt-outs alone say where it is neither one nor a no, for `shown`; of each cell the first such word."""
    columns = [(name, of_it) for name, of_it in _asked(table, rules) if is_for_opt_outs(of_it)]
    unread = [_answers(table[name], of_it).filter(pl.col("reason").is_null(), ~says_no()) for name, of_it in columns]
    told = [
        _counted(words.unique("cell", keep="first"), name) for (name, _), words in zip(columns, unread, strict=True)
    ]
    return pl.concat([_NOTHING, *told])


def shown(parts: Sequence[pl.DataFrame]) -> tuple[ColumnValue, ...]:
    """Return the values of all parts of a table as they may be shown, by column, the most frequent first."""
    told = pl.concat([_NOTHING, *parts])
    in_order = told["column"].unique(maintain_order=True)
    spelt_alike = pl.col("value").str.to_lowercase().alias("key")
    values = told.sort(_FREQUENT_FIRST).group_by("column", "reason", spelt_alike, maintain_order=True)
    rows = _without_names(values.agg(pl.first("value"), pl.sum("rows"))).sort(_FREQUENT_FIRST)
    return tuple(ColumnValue(**row) for name in in_order for row in rows.filter(column=name).iter_rows(named=True))


def _without_names(values: pl.DataFrame) -> pl.DataFrame:
    """Return the values without those that may be a person's name; what counts as an opt-out is a word of the rules."""
    is_few = (pl.len() <= _FEW).over("column", "reason")
    names_nobody = ~pl.col("value").str.contains(_LIKE_A_NAME) & (is_few | (pl.col("rows") > 1))
    may_be = pl.col("reason").is_not_null() | names_nobody | (pl.col("rows") >= _OFTEN)
    told = values.with_columns(value=pl.when(may_be).then("value"))
    return told.group_by("column", "value", "reason").agg(pl.sum("rows"))


def _asked(table: pl.DataFrame, rules: Sequence[SuppressColumn]) -> list[tuple[str, list[SuppressColumn]]]:
    """Return the columns that the rules look at, each with its rules, the strongest first."""
    return [
        (name, [rule for rule in by_strength(rules) if columns_of([rule], [name])])
        for name in columns_of(rules, table.columns)
    ]


def _answers(column: pl.Series, rules: Sequence[SuppressColumn]) -> pl.DataFrame:
    """Return the words of a column's cells as `words_of` does, with `rows`, `reason` and `value` of each."""
    cells = column.alias("cell").drop_nulls().to_frame().group_by("cell").len("rows")
    words = words_of(cells["cell"]).join(cells, on="cell", maintain_order="left").filter(pl.col("key") != "")
    told = words.with_columns(
        reason=pl.coalesce(pl.when(says_one_of(rule.words)).then(pl.lit(str(rule.reason))) for rule in rules)
    )
    said = pl.col("reason").is_not_null()
    by_any = said & pl.lit(value=any(ANY in rule.words for rule in rules))
    value = pl.when(by_any).then(pl.lit("any value")).otherwise(_as_shown())
    return told.filter(said | ~said.any().over("cell")).with_columns(value=value)


def _counted(words: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return in how many rows each value stands (columns of `_NOTHING`)."""
    values = (
        words.unique(["cell", pl.col("value").str.to_lowercase()])
        .group_by("value", "reason")
        .agg(pl.col("rows").sum().cast(pl.Int64))
    )
    kept = values.sort(_FREQUENT_FIRST).with_row_index("place")
    lumped = kept.with_columns(value=pl.when(pl.col("place") < _MOST_OF_PART).then("value"))
    return lumped.select(pl.lit(column).alias("column"), "value", "reason", "rows")


def _as_shown() -> pl.Expr:
    """Return the word in short, its date as `a date`; null for what could name somebody."""
    word = pl.col("undated").str.replace_all(r"\s+", " ").str.strip_chars(_OUTER)
    told = pl.when(pl.col("key") == pl.col("undated_key")).then(word).otherwise(pl.format("{} (a date)", word))
    is_long = (word.str.len_chars() > _LONGEST) | (word.str.count_matches(" ") >= _MOST_WORDS)
    return pl.when(word == "").then(pl.lit("a date")).when(~is_long & ~word.str.contains(_TELLS_SOMEBODY)).then(told)
