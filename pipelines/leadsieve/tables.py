"""The tables that a run publishes, made from records, decisions and batches."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from leadsieve.errors import UsageError
from leadsieve.lead_list import LeadList
from leadsieve.schema import DECISION, IDENTITY, LEAD_FIELDS, PLACE, PLAIN_FIELDS, ledger_columns
from leadsieve.words import Outcome, Reason

WHAT_TO_DO: Mapping[str, str] = {
    Reason.UNREADABLE_ROW: "The line is no complete row (quotes or separators are off): mend it in the text beside this, then run the file again.",
    Reason.INVALID_EMAIL: "The email is broken: correct it, or empty the cell if the row has a LinkedIn profile, then run the file again.",
    Reason.MULTIPLE_EMAILS: "The cell has several emails: leave the one to write to, then run the file again.",
    Reason.MISSING_REQUIRED_FIELD: "A field that your policy requires is empty: fill it, then run the file again.",
    Reason.NO_IDENTIFIER: "There is neither an email nor a LinkedIn profile that can be written: add one, then run the file again.",
}
FAILED_COLUMNS = ("file", "line", "reason", "what_to_do", "text")
_EVIDENCE = ("duplicate_of", "matched_on", "conflict_campaign", "conflict_status", "suppressed_by", "warnings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which columns the batch files have: the lead fields that the list gave, and its chosen custom variables."""

    fields: tuple[str, ...]
    variables: tuple[str, ...]


def make_ledger(
    records: pl.DataFrame, decisions: pl.DataFrame, placed: pl.DataFrame, variables: Sequence[str]
) -> pl.DataFrame:
    """Return the ledger: one row for every record of the input, columns as `ledger_columns` names them."""
    decided = decisions.select(
        pl.exclude("decided", "warnings", "row"),
        pl.col("decided").struct.field("outcome"),
        pl.col("decided").struct.field("reason"),
        later="warnings",
    )
    # Whether a person is a first-degree connection is unknown as long as no connections are loaded.
    wide = pl.concat([records, decided.drop("suppressed")], how="horizontal").with_columns(
        is_connection=pl.lit(None, pl.Boolean),
        conflicts=pl.when(pl.col("person").is_not_null()).then(pl.col("conflicts").fill_null([])),
        warnings=pl.concat_list("warnings", "later").list.sort(),
    )
    wide = wide.join(placed, on="row", how="left", maintain_order="left")
    types = {**PLACE, **IDENTITY, **DECISION}
    return wide.select(
        pl.col(name).cast(types[name]) if name in types else pl.col(name) for name in ledger_columns(list(variables))
    )


def shape(lead_list: LeadList, ledger: pl.DataFrame, columns: Sequence[str]) -> Shape:
    """Return the batch files' columns; raises UsageError for a chosen variable that the list does not have."""
    given = {m.field for f in lead_list.files for m in f.mappings if m.field}
    values = {"email": "email", "linkedinUrl": "linkedin_url"}
    filled = {name for name in LEAD_FIELDS if ledger[values.get(name, name)].is_not_null().any()}
    unknown = [name for name in columns if name not in lead_list.variables]
    if unknown:
        msg = f"--columns names {', '.join(unknown)}, which the list does not have. Its custom variables are: {', '.join(lead_list.variables) or 'none'}."
        raise UsageError(msg)
    chosen = tuple(columns) or lead_list.variables
    return Shape(fields=tuple(name for name in LEAD_FIELDS if name in given | filled), variables=chosen)


def make_batch(leads: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Return one batch file's table from its ledger rows."""
    return leads.select(*(_field(name) for name in shape.fields), *shape.variables, "source")


def _field(name: str) -> pl.Expr:
    return pl.col({"linkedinUrl": "linkedin_url"}.get(name, name)).alias(name)


def make_excluded(ledger: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Return every readable row that is neither created nor updated, with the evidence why."""
    held = (Outcome.DUPLICATE, Outcome.IN_PROGRESS, Outcome.SUPPRESSED, Outcome.SKIPPED)
    rows = ledger.filter(pl.col("outcome").is_in([str(o) for o in held]))
    return rows.select(
        *PLACE,
        "outcome",
        "reason",
        *(pl.col(name).list.join("; ") if name == "warnings" else pl.col(name) for name in _EVIDENCE),
        *(_field(name) for name in shape.fields),
        *shape.variables,
    )


def make_failed(lead_list: LeadList, ledger: pl.DataFrame) -> pl.DataFrame:
    """Return the failed rows in the input's own columns, then where each stood, why it failed and what to do."""
    failed = ledger.filter(pl.col("outcome") == Outcome.FAILED).select("row", "file", "line", "reason")
    parts = []
    for file in lead_list.files:
        table = file.read.table
        own = file.rows.select("row", "record", "text").join(failed, on="row", how="inner", maintain_order="left")
        cells = table[own["record"].fill_null(0)] if table.height else table.clear(own.height)
        lost = own["record"].is_null()
        blank = cells.with_columns(pl.when(~lost).then(pl.all()).name.keep()) if table.width else cells
        added = own.select(
            "file",
            "line",
            "reason",
            what_to_do=pl.col("reason").replace_strict(WHAT_TO_DO, return_dtype=pl.String),
            text="text",
        )
        parts.append(pl.concat([blank.rename(_beside(blank.columns)), added], how="horizontal"))
    together = pl.concat(parts, how="diagonal")
    return together.select(*(c for c in together.columns if c not in FAILED_COLUMNS), *FAILED_COLUMNS)


def _beside(columns: Sequence[str]) -> dict[str, str]:
    """Return new names for the input's columns that are called like ours."""
    return {name: f"{name}_" for name in columns if name in FAILED_COLUMNS}


def make_updates(ledger: pl.DataFrame, targets: pl.DataFrame, shape: Shape, *, overwrite: bool) -> pl.DataFrame:
    """Return the leads to update as lemlist has them (`_id`, stored email and URL), and only the cells that would change.

    An empty cell never clears a value; a differing one is only written with `overwrite`.
    """
    rows = ledger.filter(pl.col("outcome") == Outcome.UPDATE)
    joined = rows.join(
        targets.rename(lambda name: f"their {name}"),
        left_on="row",
        right_on="their row",
        how="left",
        maintain_order="left",
    )
    names = [name for name in (*shape.fields, *shape.variables) if name not in {"email", "linkedinUrl"}]
    stored = _stored(joined["their fields"], names)
    wide = joined.hstack(stored.rename(lambda name: f"their field {name}"))
    changed = [
        pl.when(
            pl.col(f"their field {name}").is_null()
            | (pl.lit(overwrite) & (pl.col(name) != pl.col(f"their field {name}")))
        )
        .then(name)
        .alias(name)
        for name in names
    ]
    cells = wide.select(
        pl.col("their lead_id").alias("_id"),
        pl.col("their email").alias("email"),
        pl.col("their linkedin_url").alias("linkedinUrl"),
        pl.col("their campaign").alias("campaign"),
        _identifier("email", "email", overwrite=overwrite).alias("newEmail"),
        _identifier("linkedin_key", "linkedin_url", overwrite=overwrite).alias("newLinkedinUrl"),
        *changed,
    )
    always = {"_id", "email", "linkedinUrl"} | ({"campaign"} if cells["campaign"].n_unique() > 1 else set())
    return cells.select(
        name for name in cells.columns if name in always or (name != "campaign" and cells[name].is_not_null().any())
    )


def _identifier(key: str, written: str, *, overwrite: bool) -> pl.Expr:
    """Return the row's identifier where the lead in lemlist lacks it, or (with `overwrite`) has another one."""
    theirs = "their email" if key == "email" else "their linkedin_url"
    known = pl.col("their keys").list.contains(pl.col(key))
    return pl.when(pl.col(key).is_not_null() & ~known & (pl.col(theirs).is_null() | pl.lit(overwrite))).then(written)


def _stored(fields: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """Return the lead's fields as lemlist has them, one column each; case of a variable's name does not count."""
    rows = [{key.lower(): value for key, value in json.loads(text or "{}").items()} for text in fields]
    return pl.DataFrame(
        {name: [row.get(name.lower()) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )


__all__ = [
    "FAILED_COLUMNS",
    "PLAIN_FIELDS",
    "Shape",
    "make_batch",
    "make_excluded",
    "make_failed",
    "make_ledger",
    "make_updates",
    "shape",
]
