"""Clean a table of leads: lemlist's fields tidied, the two identifiers as keys, every change recorded."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from leadsieve.formulas import formula_places
from leadsieve.identity import email_answers, linkedin_answers, split_addresses
from leadsieve.intake import ColumnMapping, split_full_names
from leadsieve.schema import ADDRESSES, CHANGE, LEDGER_NAMES, MEMBER_URL, SUGGESTION
from leadsieve.words import EmailStatus, LinkedInStatus, RowWarning

_OUTER: Final = "\ufeff\u200b\u200e\u200f\u2060\u00ad"
"""Characters without width that exports leave around a cell; strip_chars() itself knows Unicode white space only."""

_ONE_LINE: Final = frozenset({"firstName", "lastName", "companyName", "jobTitle", "companyDomain", "timezone", "phone"})
"""Fields that are one line of text: white space within them is one space."""

_UNTIDY: Final = "[^ -~]|^ | $|  "
"""What a cell has that something may have to be done to: most are of printable ASCII with single spaces between."""
_UNTIDY_OF: Final = {"companyDomain": r"[^a-z0-9.-]|^www\.", "phone": f"{_UNTIDY}|^'"}
"""The same of fields to which more is done."""

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
    raw, identified, tidy = _parts(table, mappings)
    renamed = [str(m.variable) for m in mappings if m.renamed]
    runs = _run_by_spreadsheets(identified.select("email").hstack(tidy.get_columns()))
    cleaned = identified.hstack(tidy.get_columns()).with_columns(_warnings(renamed, runs))
    return cleaned.hstack([_changes(raw, cleaned)]).drop(_SALES_STATUS)


def tidied(table: pl.DataFrame, mappings: Sequence[ColumnMapping]) -> pl.DataFrame:
    """Return what `clean` returns but for `changes` and `warnings`: for records of which nobody is told what was done to them."""
    _, identified, tidy = _parts(table, mappings)
    return identified.hstack(tidy.get_columns()).drop(_SALES_STATUS)


def _parts(table: pl.DataFrame, mappings: Sequence[ColumnMapping]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the mapped columns as they stand, the identity columns of every record, and the other fields tidied."""
    names = {m.column: m.field or m.variable for m in mappings if not m.split}
    raw = table.select(pl.col(column).alias(str(name)) for column, name in names.items() if name)
    tidy = pl.DataFrame([_tidy_cells(raw[name]) for name in raw.columns if name not in _IDENTITY_CELLS])
    halves = _halves(table, mappings)
    raw = raw.with_columns(pl.lit(None, pl.String).alias(name) for name in halves.columns)
    return raw, _identify(raw), tidy.hstack(halves.get_columns())


def _halves(table: pl.DataFrame, mappings: Sequence[ColumnMapping]) -> pl.DataFrame:
    """Return the first and last names that a column of full names gives; no columns when none is to be split."""
    split = {str(m.field): m.column for m in mappings if m.split}
    if not split:
        return pl.DataFrame()
    (column,) = set(split.values())
    return split_full_names(table[column]).select(list(split))


def _tidy_cells(cells: pl.Series) -> pl.Series:
    """Return the cells of a column as `_tidy` makes them, which only looks at those that need it."""
    name = cells.name
    odd = cells.str.contains(_UNTIDY_OF.get(name, _UNTIDY))
    tidy = cells.replace("", None)
    if not odd.any():
        return tidy
    mended = cells.filter(odd).to_frame().select(_tidy(name)).to_series()
    return tidy.scatter(odd.arg_true(), mended)


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
    email, linkedin, second = (
        raw[name] if name in raw.columns else pl.repeat(None, raw.height, dtype=pl.String, eager=True)
        for name in _IDENTITY_CELLS
    )
    told = [("e", email_answers(email)), ("p", linkedin_answers(linkedin)), ("s", linkedin_answers(second))]
    answers = [column.alias(f"{of}:{column.name}") for of, found in told for column in found]
    return pl.DataFrame([email.alias("email_raw"), linkedin.alias("linkedin_raw"), *answers]).select(
        "email_raw",
        "linkedin_raw",
        *_email(),
        *_linkedin(),
        *_second_profile(),
    )


def _email() -> list[pl.Expr]:
    status = pl.col("e:status")
    return [
        # Lists for every record would cost more than finding the addresses.
        split_addresses(pl.when(status == EmailStatus.MULTIPLE.value).then("e:address")).alias(ADDRESSES),
        pl.when(status.is_in(IDENTIFYING_EMAIL)).then("e:address").alias("email"),
        status.cast(pl.String).alias("email_status"),
        pl.col("e:suggestion").alias(SUGGESTION),
    ]


def _linkedin() -> list[pl.Expr]:
    status = pl.col("p:status")
    person = status.is_in(IDENTIFYING_LINKEDIN)
    return [
        pl.when(person).then("p:key").alias("linkedin_key"),
        pl.when(person).then("p:url").alias("linkedin_url"),
        status.cast(pl.String).alias("linkedin_status"),
    ]


def _second_profile() -> list[pl.Expr]:
    """Return the key that a second column gives for the same profile, and the URLs that can be written for it."""
    status = pl.col("s:status")
    person = status.is_in(IDENTIFYING_LINKEDIN)
    other = person & pl.col("s:key").ne_missing(pl.col("p:key"))
    return [
        pl.when(other).then("s:key").alias("linkedin_member_key"),
        pl.when(person).then("s:url").alias(MEMBER_URL),
        # A Sales Navigator URL goes to linkedinUrlSalesNav whichever column it stood in (lemlist upserts by both).
        pl.coalesce(pl.when(person).then(pl.coalesce("s:sales_url", "s:url")), "p:sales_url").alias(
            "linkedinUrlSalesNav"
        ),
        status.alias(_SALES_STATUS),
    ]


def _run_by_spreadsheets(cells: pl.DataFrame) -> pl.Series:
    """Tell of each record whether a spreadsheet would run one of its cells."""
    runs = pl.repeat(value=False, n=cells.height, dtype=pl.Boolean, eager=True)
    for column in cells:
        runs = runs.scatter(formula_places(column), values=True)
    return runs


def _warnings(renamed: list[str], runs: pl.Series) -> pl.Expr:
    """Return what a person should know of the record, apart from what the run finds out later."""
    no_person = (LinkedInStatus.NON_PERSON.value, LinkedInStatus.SHORTLINK.value, LinkedInStatus.INVALID.value)
    not_a_profile = pl.col("linkedin_status").is_in(no_person) | pl.col(_SALES_STATUS).is_in(no_person)
    moved = pl.any_horizontal(pl.col(name).is_not_null() for name in renamed) if renamed else pl.lit(value=False)
    return (
        pl.concat_list(
            pl.when(not_a_profile).then(pl.lit(RowWarning.LINKEDIN_NOT_A_PROFILE.value)),
            pl.when(pl.col(SUGGESTION).is_not_null()).then(pl.lit(RowWarning.PROBABLE_TYPO.value)),
            pl.when(moved).then(pl.lit(RowWarning.COLUMN_RENAMED.value)),
            pl.when(pl.lit(runs)).then(pl.lit(RowWarning.FORMULA_LIKE_CELL.value)),
        )
        .list.drop_nulls()
        .alias("warnings")
    )


def _changes(raw: pl.DataFrame, cleaned: pl.DataFrame) -> pl.Series:
    """Return per record the cells whose value differs from what the file had, with what they were; a blank that became null is none."""
    before = {name: raw[name] for name in raw.columns}
    before.setdefault("linkedinUrlSalesNav", pl.repeat(None, raw.height, dtype=pl.String, eager=True))
    cells = [_changed(name, was, cleaned[LEDGER_NAMES.get(name, name)]) for name, was in before.items()]
    return listed_changes(pl.concat(cells), height=raw.height)


def _changed(name: str, was: pl.Series, now: pl.Series) -> pl.DataFrame:
    """Return the changed cells of one column, one row each: at (the record's place), column, was."""
    cells = pl.DataFrame({"at": pl.int_range(was.len(), dtype=pl.UInt32, eager=True), "was": was, "now": now})
    # A cell that is what it was, the most frequent, is seen at once.
    differs = cells.filter(pl.col("was").ne_missing(pl.col("now"))).filter(
        pl.col("was").replace("", None).ne_missing(pl.col("now"))
    )
    return differs.select("at", column=pl.lit(name), was=pl.col("was").fill_null(""))


def listed_changes(cells: pl.DataFrame, *, height: int) -> pl.Series:
    """Return the list of changes of each of `height` records, from one row a changed cell: at, column, was.

    Lists are made for the few records that changed: a list of structs for every record costs more than all the cleaning.
    """
    changed = cells.group_by("at").agg(changes=pl.struct("column", "was"))
    none = pl.Series("changes", [[]], dtype=pl.List(CHANGE))
    lists = pl.concat([changed["changes"].cast(none.dtype), none], rechunk=True)
    places = pl.repeat(changed.height, height, dtype=pl.UInt32, eager=True)
    return lists.gather(places.scatter(changed["at"], pl.int_range(changed.height, dtype=pl.UInt32, eager=True)))
