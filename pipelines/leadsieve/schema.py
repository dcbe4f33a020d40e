"""The columns of the tables that a run makes: names, types, order."""

from typing import Final

import polars as pl

LEAD_FIELDS: Final = (
    "email",
    "firstName",
    "lastName",
    "companyName",
    "jobTitle",
    "linkedinUrl",
    "linkedinUrlSalesNav",
    "phone",
    "companyDomain",
    "picture",
    "icebreaker",
    "timezone",
    "contactOwner",
)
"""lemlist's lead fields in the order in which the files name them."""

LEDGER_NAMES: Final = {"linkedinUrl": "linkedin_url"}
"""The lead fields that the ledger holds under another name."""

PLAIN_FIELDS: Final = tuple(name for name in LEAD_FIELDS if name not in {"email", "linkedinUrl"})
"""The lead fields that the ledger holds as one column; email and LinkedIn have a group of columns each."""

CHANGE: Final = pl.Struct({"column": pl.String, "was": pl.String})
"""A cell that cleaning or filling changed, and what it was."""

CONFLICT: Final = pl.Struct(
    {"campaign": pl.String, "status": pl.String, "owner": pl.String, "source": pl.String, "matched_on": pl.String}
)
"""One membership of the row's person."""

SUPPRESSION: Final = pl.Struct({"kind": pl.String, "reason": pl.String, "suppressed_by": pl.String})
"""One thing that holds the row's person back: an entry of that kind, a `status`, a `bounce` or the `list` itself; why; where."""

PLACE: Final = {"row": pl.Int64, "file": pl.String, "line": pl.Int64, "source": pl.String}
"""Where a row came from: its number over the whole list, its file, the physical line where it starts, its source."""

IDENTITY: Final = {
    "email_raw": pl.String,
    "email": pl.String,
    "email_status": pl.String,
    "linkedin_raw": pl.String,
    "linkedin_key": pl.String,
    "linkedin_url": pl.String,
    "linkedin_status": pl.String,
    "linkedin_member_key": pl.String,
}
"""The original cells, the keys that rows are matched on, what is written out, and what the cells were."""

DECISION: Final = {
    "person": pl.Int64,
    "duplicate_of": pl.Int64,
    "in_campaign": pl.Boolean,
    "active_elsewhere": pl.Boolean,
    "in_workspace": pl.Boolean,
    "blocked_by_campaign": pl.Boolean,
    "blocked_by_active": pl.Boolean,
    "blocked_by_workspace": pl.Boolean,
    "matched_on": pl.String,
    "conflict_campaign": pl.String,
    "conflict_status": pl.String,
    "conflicts": pl.List(CONFLICT),
    "suppressed_by": pl.String,
    "suppressions": pl.List(SUPPRESSION),
    "is_connection": pl.Boolean,
    "outcome": pl.String,
    "reason": pl.String,
    "warnings": pl.List(pl.String),
    "upload": pl.Int64,
    "batch": pl.Int64,
    "batch_campaign": pl.String,
}
"""What the run found out and decided for a row."""

MARKS: Final = (
    "in_campaign",
    "active_elsewhere",
    "in_workspace",
    "blocked_by_campaign",
    "blocked_by_active",
    "blocked_by_workspace",
)
"""Facts about a row that no option of a run changes."""

# Columns that travel beside the ledger's own until it is made; no custom variable can have a colon in its name.
ADDRESSES: Final = ":addresses"
"""The addresses of an email cell that gives several; null for every other cell."""
SUGGESTION: Final = ":suggestion"
"""What a probable typo in the email may have meant."""
MEMBER_URL: Final = ":member_url"
"""What can be written for the second column's profile."""
LIST_SAYS: Final = ":list_says"
"""Why the list itself says that the person must not be written to."""
LIST_COLUMN: Final = ":list_column"
"""The column in which it says so."""
UNREADABLE: Final = ":unreadable"
"""Why the record could not be read; null for one that could."""
TEXT: Final = ":text"
"""The text of a record that could not be read."""
RECORD: Final = ":record"
"""The record's place in its file's table, from 0; null for one that could not be read."""

FAILED_COLUMNS: Final = ("file", "line", "reason", "what_to_do", "text")
"""What `failed.csv` adds behind the input's own columns."""

RESERVED: Final = (*PLACE, *LEAD_FIELDS, "changes", *IDENTITY, *DECISION)
"""Names that a custom variable cannot have in the ledger; one that collides gets a trailing `_`."""


def ledger_columns(variables: list[str]) -> list[str]:
    """Return the ledger's columns in their order, `variables` being the list's custom variables."""
    return [*PLACE, *PLAIN_FIELDS, *variables, "changes", *IDENTITY, *DECISION]
