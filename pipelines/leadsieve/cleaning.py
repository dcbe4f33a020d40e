"""Clean a table of leads: lemlist's fields tidied, the two identifiers as keys, every change recorded."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from leadsieve.formulas import formula_like
from leadsieve.identity import cell_addresses, email_cell, linkedin_cell
from leadsieve.intake import ColumnMapping, split_full_names
from leadsieve.schema import ADDRESSES, CHANGE, LEDGER_NAMES, MEMBER_URL, SUGGESTION
from leadsieve.words import EmailStatus, LinkedInStatus, RowWarning

_OUTER: Final = "\ufeff\u200b\u200e\u200f\u2060\u00ad"
"""Characters without width that exports leave around a cell; strip_chars() itself knows Unicode white space only."""

_ONE_LINE: Final = frozenset({"firstName", "lastName", "companyName", "jobTitle", "companyDomain", "timezone", "phone"})
"""Fields that are one line of text: white space within them is one space."""

_IDENTITY_CELLS: Final = ("email", "linkedinUrl", "linkedinUrlSalesNav")
_SALES_STATUS = ":sales_status"
IDENTIFYING_EMAIL: Final = (EmailStatus.VALID.value, EmailStatus.REPAIRED.value)
IDENTIFYING_LINKEDIN: Final = (LinkedInStatus.PERSON_VANITY.value, LinkedInStatus.PERSON_OPAQUE.value)


def clean(table: pl.DataFrame, mappings: Sequence[ColumnMapping]) -> pl.DataFrame:
    """Return the table's records cleaned, one row each and in order.

    In: the file's own columns, text. Out: the lead fields and custom variables that `mappings` name (tidied; empty is
    null; the halves of a full name where a mapping asks to split it), `changes`, the identity columns of `schema.IDENTITY`, `ADDRESSES`, `SUGGESTION` (never applied), `MEMBER_URL` and
    `warnings`.
    """
    names = {m.column: m.field or m.variable for m in mappings if not m.split}
    raw = table.select(pl.col(column).alias(str(name)) for column, name in names.items() if name)
    renamed = [str(m.variable) for m in mappings if m.renamed]
    tidy = raw.select(_tidy(name) for name in raw.columns if name not in _IDENTITY_CELLS)
    halves = _halves(table, mappings)
    raw = raw.with_columns(pl.lit(None, pl.String).alias(name) for name in halves.columns)
    tidy = tidy.hstack(halves.get_columns())
    identified = _identify(raw).hstack(tidy.get_columns())
    cleaned = identified.with_columns(_warnings(renamed, [*tidy.columns, "email"]))
    return cleaned.hstack([_changes(raw, cleaned)]).drop(_SALES_STATUS)


def _halves(table: pl.DataFrame, mappings: Sequence[ColumnMapping]) -> pl.DataFrame:
    """Return the first and last names that a column of full names gives; no columns when none is to be split."""
    split = {str(m.field): m.column for m in mappings if m.split}
    if not split:
        return pl.DataFrame()
    (column,) = set(split.values())
    return split_full_names(table[column]).select(list(split))


def _tidy(name: str) -> pl.Expr:
    """Return the cell without outer white space, null when nothing is left."""
    cell = pl.col(name).str.strip_chars().str.strip_chars(_OUTER).str.strip_chars()
    if name == "phone":
        # lemlist and Apollo write '+33… so that a spreadsheet leaves the number alone.
        cell = cell.str.strip_prefix("'")
    if name == "companyDomain":
        cell = (
            cell.str.to_lowercase().str.replace(r"^https?://", "").str.strip_prefix("www.").str.replace(r"[/?#].*$", "")
        )
    if name in _ONE_LINE:
        cell = cell.str.replace_all(r"\s+", " ")
    return pl.when(cell != "").then(cell).alias(name)


def _identify(raw: pl.DataFrame) -> pl.DataFrame:
    """Return the identity columns of every record; columns that the table lacks are empty cells."""
    absent = [pl.lit(None, pl.String).alias(n) for n in _IDENTITY_CELLS if n not in raw.columns]
    cells = raw.with_columns(absent).select(
        email_raw="email",
        linkedin_raw="linkedinUrl",
        e=email_cell(pl.col("email")),
        p=linkedin_cell(pl.col("linkedinUrl")),
        s=linkedin_cell(pl.col("linkedinUrlSalesNav")),
    )
    return cells.select(
        "email_raw",
        "linkedin_raw",
        cell_addresses(pl.col("e")).alias(ADDRESSES),
        *_email(pl.col("e").struct),
        *_linkedin(pl.col("p").struct),
        *_second_profile(pl.col("s").struct, pl.col("p").struct),
    )


def _email(cell: pl.expr.struct.ExprStructNameSpace) -> list[pl.Expr]:
    status = cell.field("status").cast(pl.String)
    return [
        pl.when(status.is_in(IDENTIFYING_EMAIL)).then(cell.field("address")).alias("email"),
        status.alias("email_status"),
        cell.field("suggestion").alias(SUGGESTION),
    ]


def _linkedin(cell: pl.expr.struct.ExprStructNameSpace) -> list[pl.Expr]:
    status = cell.field("status").cast(pl.String)
    person = status.is_in(IDENTIFYING_LINKEDIN)
    return [
        pl.when(person).then(cell.field("key")).alias("linkedin_key"),
        pl.when(person).then(cell.field("url")).alias("linkedin_url"),
        status.alias("linkedin_status"),
    ]


def _second_profile(
    second: pl.expr.struct.ExprStructNameSpace, first: pl.expr.struct.ExprStructNameSpace
) -> list[pl.Expr]:
    """Return the key that a second column gives for the same profile, and the URLs that can be written for it."""
    person = second.field("status").cast(pl.String).is_in(IDENTIFYING_LINKEDIN)
    other = person & second.field("key").ne_missing(first.field("key"))
    return [
        pl.when(other).then(second.field("key")).alias("linkedin_member_key"),
        pl.when(person).then(second.field("url")).alias(MEMBER_URL),
        # A Sales Navigator URL goes to linkedinUrlSalesNav whichever column it stood in (lemlist upserts by both).
        pl.coalesce(
            pl.when(person).then(pl.coalesce(second.field("sales_url"), second.field("url"))), first.field("sales_url")
        ).alias("linkedinUrlSalesNav"),
        second.field("status").cast(pl.String).alias(_SALES_STATUS),
    ]


def _warnings(renamed: list[str], columns: list[str]) -> pl.Expr:
    """Return what a person should know of the record, apart from what the run finds out later."""
    no_person = (LinkedInStatus.NON_PERSON.value, LinkedInStatus.SHORTLINK.value, LinkedInStatus.INVALID.value)
    not_a_profile = pl.col("linkedin_status").is_in(no_person) | pl.col(_SALES_STATUS).is_in(no_person)
    moved = pl.any_horizontal(pl.col(name).is_not_null() for name in renamed) if renamed else pl.lit(value=False)
    formula = pl.any_horizontal(formula_like(pl.col(name)) for name in columns)
    return (
        pl.concat_list(
            pl.when(not_a_profile).then(pl.lit(RowWarning.LINKEDIN_NOT_A_PROFILE.value)),
            pl.when(pl.col(SUGGESTION).is_not_null()).then(pl.lit(RowWarning.PROBABLE_TYPO.value)),
            pl.when(moved).then(pl.lit(RowWarning.COLUMN_RENAMED.value)),
            pl.when(formula).then(pl.lit(RowWarning.FORMULA_LIKE_CELL.value)),
        )
        .list.drop_nulls()
        .alias("warnings")
    )


def _changes(raw: pl.DataFrame, cleaned: pl.DataFrame) -> pl.Series:
    """Return per record the cells whose value differs from what the file had, with what they were."""
    pairs = [(name, LEDGER_NAMES.get(name, name)) for name in raw.columns]
    if "linkedinUrlSalesNav" not in raw.columns:
        raw = raw.with_columns(linkedinUrlSalesNav=pl.lit(None, pl.String))
        pairs.append(("linkedinUrlSalesNav", "linkedinUrlSalesNav"))
    compared = pl.DataFrame(
        [raw[name].alias(f"was {name}") for name, _ in pairs]
        + [cleaned[now].alias(f"now {name}") for name, now in pairs]
    )
    changed = [name for name, _ in pairs if not _same(compared[f"was {name}"], compared[f"now {name}"])]
    return compared.with_columns(changes(changed))["changes"]


def _same(was: pl.Series, now: pl.Series) -> bool:
    return bool((was.replace("", None).eq_missing(now)).all())


def changes(names: Sequence[str]) -> pl.Expr:
    """Return the list of changed cells among the columns `was NAME` and `now NAME`; a blank that became null is none."""
    cells = [
        pl.when(pl.col(f"was {name}").replace("", None).ne_missing(pl.col(f"now {name}"))).then(
            pl.struct(pl.lit(name).alias("column"), pl.col(f"was {name}").fill_null("").alias("was"))
        )
        for name in names
    ]
    if not cells:
        return pl.lit([], pl.List(CHANGE)).alias("changes")
    return pl.concat_list(cells).list.drop_nulls().cast(pl.List(CHANGE)).alias("changes")
