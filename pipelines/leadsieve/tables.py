"""The tables that a run publishes, made from records, decisions and batches."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from leadsieve.decided import Shape
from leadsieve.errors import UsageError
from leadsieve.lead_list import OWN, LeadList, ListFile
from leadsieve.schema import (
    DECISION,
    FAILED_COLUMNS,
    IDENTITY,
    LEAD_FIELDS,
    LEDGER_NAMES,
    PLACE,
    SUGGESTION,
    TEXT,
    ledger_columns,
)
from leadsieve.words import Outcome, Reason

WHAT_TO_DO: Mapping[str, str] = {
    Reason.UNREADABLE_ROW: "The line is no complete row (quotes or separators are off): mend it in the text beside this, then run the file again.",
    Reason.INVALID_EMAIL: "The email is broken: correct it, or empty the cell if the row has a LinkedIn profile, then run the file again.",
    Reason.MULTIPLE_EMAILS: "The cell has several emails: leave the one to write to, then run the file again.",
    Reason.MISSING_REQUIRED_FIELD: "A field that your policy requires is empty: fill it, then run the file again.",
    Reason.NO_IDENTIFIER: "There is neither an email nor a LinkedIn profile that can be written: add one, then run the file again.",
}
UPDATE_COLUMNS: Final = ("_id", "email", "linkedinUrl", "campaign", "newEmail", "newLinkedinUrl")
_HELD_BACK = tuple(str(o) for o in (Outcome.DUPLICATE, Outcome.IN_PROGRESS, Outcome.SUPPRESSED, Outcome.SKIPPED))
_EVIDENCE = ("duplicate_of", "matched_on", "conflict_campaign", "conflict_status", "suppressed_by", "warnings")

"""The lead fields that the ledger holds under another name."""

# No custom variable has a colon in its name (lemlist allows letters, digits, _, -, # and space).
_LATER, _THEIR, _STORED = "later:", "their:", "stored:"


def make_ledger(
    records: pl.DataFrame, decisions: pl.DataFrame, placed: pl.DataFrame, variables: Sequence[str]
) -> pl.DataFrame:
    """Return the ledger: one row for every record of the input, columns as `ledger_columns` names them."""
    kept, types = ledger_columns(list(variables)), _types()
    decided = decisions.select(
        *(name for name in DECISION if name in decisions.columns and name != "warnings"),
        pl.col("warnings").alias(_LATER),
    )
    of_records = records.select(name for name in records.columns if name in kept)
    wide = pl.concat([of_records, decided], how="horizontal").with_columns(
        conflicts=pl.when(pl.col("person").is_not_null()).then(pl.col("conflicts").fill_null([])),
        warnings=_together(of_records["warnings"], decided[_LATER]),
    )
    wide = wide.join(placed, on="row", how="left", maintain_order="left")
    return wide.select(pl.col(name).cast(types[name]) if name in types else pl.col(name) for name in kept)


def _together(own: pl.Series, later: pl.Series) -> pl.Series:
    """Return the words of both lists, each once and in order; made anew for the few rows that have several, which is dear."""
    lists = pl.DataFrame({"own": own, "later": later}).with_row_index("at")
    several = lists.filter(pl.col("own").list.len() + pl.col("later").list.len() > 1)
    made = several.select("at", words=pl.concat_list("own", "later").list.unique().list.sort())
    plain = lists.select("at", words=pl.when(pl.col("own").list.len() == 0).then("later").otherwise("own"))
    return plain.update(made, on="at")["words"]


def _types() -> dict[str, Any]:
    return {**PLACE, **IDENTITY, **DECISION}


def shape(lead_list: LeadList, columns: Sequence[str]) -> Shape:
    """Return the batch files' columns; raises UsageError for a chosen variable that the list does not have."""
    given = {m.field for f in lead_list.files for m in f.mappings if m.field}
    fields = tuple(name for name in LEAD_FIELDS if name in given | lead_list.filled)
    return Shape(fields=fields, variables=_chosen(lead_list, columns) or lead_list.variables)


def _chosen(lead_list: LeadList, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the variables that `--columns` names, by their own names or the file's, case aside, in its order."""
    spelt = {name.lower(): name for name in lead_list.variables}
    known = {
        m.column.strip().lower(): spelt[m.variable.lower()] for f in lead_list.files for m in f.mappings if m.variable
    }
    known |= spelt
    unknown = [name for name in columns if name.strip().lower() not in known]
    if unknown:
        msg = (
            f"--columns names {', '.join(unknown)}, which the list does not have. "
            f"Its custom variables are: {', '.join(lead_list.variables) or 'none'}."
        )
        raise UsageError(msg)
    return tuple(dict.fromkeys(known[name.strip().lower()] for name in columns))


def columns_for_files(shape: Shape) -> list[str]:
    """Return the ledger's columns that the CSV files are made of."""
    fields = (LEDGER_NAMES.get(name, name) for name in shape.fields)
    told = (*PLACE, *fields, *shape.variables, "email", "linkedin_url", "linkedin_key", *_EVIDENCE, "outcome", "reason")
    return list(dict.fromkeys((*told, "batch")))


def make_batch(leads: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Return one batch file's table from its ledger rows."""
    return leads.select(*(_field(name) for name in shape.fields), *shape.variables, "source")


def _field(name: str) -> pl.Expr:
    return pl.col(LEDGER_NAMES.get(name, name)).alias(name)


def make_excluded(ledger: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Return every readable row that is neither created nor updated, with the evidence why."""
    return ledger.filter(pl.col("outcome").is_in(_HELD_BACK)).select(
        *PLACE,
        "outcome",
        "reason",
        *(pl.col(name).list.join("; ").replace("", None) if name == "warnings" else name for name in _EVIDENCE),
        *(_field(name) for name in shape.fields),
        *shape.variables,
    )


def make_failed(lead_list: LeadList, failed: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the failed rows (`row`, `reason`, in order) in the input's own columns, then where each stood, why it failed, what to do.

    One table a part of the list, all with the same columns; the cells of a row that could not be read are empty.
    """
    own = dict.fromkeys(name for file in lead_list.files for name in _input_columns(file).values())
    for file in lead_list.files:
        for part in file.may_fail.parts():
            rows = part.join(failed, on="row", how="inner", maintain_order="left")
            cells = {new: pl.col(f"{OWN}{name}") for name, new in _input_columns(file).items()}
            yield rows.select(
                *(cells.get(name, pl.lit(None, pl.String)).alias(name) for name in own),
                *(name for name in FAILED_COLUMNS if name not in {"what_to_do", "text"}),
                what_to_do=_what_to_do(),
                text=TEXT,
            )


def _what_to_do() -> pl.Expr:
    """Return the sentence for the row's reason; a broken email that looks misspelt says what it may have meant."""
    sentence = pl.col("reason").replace_strict(WHAT_TO_DO, return_dtype=pl.String)
    meant = pl.format("Perhaps {} is meant. {}", pl.col(SUGGESTION), sentence)
    return (
        pl.when((pl.col("reason") == Reason.INVALID_EMAIL) & pl.col(SUGGESTION).is_not_null())
        .then(meant)
        .otherwise(sentence)
    )


def _input_columns(file: ListFile) -> dict[str, str]:
    """Return the input's own columns and what they are called: without ours, if it is a mended failed.csv; another name for one like ours."""
    names = file.read.columns
    if tuple(names[-len(FAILED_COLUMNS) :]) == FAILED_COLUMNS:
        names = names[: -len(FAILED_COLUMNS)]
    return _beside(names, FAILED_COLUMNS)


def _beside(names: Sequence[str], ours: Sequence[str]) -> dict[str, str]:
    """Return what each name becomes beside our own columns: one that collides, case aside, gets a trailing `_`."""
    taken = {name.lower() for name in (*names, *ours)}
    renamed = {}
    for name in names:
        new = name
        while new.lower() in {o.lower() for o in ours} or (new != name and new.lower() in taken):
            new += "_"
        taken.add(new.lower())
        renamed[name] = new
    return renamed


def make_updates(ledger: pl.DataFrame, targets: pl.DataFrame, shape: Shape, *, overwrite: bool) -> pl.DataFrame:
    """Return the leads to update as lemlist has them (`_id`, stored email and URL), and only the cells that would change.

    An empty cell never clears a value; a differing one is only written with `overwrite`. `campaign` stands there where the
    leads are in several parts of the target.
    """
    names = [name for name in (*shape.fields, *shape.variables) if name not in {"email", "linkedinUrl"}]
    wide = _with_stored(ledger.filter(pl.col("outcome") == Outcome.UPDATE), targets, names)
    cells = wide.select(
        pl.col(f"{_THEIR}lead_id").alias("_id"),
        pl.col(f"{_THEIR}email").alias("email"),
        pl.col(f"{_THEIR}linkedin_url").alias("linkedinUrl"),
        pl.col(f"{_THEIR}campaign").alias("campaign"),
        _identifier("email", "email", overwrite=overwrite).alias("newEmail"),
        _identifier("linkedin_key", "linkedin_url", overwrite=overwrite).alias("newLinkedinUrl"),
        *(_changed(name, overwrite=overwrite).alias(new) for name, new in _beside(names, UPDATE_COLUMNS).items()),
    )
    always = {"_id", "email", "linkedinUrl"}
    unless = {"campaign"} if cells["campaign"].n_unique() < 2 else set()
    return cells.select(
        name for name in cells.columns if name in always or (name not in unless and cells[name].is_not_null().any())
    )


def _with_stored(rows: pl.DataFrame, targets: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return the rows with the lead that lemlist has beside them; what is blank there is null."""
    theirs = targets.rename(lambda name: f"{_THEIR}{name}").with_columns(
        pl.col(f"{_THEIR}{name}").replace("", None) for name in ("email", "linkedin_url")
    )
    joined = rows.join(theirs, left_on="row", right_on=f"{_THEIR}row", how="left", maintain_order="left")
    return joined.hstack(_stored(joined[f"{_THEIR}fields"], names))


def _stored(fields: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """Return the lead's fields as lemlist has them, one column each; case of a variable's name does not count."""
    rows = [{key.lower(): value or None for key, value in json.loads(text or "{}").items()} for text in fields]
    columns = {f"{_STORED}{name}": [row.get(name.lower()) for row in rows] for name in names}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _changed(name: str, *, overwrite: bool) -> pl.Expr:
    """Return the cell where it would change what lemlist has."""
    stored = pl.col(f"{_STORED}{name}")
    return pl.when(stored.is_null() | (pl.lit(overwrite) & (pl.col(name) != stored))).then(name)


def _identifier(key: str, written: str, *, overwrite: bool) -> pl.Expr:
    """Return the row's identifier where the lead in lemlist has none there, or (with `overwrite`) has another one."""
    empty = pl.col(f"{_THEIR}{written}").is_null()
    another = pl.col(key).is_not_null() & ~pl.col(f"{_THEIR}keys").list.contains(pl.col(key))
    return pl.when(empty | (pl.lit(overwrite) & another)).then(written)
