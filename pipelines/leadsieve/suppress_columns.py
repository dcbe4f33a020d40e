"""What a table's own columns say: that a person must not be written to, why, and in which column (policy: `suppress_columns`)."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Final
from unicodedata import normalize

import polars as pl

from leadsieve.identity.placeholders import is_email_placeholder
from leadsieve.intake.names import letters
from leadsieve.policy import LIST_REASONS, SuppressColumn
from leadsieve.schema import LIST_COLUMN, LIST_SAYS

_FILLED: Final = "*"
"""The word of a rule that any filled cell says."""

_BETWEEN_WORDS: Final = r"[;,|\n]|:::"
"""What stands between the words of a cell: HubSpot ; Pipedrive and Mailchimp , Google Contacts :::"""


def said_by_columns(table: pl.DataFrame, rules: Sequence[SuppressColumn]) -> pl.DataFrame:
    """Return per record why the table itself says that the person must not be written to, and in which column.

    Out: `LIST_SAYS` and `LIST_COLUMN`, null where it does not. Of several reasons the first of `LIST_REASONS` holds.
    """
    says, where = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for rule in sorted(rules, key=lambda rule: [str(reason) for reason in LIST_REASONS].index(rule.reason)):
        for name in columns_of([rule], table.columns):
            hit = _holds_word(table[name], rule.words)
            says = pl.coalesce(says, pl.when(hit).then(pl.lit(str(rule.reason))))
            where = pl.coalesce(where, pl.when(hit).then(pl.lit(name)))
    # with_columns and not select: a table that has none of these columns would come out as one row.
    return table.with_columns(says.alias(LIST_SAYS), where.alias(LIST_COLUMN)).select(LIST_SAYS, LIST_COLUMN)


def columns_of(rules: Sequence[SuppressColumn], columns: Collection[str]) -> list[str]:
    """Return those of a table's columns that the rules look at; of two that are called alike the first."""
    by_name = {_bare(name): name for name in reversed(list(columns))}
    wanted = [_bare(name) for rule in rules for name in rule.names]
    return [by_name[name] for name in dict.fromkeys(wanted) if name in by_name]


@cache
def _bare(name: str) -> str:
    """Return a name or a word without case, accents, spaces and punctuation: exports write capitals without accents."""
    return letters(normalize("NFKD", name))


def _holds_word(cells: pl.Series, words: Sequence[str]) -> pl.Series:
    """Return of every cell whether it holds one of the words; each distinct cell is looked at once."""
    distinct = cells.drop_nulls().unique()
    plain = (
        distinct.str.normalize("NFKD")
        .str.to_lowercase()
        .str.replace_all(_BETWEEN_WORDS, ";")
        .str.split(";")
        .list.eval(pl.element().str.replace_all(r"[^\p{L}\p{N}]", "").is_in([_bare(w) for w in words if w != _FILLED]))
    )
    hit = plain.list.any()
    if _FILLED in words:
        filled = [bool(cell.strip()) and not is_email_placeholder(cell.strip()) for cell in distinct]
        hit = hit | pl.Series(filled, dtype=pl.Boolean)
    return cells.is_in(distinct.filter(hit).implode()).fill_null(value=False)
