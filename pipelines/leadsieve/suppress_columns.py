"""What a table's own columns say: that a person must not be written to, why, and in which column (policy: `suppress_columns`)."""

import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final
from unicodedata import normalize

import polars as pl

from leadsieve.identity.placeholders import is_email_placeholder
from leadsieve.intake.names import letters
from leadsieve.policy import LIST_REASONS, SuppressColumn
from leadsieve.schema import LIST_COLUMN, LIST_SAYS
from leadsieve.words import Reason

ANY: Final = "*"
"""The word of a rule that any filled cell says."""

_YES: Final = "yes"
"""A rule that takes it for an opt-out is of columns that are for nothing else."""

_BETWEEN_WORDS: Final = r"[;,|\n]|:::"
"""What stands between the words of a cell: HubSpot ; Pipedrive and Mailchimp , Google Contacts :::"""


def said_by_columns(table: pl.DataFrame, rules: Sequence[SuppressColumn]) -> pl.DataFrame:
    """Return per record why the table itself says that the person must not be written to, and in which column.

    Out: `LIST_SAYS` and `LIST_COLUMN`, null where it does not. Of several reasons the first of `LIST_REASONS` holds.
    """
    says, where = pl.lit(None, pl.String), pl.lit(None, pl.String)
    words = {name: words_of(table[name].drop_nulls().unique()) for name in columns_of(rules, table.columns)}
    for rule in by_strength(rules):
        for name in columns_of([rule], table.columns):
            saying = words[name].filter(says_one_of(rule.words))["cell"]
            hit = table[name].is_in(saying.implode()).fill_null(value=False)
            says = pl.coalesce(says, pl.when(hit).then(pl.lit(str(rule.reason))))
            where = pl.coalesce(where, pl.when(hit).then(pl.lit(name)))
    # with_columns and not select: a table that has none of these columns would come out as one row.
    return table.with_columns(says.alias(LIST_SAYS), where.alias(LIST_COLUMN)).select(LIST_SAYS, LIST_COLUMN)


def by_strength(rules: Iterable[SuppressColumn]) -> list[SuppressColumn]:
    """Return the rules in the order of their reasons, the strongest first."""
    return sorted(rules, key=lambda rule: [str(reason) for reason in LIST_REASONS].index(rule.reason))


def columns_of(rules: Sequence[SuppressColumn], columns: Collection[str]) -> list[str]:
    """Return those of a table's columns that the rules look at; of two that are called alike the first."""
    by_name = {_bare(name): name for name in reversed(list(columns))}
    wanted = [_bare(name) for rule in rules for name in rule.names]
    return [by_name[name] for name in dict.fromkeys(wanted) if name in by_name]


def is_for_opt_outs(rules: Iterable[SuppressColumn]) -> bool:
    """Return whether the column that these rules look at is for opt-outs alone: a yes in it is one, and not just a bounce."""
    return any(rule.reason != Reason.BOUNCED and _YES in map(_bare, rule.words) for rule in rules)


def words_of(distinct: pl.Series) -> pl.DataFrame:
    """Return the words of distinct cells, one row each.

    Columns: cell, word (as it stands), undated (the same without a date behind it), key and undated_key (both as words are compared).
    """
    split = distinct.alias("word").str.normalize("NFC").str.replace_all(_BETWEEN_WORDS, ";").str.split(";")
    words = pl.DataFrame([distinct.alias("cell"), split]).explode("word").with_columns(pl.col("word").str.strip_chars())
    undated = pl.when(pl.col("word").str.contains(r"\d")).then(pl.col("word").str.replace(_date_behind(), ""))
    return words.with_columns(undated=undated.otherwise("word")).with_columns(
        key=_bare_cells("word"), undated_key=_bare_cells("undated")
    )


def says_one_of(words: Sequence[str]) -> pl.Expr:
    """Tell which rows of `words_of` hold one of a rule's words; where a yes is one, so is a date by itself, for it says since when."""
    bare = [_bare(word) for word in words if word != ANY]
    says = pl.col("key").is_in(bare) | pl.col("undated_key").is_in(bare)
    if _YES in bare:
        says |= (pl.col("key") != "") & (pl.col("undated_key") == "")
    return says | pl.col("cell").map_elements(_is_filled, return_dtype=pl.Boolean) if ANY in words else says


def says_no() -> pl.Expr:
    """Tell which rows of `words_of` say no or nothing."""
    nothing = pl.col("word").map_elements(is_email_placeholder, return_dtype=pl.Boolean)
    return (pl.col("key") == "") | pl.col("key").is_in([_bare(word) for word in _data()["no"]["words"]]) | nothing


def _is_filled(cell: str) -> bool:
    return bool(cell.strip()) and not is_email_placeholder(cell.strip())


@cache
def _bare(name: str) -> str:
    """Return a name or a word without case, accents, spaces and punctuation: exports write capitals without accents."""
    return letters(normalize("NFKD", name))


def _bare_cells(column: str) -> pl.Expr:
    return pl.col(column).str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("leadsieve").joinpath("suppress_columns.toml").read_text("utf-8"))


@cache
def _date_behind() -> str:
    """Return the pattern of a date at the end of a word, with what leads to it and the time of day behind it."""
    words = {name: _any_of(of_dates) for name, of_dates in _data()["dates"].items()}
    day, year, months = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:19|20)\d{2}", words["months"]
    dates = (
        rf"{year}[-/.]{day}[-/.]{day}",
        rf"{day}[-/.] ?{day}[-/.] ?(?:{year}|\d{{2}})",
        rf"{day}{words['ordinals']}?[ -]?(?:of |de |d')?{months}\.?[ -]?(?:(?:de |del )?{year})?",
        rf"{months}\.? {day}{words['ordinals']}?(?: {year})?",
        rf"{months}\.? (?:de )?{year}",
    )
    time = r"(?:T|,? )?(?:\w{1,4} ){0,2}\d{1,2}[:h.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)? ?(?:[ap]\.?m\.?)?(?: ?(?:z|utc|gmt|cet|cest|uhr))?(?:[+-]\d{2}:?\d{2})?"
    before = rf"(?:{words['before']}[^\p{{L}}\p{{N}}]+)*"
    return rf"(?i)(?:^|[^\p{{L}}\p{{N}}]+){before}(?:{'|'.join(dates)})(?:{time})?[^\p{{L}}\p{{N}}]*$"


def _any_of(words: Iterable[str]) -> str:
    """Return the pattern of any of the words, with and without accents."""
    both = {form for word in words for form in (word, re.sub(r"[\u0300-\u036f]", "", normalize("NFKD", word)))}
    return f"(?:{'|'.join(re.escape(word) for word in sorted(both, key=lambda word: (-len(word), word)))})"
