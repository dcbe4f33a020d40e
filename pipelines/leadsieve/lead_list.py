"""The list of a run: all records of all its files, cleaned, as one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from leadsieve.cleaning import clean
from leadsieve.errors import InputError, UsageError
from leadsieve.formulas import unguarded
from leadsieve.identity import is_role
from leadsieve.intake import (
    ColumnMapping,
    Read,
    ReadOptions,
    expand,
    load_mappings,
    map_columns,
    read,
    refuse_unknown_columns,
    saved_for,
)
from leadsieve.phones import phone_keys
from leadsieve.policy import CommandPolicy, Policy
from leadsieve.schema import (
    ADDRESSES,
    CHANGE,
    FAILED_COLUMNS,
    IDENTITY,
    LEDGER_NAMES,
    LIST_COLUMN,
    LIST_SAYS,
    MEMBER_URL,
    PLAIN_FIELDS,
    RECORD,
    RESERVED,
    SUGGESTION,
    TEXT,
    UNREADABLE,
)
from leadsieve.suppress_columns import said_by_columns

_TOLD = ":told"
_META = {
    "changes": pl.List(CHANGE),
    **IDENTITY,
    "warnings": pl.List(pl.String),
    ADDRESSES: pl.List(pl.String),
    SUGGESTION: pl.String,
    MEMBER_URL: pl.String,
    LIST_SAYS: pl.String,
    LIST_COLUMN: pl.String,
    UNREADABLE: pl.String,
    TEXT: pl.String,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """One file of the list: what intake read, its columns' meaning, its rows' numbers over the whole list."""

    read: Read
    mappings: tuple[ColumnMapping, ...]
    rows: pl.DataFrame

    def described(self) -> dict[str, Any]:
        """Return what the manifest says of the file."""
        told = self.read
        return {
            "file": told.file,
            "sha256": told.sha256,
            "records": told.table.height + told.rejected.height,
            "ignored_lines": told.ignored.select("line", "kind").to_dicts(),
            "columns": [{"column": m.column, "becomes": m.field or m.variable, "why": m.reason} for m in self.mappings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadList:
    """The list of a run.

    `records` has one row for every record of every file, in order: `row`, `file`, `line`, `source`, the lead fields,
    custom variables, `changes`, the identity columns, and what the later steps need of the cells.
    """

    files: tuple[ListFile, ...]
    records: pl.DataFrame
    variables: tuple[str, ...]

    @property
    def ignored_lines(self) -> int:
        """Lines that are no records: preamble, blank, repeated header, footer."""
        return sum(f.read.ignored.height for f in self.files)


def gather(
    lists: Sequence[str], policy: Policy, *, source: str | None = None, stdin: BinaryIO | None = None
) -> LeadList:
    """Read and clean the list: each of `lists` is a path, a glob, `TAG=PATH` or `-` for standard input.

    Raises InputError for a file that cannot be used and when there is no record at all.
    """
    options = ReadOptions(encoding=policy.encoding or None)
    saved = load_mappings(policy.mappings)
    found = [(tag or source, path) for spec in lists for tag, path in _paths(spec)]
    reads = [(tag, read(path, options=options, stdin=stdin)) for tag, path in found]
    if not any(told.table.height or told.rejected.height for _, told in reads):
        msg = f"{reads[0][1].file} has no rows: it is empty but for its header. Export the list again, or name another file."
        raise InputError(msg)
    if isinstance(policy, CommandPolicy):
        refuse_unknown_columns([told for _, told in reads], policy.asked)
    filled = [(tag, told) for tag, told in reads if told.table.height or told.rejected.height]
    files = _number([_list_file(told, tag, policy, saved_for(told, saved)) for tag, told in filled])
    variables = _variables(files)
    records = pl.concat([_named_alike(f.rows, variables) for f in files], how="diagonal")
    return LeadList(files=files, records=_complete(records), variables=tuple(variables.values()))


def _paths(spec: str) -> list[tuple[str | None, str]]:
    """Return (source tag, path) for every file that one LIST argument names, in name order."""
    if spec == "-":
        return [(None, spec)]
    tag, equals, path = spec.partition("=")
    if equals and tag and not Path(spec).exists():
        return [(tag, "-")] if path == "-" else [(tag, str(p)) for p in expand(path)]
    return [(None, str(p)) for p in expand(spec)]


def _list_file(raw: Read, tag: str | None, policy: Policy, saved: Mapping[str, str]) -> ListFile:
    told = _unguarded(raw)
    by_hand = {name: field for name, field in policy.map.items() if _called(told, name)}
    mappings = map_columns(told, overrides=by_hand, saved=saved, reserved=RESERVED, split_names=policy.split_names)
    source_column = _own_column(told, policy.source_column, "--source-column")
    if source_column:
        mappings = tuple(m for m in mappings if m.column != source_column)
    cleaned = clean(told.table, mappings)
    stem = tag or ("stdin" if told.file == "-" else Path(told.file).stem)
    named = pl.col(source_column).str.strip_chars() if source_column else pl.lit(None, pl.String)
    place = told.table.select(
        line=told.lines,
        source=pl.when(named != "").then(named).otherwise(pl.lit(stem)),
    )
    says = said_by_columns(told.table, policy.suppress_columns)
    readable = pl.concat([place, cleaned, says], how="horizontal").with_columns(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(RECORD)
    )
    readable = _with_warnings(readable, told.warnings)
    lost = told.rejected.select("line", source=pl.lit(stem), **{UNREADABLE: "reason", TEXT: "text"})
    rows = (
        pl.concat([readable, lost], how="diagonal")
        .sort("line", maintain_order=True)
        .with_columns(file=pl.lit(told.file))
    )
    return ListFile(read=told, mappings=mappings, rows=rows)


def _unguarded(told: Read) -> Read:
    """Return a mended failed.csv without the apostrophes that it was written with, any other file as it is."""
    if tuple(told.table.columns[-len(FAILED_COLUMNS) :]) != FAILED_COLUMNS:
        return told
    return replace(told, table=told.table.with_columns(unguarded(pl.all())))


def _own_column(told: Read, name: str, option: str) -> str | None:
    """Return the file's column that an option names; raises UsageError for one that it does not have."""
    found = _called(told, name)
    if name and not found:
        msg = f"{told.file} has no column {name}, which {option} names. Name one of the file's columns."
        raise UsageError(msg)
    return found


def _called(told: Read, name: str) -> str | None:
    """Return the file's column of that name, without regard to case and outer spaces."""
    return next((c for c in told.table.columns if c.strip().lower() == name.strip().lower()), None)


def _with_warnings(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Add intake's warnings on records to the cells' own."""
    per_record = told.group_by("record").agg(pl.col("warning").unique().alias(_TOLD))
    joined = rows.join(per_record, left_on=RECORD, right_on="record", how="left", maintain_order="left")
    return joined.with_columns(warnings=pl.concat_list("warnings", pl.col(_TOLD).fill_null([]))).drop(_TOLD)


def _number(files: Sequence[ListFile]) -> tuple[ListFile, ...]:
    """Give every record its number over the whole list."""
    numbered, row = [], 1
    for file in files:
        rows = file.rows.with_columns(row=pl.int_range(row, row + pl.len(), dtype=pl.Int64))
        numbered.append(ListFile(read=file.read, mappings=file.mappings, rows=rows))
        row += rows.height
    return tuple(numbered)


def _variables(files: Sequence[ListFile]) -> dict[str, str]:
    """Return the custom variables in order; one that two files write in different case is one variable."""
    names: dict[str, str] = {}
    for file in files:
        for mapping in file.mappings:
            if mapping.variable:
                names.setdefault(mapping.variable.lower(), mapping.variable)
    return names


def _named_alike(rows: pl.DataFrame, variables: Mapping[str, str]) -> pl.DataFrame:
    return rows.rename(
        {name: variables[name.lower()] for name in rows.columns if name.lower() in variables and name not in _META}
    )


def _complete(records: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that no file gave, so that the steps find them all."""
    wanted: dict[str, Any] = {**dict.fromkeys(PLAIN_FIELDS, pl.String), **_META}
    missing = [pl.lit(None, kind).alias(name) for name, kind in wanted.items() if name not in records.columns]
    return records.with_columns(missing).with_columns(
        pl.col("changes").fill_null([]), pl.col("warnings").fill_null([]), pl.col(ADDRESSES).fill_null([])
    )


def identifying(records: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the records with `email` as the policy reads it: the first of several, if it says so."""
    if policy.multiple_emails == "first":
        first = pl.when(pl.col("email_status") == "multiple").then(pl.col(ADDRESSES).list.first())
        return records.with_columns(email=pl.coalesce(first, "email"))
    return records


def narrow(lead_list: LeadList, records: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return what the sieve needs of every row: keys, statuses, a few flags; one row a record, in order."""
    filled = [
        name for name in (*PLAIN_FIELDS, *lead_list.variables, "email", "linkedin_url") if name in records.columns
    ]
    required = [pl.col(LEDGER_NAMES.get(name, name)).is_null() for name in policy.required_fields]
    return records.select(
        "row",
        "source",
        "email_status",
        "email",
        "linkedin_key",
        list_says=LIST_SAYS,
        list_column=LIST_COLUMN,
        unreadable=pl.col(UNREADABLE).is_not_null(),
        missing_required=pl.any_horizontal(required) if required else pl.lit(value=False),
        email_role=is_role(pl.col("email")).fill_null(value=False),
        member_key=pl.col("linkedin_member_key"),
        linkedin_writable=pl.col("linkedin_url").is_not_null() | pl.col(MEMBER_URL).is_not_null(),
        phone=phone_keys(records["phone"], policy.phone_region),
        filled=pl.sum_horizontal(pl.col(name).is_not_null() for name in filled).cast(pl.Int64),
    )
