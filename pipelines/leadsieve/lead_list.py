"""The list of a run: all records of all its files, cleaned, as one table in parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import polars as pl

from leadsieve.cleaning import clean
from leadsieve.errors import InputError, UsageError
from leadsieve.formulas import unguarded
from leadsieve.identity import is_role
from leadsieve.intake import (
    ColumnMapping,
    Read,
    ReadOptions,
    ReadPart,
    expand,
    load_mappings,
    map_columns,
    read,
    refuse_unknown_columns,
    saved_for,
)
from leadsieve.phones import phone_keys
from leadsieve.policy import CommandPolicy, Policy
from leadsieve.progress import Progress, silent, so_far
from leadsieve.schema import (
    ADDRESSES,
    CHANGE,
    FAILED_COLUMNS,
    IDENTITY,
    LEAD_FIELDS,
    LEDGER_NAMES,
    LIST_COLUMN,
    LIST_SAYS,
    MEMBER_URL,
    PLACE,
    PLAIN_FIELDS,
    RECORD,
    RESERVED,
    SUGGESTION,
    TEXT,
    UNREADABLE,
)
from leadsieve.spool import Room, Spool, compact, side_by_side
from leadsieve.suppress_columns import said_by_columns
from leadsieve.suppress_values import ColumnValue, shown, unread_values
from leadsieve.words import EmailStatus

_TOLD = ":told"
_FILLED = ":filled"
OWN = "own:"
"""What stands before the names of a file's own columns in `ListFile.may_fail`."""
_META: Mapping[str, Any] = {
    "changes": pl.List(CHANGE),
    **IDENTITY,
    "warnings": pl.List(pl.String),
    MEMBER_URL: pl.String,
    LIST_SAYS: pl.String,
    LIST_COLUMN: pl.String,
    UNREADABLE: pl.String,
    TEXT: pl.String,
    _FILLED: pl.Int64,
}
_MAY_FAIL = (EmailStatus.INVALID.value, EmailStatus.MULTIPLE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """One file of the list: what intake read, its columns' meaning, what its rows are called after, the number of its first row.

    `source_column` is the file's column that names the source of each row; else the source is `stem`. `may_fail` has every row that may
    fail as the file has it: row, file, line, SUGGESTION, TEXT, and the file's own columns with `OWN` before their names.
    """

    read: Read
    mappings: tuple[ColumnMapping, ...]
    stem: str = ""
    source_column: str | None = None
    first_row: int = 1
    may_fail: Spool

    def described(self) -> dict[str, Any]:
        """Return what the manifest says of the file."""
        told = self.read
        return {
            "file": told.file,
            "sha256": told.sha256,
            "records": told.height,
            "ignored_lines": told.ignored.select("line", "kind").to_dicts(),
            "columns": [{"column": m.column, "becomes": m.field or m.variable, "why": m.reason} for m in self.mappings],
        }

    def parts(self) -> Iterator[tuple[ReadPart, int]]:
        """Yield the file's records part by part, each with the number of its first row."""
        row = self.first_row
        for part in self.read.parts():
            yield part, row
            row += part.table.height + part.rejected.height


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadList:
    """The list of a run.

    `records` has one row for every record of every file, in order: `row`, `file`, `line`, `source`, the lead fields,
    custom variables, `changes`, the identity columns, and what the later steps need of the cells. `filled` names the lead
    fields that some record has, `unread` what stands in columns for opt-outs that is neither one nor a no.
    """

    files: tuple[ListFile, ...]
    records: Spool
    variables: tuple[str, ...]
    filled: frozenset[str] = frozenset()
    unread: tuple[ColumnValue, ...] = ()

    def release_cells(self) -> None:
        """Let go of the files' own cells, when nobody asks for more of them than `may_fail` has."""
        for file in self.files:
            file.read.records.release()

    @property
    def ignored_lines(self) -> int:
        """Lines that are no records: preamble, blank, repeated header, footer."""
        return sum(f.read.ignored.height for f in self.files)


def gather(
    lists: Sequence[str],
    policy: Policy,
    *,
    source: str | None = None,
    stdin: BinaryIO | None = None,
    progress: Progress = silent,
) -> LeadList:
    """Read and clean the list: each of `lists` is a path, a glob, `TAG=PATH` or `-` for standard input.

    Raises InputError for a file that cannot be used and when there is no record at all.
    """
    memory = policy.resources.memory
    options = ReadOptions(encoding=policy.encoding or None, memory=memory)
    saved = load_mappings(policy.mappings)
    found = [(tag or source, path) for spec in lists for tag, path in _paths(spec)]
    reads = [(tag, read(path, options=options, stdin=stdin)) for tag, path in found]
    if not any(told.height for _, told in reads):
        msg = f"{reads[0][1].file} has no rows: it is empty but for its header. Export the list again, or name another file."
        raise InputError(msg)
    if isinstance(policy, CommandPolicy):
        refuse_unknown_columns([told for _, told in reads], policy.asked)
    room = Room(memory)
    files = _numbered(_list_file(told, tag, policy, saved_for(told, saved), room) for tag, told in reads if told.height)
    return _cleaned(files, policy, Spool(room), progress)


def _cleaned(files: Sequence[ListFile], policy: Policy, records: Spool, progress: Progress) -> LeadList:
    """Clean the files part by part into `records`; the rows that may fail are kept as they stand, too."""
    variables = _variables(files)
    filled: set[str] = set()
    unread: list[pl.DataFrame] = []

    def made(file: ListFile, part: ReadPart, row: int) -> tuple[ListFile, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        rows = _complete(_named_alike(_rows(part, row, file, policy), variables), variables)
        may_fail = compact(_as_it_stands(rows.filter(_may_fail(policy)), part.table))
        return file, rows, may_fail, unread_values(part.table, policy.suppress_columns)

    rows_in_all = sum(file.read.height for file in files)
    parts = ((file, *numbered) for file in files for numbered in file.parts())
    for file, rows, may_fail, not_read in side_by_side(made, parts, threads=policy.threads):
        file.may_fail.append(may_fail)
        unread.append(not_read)
        filled |= {name for name in LEAD_FIELDS if name not in filled and _is_filled(rows[_ledger_name(name)])}
        records.append(rows.drop(RECORD, SUGGESTION))
        so_far(progress, "Cleaning", records.height, rows_in_all)
    return LeadList(
        files=tuple(files),
        records=records,
        variables=tuple(variables.values()),
        filled=frozenset(filled),
        unread=shown(unread),
    )


def _is_filled(cells: pl.Series) -> bool:
    return cells.null_count() < cells.len()


def _ledger_name(field: str) -> str:
    return LEDGER_NAMES.get(field, field)


def _paths(spec: str) -> list[tuple[str | None, str]]:
    """Return (source tag, path) for every file that one LIST argument names, in name order."""
    if spec == "-":
        return [(None, spec)]
    tag, equals, path = spec.partition("=")
    if equals and tag and not Path(spec).exists():
        return [(tag, "-")] if path == "-" else [(tag, str(p)) for p in expand(path)]
    return [(None, str(p)) for p in expand(spec)]


def _list_file(raw: Read, tag: str | None, policy: Policy, saved: Mapping[str, str], room: Room) -> ListFile:
    told = _unguarded(raw)
    by_hand = {name: field for name, field in policy.map.items() if _called(told, name)}
    mappings = map_columns(told, overrides=by_hand, saved=saved, reserved=RESERVED, split_names=policy.split_names)
    source_column = _own_column(told, policy.source_column, "--source-column")
    if source_column:
        mappings = tuple(m for m in mappings if m.column != source_column)
    stem = tag or ("stdin" if told.file == "-" else Path(told.file).stem)
    return ListFile(read=told, mappings=mappings, stem=stem, source_column=source_column, may_fail=Spool(room))


def _numbered(files: Iterable[ListFile]) -> list[ListFile]:
    """Give every file the number of its first row over the whole list."""
    numbered, row = [], 1
    for file in files:
        numbered.append(replace(file, first_row=row))
        row += file.read.height
    return numbered


def _rows(part: ReadPart, row: int, file: ListFile, policy: Policy) -> pl.DataFrame:
    """Return the records of a part cleaned, in order, `row` being the number of the first."""
    named = pl.col(file.source_column).str.strip_chars() if file.source_column else pl.lit(None, pl.String)
    readable_rows, lost_rows = row_numbers(part, row)
    place = part.table.select(
        row=readable_rows,
        line=part.lines,
        source=pl.when(named != "").then(named).otherwise(pl.lit(file.stem)),
    )
    cleaned = _identifying(clean(part.table, file.mappings), policy)
    says = said_by_columns(part.table, policy.suppress_columns)
    readable = pl.concat([place, cleaned, says], how="horizontal").with_row_index(RECORD)
    rows = _with_warnings(readable, part.warnings)
    if part.rejected.height:
        lost = part.rejected.select(
            "line", row=lost_rows, source=pl.lit(file.stem), **{UNREADABLE: "reason", TEXT: "text"}
        )
        rows = pl.concat([rows, lost], how="diagonal").sort("row")
    return rows.with_columns(file=pl.lit(file.read.file))


def row_numbers(part: ReadPart, row: int) -> tuple[pl.Series, pl.Series]:
    """Return the numbers of the records that could be read and of those that could not, in the order of their lines."""
    lines, lost = part.lines.to_numpy(), part.rejected["line"].to_numpy()
    return (
        pl.Series(np.arange(len(lines)) + row + np.searchsorted(lost, lines), dtype=pl.Int64),
        pl.Series(np.arange(len(lost)) + row + np.searchsorted(lines, lost, side="right"), dtype=pl.Int64),
    )


def _unguarded(told: Read) -> Read:
    """Return a mended failed.csv without the apostrophes that it was written with, any other file as it is."""
    if tuple(told.columns[-len(FAILED_COLUMNS) :]) != FAILED_COLUMNS:
        return told
    return replace(told, records=told.records.mapped(lambda part: part.with_columns(unguarded(pl.all()))))


def _own_column(told: Read, name: str, option: str) -> str | None:
    """Return the file's column that an option names; raises UsageError for one that it does not have."""
    found = _called(told, name)
    if name and not found:
        msg = f"{told.file} has no column {name}, which {option} names. Name one of the file's columns."
        raise UsageError(msg)
    return found


def _called(told: Read, name: str) -> str | None:
    """Return the file's column of that name, without regard to case and outer spaces."""
    return next((c for c in told.columns if c.strip().lower() == name.strip().lower()), None)


def _identifying(cleaned: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the records with `email` as the policy reads it: the first of several, if it says so."""
    if policy.multiple_emails == "first":
        first = pl.when(pl.col("email_status") == EmailStatus.MULTIPLE).then(pl.col(ADDRESSES).list.first())
        return cleaned.with_columns(email=pl.coalesce(first, "email"))
    return cleaned


def _with_warnings(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Add intake's warnings on records to the cells' own."""
    if told.is_empty():
        return rows
    per_record = told.group_by("record").agg(pl.col("warning").unique().alias(_TOLD))
    joined = rows.join(per_record, left_on=RECORD, right_on="record", how="left", maintain_order="left")
    return joined.with_columns(warnings=pl.concat_list("warnings", pl.col(_TOLD).fill_null([]))).drop(_TOLD)


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


def _complete(rows: pl.DataFrame, variables: Mapping[str, str]) -> pl.DataFrame:
    """Return the columns of `LeadList.records` and two for rows that may fail; what this file does not give is null."""
    texts = dict.fromkeys((*PLAIN_FIELDS, *variables.values()), pl.String)
    wanted: dict[str, Any] = {**PLACE, **texts, **_META, RECORD: pl.UInt32, SUGGESTION: pl.String}
    # A Sales Navigator URL in the LinkedIn column gives two fields, but is one cell.
    cells = {*texts, "email", "linkedin_url", MEMBER_URL} - {"linkedinUrlSalesNav"}
    counted = [pl.col(name) for name in rows.columns if name in cells]
    told = rows.with_columns(
        pl.col("changes", "warnings").fill_null([]),
        pl.sum_horizontal(cell.is_not_null() for cell in counted).cast(pl.Int64).alias(_FILLED),
    )
    return told.select(
        name if name in told.columns else pl.lit(None, kind).alias(name) for name, kind in wanted.items()
    )


def _may_fail(policy: Policy) -> pl.Expr:
    """Tell which rows the sieve's first gates may hold: no fewer than these do, whatever the policy says."""
    unwritable = pl.col("email").is_null() & ~_writable()
    return (
        pl.col(UNREADABLE).is_not_null()
        | pl.col("email_status").is_in(_MAY_FAIL)
        | unwritable
        | _misses_required(policy)
    ).fill_null(value=True)


def _writable() -> pl.Expr:
    return pl.col("linkedin_url").is_not_null() | pl.col(MEMBER_URL).is_not_null()


def _misses_required(policy: Policy) -> pl.Expr:
    required = [pl.col(_ledger_name(name)).is_null() for name in policy.required_fields]
    return pl.any_horizontal(required) if required else pl.lit(value=False)


def _as_it_stands(rows: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the list with their file's own cells behind them; those of a row that could not be read are null."""
    own = table.rename(lambda name: f"{OWN}{name}").with_row_index(RECORD)
    told = rows.select("row", "file", "line", SUGGESTION, TEXT, RECORD)
    return told.join(own, on=RECORD, how="left", maintain_order="left").drop(RECORD)


_OF_NARROW = (
    "row",
    "source",
    "email_status",
    "email",
    "linkedin_key",
    "linkedin_url",
    "linkedin_member_key",
    "phone",
    LIST_SAYS,
    LIST_COLUMN,
    UNREADABLE,
    MEMBER_URL,
    _FILLED,
)


def narrow(lead_list: LeadList, policy: Policy) -> Iterator[pl.DataFrame]:
    """Yield what the sieve needs of every row: keys, statuses, a few flags; one row a record, in order, part by part."""
    required = [_ledger_name(name) for name in policy.required_fields]
    for part in lead_list.records.parts(list(dict.fromkeys((*_OF_NARROW, *required)))):
        yield part.select(
            "row",
            "source",
            "email_status",
            "email",
            "linkedin_key",
            list_says=LIST_SAYS,
            list_column=LIST_COLUMN,
            unreadable=pl.col(UNREADABLE).is_not_null(),
            missing_required=_misses_required(policy),
            email_role=is_role(pl.col("email")).fill_null(value=False),
            member_key=pl.col("linkedin_member_key"),
            linkedin_writable=_writable(),
            phone=phone_keys(part["phone"], policy.phone_region),
            filled=_FILLED,
        )
