"""Two jobs that check nobody: only the batches, only the cleaning."""

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from leadsieve.batching import Batch, Plan, effective_limit
from leadsieve.errors import OutputError, UsageError
from leadsieve.lead_list import LeadList, gather
from leadsieve.names import batch_file
from leadsieve.pipeline import place_leads
from leadsieve.policy import Policy
from leadsieve.progress import Progress, silent
from leadsieve.publishing import staged, write_csv, write_manifest
from leadsieve.schema import LEAD_FIELDS, LEDGER_NAMES, RECORD, TEXT, UNREADABLE
from leadsieve.tables import make_failed

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
    lead_list = gather([file], policy, stdin=stdin)
    readable = lead_list.records.filter(pl.col(UNREADABLE).is_null())
    name = campaign or _stem(lead_list)
    plan = place_leads(lead_list, readable, campaign=name, members={}, policy=policy, apart={})
    failed = _unreadable(lead_list)
    with staged(out, force=force) as staging:
        progress("Writing")
        rows = _write_batches(lead_list, plan, name, staging)
        if failed.height:
            write_csv(failed, staging / "failed.csv", for_spreadsheets=True)
            rows["failed.csv"] = failed.height
        about = {"checked": False, "policy": policy.as_dict(), "inputs": [f.described() for f in lead_list.files]}
        write_manifest(staging, about, rows)
    return Divided(batches=plan.batches, unreadable=failed.height)


def _stem(lead_list: LeadList) -> str:
    """Return what the campaign is called when nobody says: the first file's name, or `stdin`."""
    file = lead_list.files[0].read.file
    return "stdin" if file == "-" else Path(file).stem


def _write_batches(lead_list: LeadList, plan: Plan, name: str, staging: Path) -> dict[str, int]:
    for batch in plan.batches:
        chosen = plan.placed.filter(pl.col("batch") == batch.batch).select("row")
        write_csv(_own_rows(lead_list, chosen), staging / batch_file(name, batch.batch))
    return {batch_file(name, batch.batch): batch.rows for batch in plan.batches}


def _own_rows(lead_list: LeadList, chosen: pl.DataFrame) -> pl.DataFrame:
    """Return the chosen records as their files have them."""
    parts = []
    for file in lead_list.files:
        records = file.rows.join(chosen, on="row", how="semi", maintain_order="left")[RECORD]
        parts.append(file.read.table[records])
    return pl.concat(parts, how="diagonal")


def _unreadable(lead_list: LeadList) -> pl.DataFrame:
    """Return the rows that could not be read, as `failed.csv` of a run has them."""
    lost = lead_list.records.filter(pl.col(UNREADABLE).is_not_null())
    told = lost.select("row", "file", "line", outcome=pl.lit("failed"), reason=pl.lit("unreadable_row"))
    return make_failed(lead_list, told)


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
    progress("Reading and cleaning")
    lead_list = gather([file], policy, stdin=stdin)
    records = lead_list.records
    progress("Writing")
    lost = [pl.col(UNREADABLE).alias("reason"), pl.col(TEXT).alias(_free("unreadable_text", lead_list.variables))]
    publish_table(records.select(*_filled_fields(records), *lead_list.variables, *_TOLD, *lost), out, force=force)
    return {name: _statuses(records[name]) for name in ("email_status", "linkedin_status")}


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _filled_fields(records: pl.DataFrame) -> list[pl.Expr]:
    values = {name: LEDGER_NAMES.get(name, name) for name in LEAD_FIELDS}
    return [pl.col(value).alias(name) for name, value in values.items() if records[value].is_not_null().any()]


def _statuses(cells: pl.Series) -> dict[str, int]:
    counted = cells.drop_nulls().value_counts(name="n").sort(["n", cells.name], descending=[True, False])
    return dict(counted.iter_rows())


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
        msg = f"{out} cannot be written ({error.strerror or error}). Free some space or name another file."
        raise OutputError(msg) from error
    finally:
        with suppress(OSError):
            beside.unlink()
