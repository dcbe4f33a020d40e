"""Two jobs that check nobody: only the batches, only the cleaning."""

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from leadsieve.batching import Batch, Plan, effective_limit
from leadsieve.errors import OutputError, UsageError, why_unwritten
from leadsieve.lead_list import LeadList, gather, row_numbers
from leadsieve.names import batch_file
from leadsieve.pipeline import columns_of_batches, place_leads
from leadsieve.policy import Policy
from leadsieve.progress import Progress, silent
from leadsieve.publishing import append_csv, staged, write_csv, write_manifest
from leadsieve.schema import LEAD_FIELDS, LEDGER_NAMES, TEXT, UNREADABLE
from leadsieve.tables import make_failed
from leadsieve.words import Reason

_TOLD = (
    "line",
    "email_status",
    "email_raw",
    "linkedin_status",
    "linkedin_key",
    "linkedin_raw",
)
"""What `clean_file` says of every record beside its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """What `split_file` published: the batches, and how many rows could not be read and stand in `failed.csv`."""

    batches: tuple[Batch, ...]
    unreadable: int


def split_file(
    file: str,
    out: Path,
    *,
    campaign: str | None = None,
    policy: Policy,
    force: bool = False,
    stdin: BinaryIO | None = None,
    progress: Progress = silent,
) -> Divided:
    """Publish every row of the list as batches that fit the method's limits, in the file's own columns and cells.

    Nobody is checked and nothing is cleaned. Raises what `run` raises for the list, the options and the folder.
    """
    effective_limit(policy)
    progress("Reading")
    lead_list = _cleaned(file, policy, stdin, progress)
    name = campaign or _stem(lead_list)
    columns = columns_of_batches(lead_list, policy)
    readable = lead_list.records.scan().filter(pl.col(UNREADABLE).is_null()).select("row", *columns)
    leads = readable.collect(engine="streaming").sort("row")
    plan = place_leads(lead_list, leads, campaign=name, members={}, policy=policy, apart={})
    with staged(out, force=force) as staging:
        progress("Writing")
        _write_batches(lead_list, plan, name, staging)
        rows = {batch_file(name, batch.batch): batch.rows for batch in plan.batches}
        unreadable = _write_unreadable(lead_list, staging / "failed.csv")
        if unreadable:
            rows["failed.csv"] = unreadable
        about = {"checked": False, "policy": policy.as_dict(), "inputs": [f.described() for f in lead_list.files]}
        write_manifest(staging, about, rows)
    return Divided(batches=plan.batches, unreadable=unreadable)


def _cleaned(file: str, policy: Policy, stdin: BinaryIO | None, progress: Progress) -> LeadList:
    """Return the list with every cell judged as it stands: of several emails in one cell none is chosen."""
    return gather([file], policy.with_options(multiple_emails="fail"), stdin=stdin, progress=progress)


def _stem(lead_list: LeadList) -> str:
    """Return what the campaign is called when nobody says: the first file's name, or `stdin`."""
    file = lead_list.files[0].read.file
    return "stdin" if file == "-" else Path(file).stem


def _write_batches(lead_list: LeadList, plan: Plan, name: str, staging: Path) -> None:
    """Write the batches, reading the list once; every file has the columns of all files of the list."""
    columns = dict.fromkeys(column for file in lead_list.files for column in file.read.columns)
    for file in lead_list.files:
        missing = [pl.lit(None, pl.String).alias(column) for column in columns if column not in file.read.columns]
        for part, row in file.parts():
            numbers, _ = row_numbers(part, row)
            placed = plan.placed_among(row, row + part.table.height + part.rejected.height - 1)
            batches = numbers.alias("row").to_frame().join(placed, on="row", how="left", maintain_order="left")["batch"]
            own = part.table.with_columns(missing).select(*columns)
            for number in batches.unique().sort():
                append_csv(own.filter(batches == number), staging / batch_file(name, number))


def _write_unreadable(lead_list: LeadList, path: Path) -> int:
    """Write the rows that could not be read, as `failed.csv` of a run has them; return how many there are."""
    lost = lead_list.records.scan().filter(pl.col(UNREADABLE).is_not_null())
    told = lost.select("row", reason=pl.lit(str(Reason.UNREADABLE_ROW))).collect(engine="streaming").sort("row")
    for table in make_failed(lead_list, told):
        if table.height:
            append_csv(table, path, for_spreadsheets=True)
    return told.height


def clean_file(
    file: str,
    out: Path,
    *,
    policy: Policy,
    force: bool = False,
    stdin: BinaryIO | None = None,
    progress: Progress = silent,
) -> dict[str, dict[str, int]]:
    """Write the list cleaned: lemlist's field names, canonical emails and LinkedIn URLs, the status of both beside them.

    Every record stays, in order; a cell that is no email or profile keeps its text in `email_raw` or `linkedin_raw`. Returns how
    often each status stands in `email_status` and `linkedin_status`.
    """
    refuse_file(out, force=force)
    if out.exists() and file != "-" and Path(file).exists() and out.samefile(file):
        msg = f"{out} is the list itself. Name another file with --out, so that the list stays as it was."
        raise UsageError(msg)
    progress("Reading")
    lead_list = _cleaned(file, policy, stdin, progress)
    progress("Writing")
    lost = [pl.col(UNREADABLE).alias("reason"), pl.col(TEXT).alias(_free("unreadable_text", lead_list.variables))]
    columns = [*_filled_fields(lead_list), *lead_list.variables, *_TOLD, *lost]

    def write(beside: Path) -> None:
        for part in lead_list.records.parts():
            append_csv(part.select(columns), beside)

    publish_file(out, write, force=force)
    return {name: _statuses(lead_list, name) for name in ("email_status", "linkedin_status")}


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _filled_fields(lead_list: LeadList) -> list[pl.Expr]:
    return [pl.col(LEDGER_NAMES.get(name, name)).alias(name) for name in LEAD_FIELDS if name in lead_list.filled]


def _statuses(lead_list: LeadList, name: str) -> dict[str, int]:
    counted = lead_list.records.scan().drop_nulls(name).group_by(name).agg(n=pl.len())
    return dict(counted.sort(["n", name], descending=[True, False]).collect(engine="streaming").iter_rows())


def refuse_file(out: Path, *, force: bool) -> None:
    """Raise UsageError early for a file that exists already."""
    if out.is_dir():
        msg = f"{out} is a folder. Name the file to write."
        raise UsageError(msg)
    if out.exists() and not force:
        msg = f"{out} exists already. Name another file, or replace this one with --force."
        raise UsageError(msg)


def publish_table(table: pl.DataFrame, out: Path, *, force: bool) -> None:
    """Write the table as a CSV file, readable by its owner only, that stands there whole or not at all.

    Raises UsageError for a file that exists (without `force`), OutputError for one that cannot be written.
    """
    publish_file(out, lambda beside: write_csv(table, beside), force=force)


def publish_file(out: Path, write: Callable[[Path], object], *, force: bool) -> None:
    """Let `write` make the file, readable by its owner only, so that it stands there whole or not at all; raises like `publish_table`."""
    refuse_file(out, force=force)
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        write(beside)
        beside.chmod(0o600)
        beside.replace(out)
    except OSError as error:
        why, advice = why_unwritten(error)
        msg = f"{out} cannot be written: {why}. {advice}, or name another file."
        raise OutputError(msg) from error
    finally:
        with suppress(OSError):
            beside.unlink()
