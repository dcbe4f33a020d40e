"""The main job: its steps in their order; and the two jobs that check nobody."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from leadsieve.batching import Plan, effective_limit, split
from leadsieve.errors import OutputError, UsageError
from leadsieve.filling import Filling, filling
from leadsieve.identity import email_domain, is_free_provider
from leadsieve.lead_list import LeadList, gather, narrow
from leadsieve.names import batch_file
from leadsieve.policy import Policy
from leadsieve.progress import Progress, silent, so_far
from leadsieve.reporting import Tally, summarise
from leadsieve.result import Result
from leadsieve.schema import LEAD_FIELDS, LEDGER_NAMES
from leadsieve.sieve import Sieved, prepared, sieve, storage_campaign
from leadsieve.spool import FileSpool, compact
from leadsieve.tables import make_ledger, shape
from leadsieve.words import Outcome
from leadsieve.workspace import Workspace, known_statuses, require

Lists = str | Path | Sequence[str | Path]


def run(
    lists: Lists,
    *,
    campaign: str,
    workspace: Workspace | str | Path | None = "workspace.duckdb",
    new_campaign: bool = False,
    snapshot: int | None = None,
    source: str | None = None,
    policy: Policy | None = None,
    stdin: BinaryIO | None = None,
    progress: Progress = silent,
    **options: Any,
) -> Result:
    """Decide every row of the list for the campaign; nothing is written.

    `lists` are paths, globs or `TAG=PATH`. `workspace=None` checks the list only against itself. `options` are settings of
    the policy by name (`dedup="workspace"`, `method="api"` …).
    Raises InputError for a list that cannot be used, WorkspaceError, UsageError for a wrong option or campaign.
    """
    chosen = (policy or Policy()).with_options(**options)
    chosen = chosen.with_options(suppress_statuses=known_statuses(chosen.suppress_statuses, chosen.statuses))
    effective_limit(chosen)
    place = Workspace.of(workspace, lock_timeout=chosen.lock_timeout) if workspace is not None else None
    if place:
        require(place.path, needed=False)
    ground = prepared(
        policy=chosen,
        campaign=_named(campaign),
        new_campaign=new_campaign,
        workspace=place.path if place else None,
        snapshot=snapshot,
    )
    progress("Reading")
    with ExitStack() as stack, ThreadPoolExecutor(1) as beside:
        ready = beside.submit(stack.enter_context, ground)  # the workspace is copied while the list is read
        lead_list = gather(_specs(lists), chosen, source=source, stdin=stdin, progress=progress)
        lead_list.release_cells()
        shown = shape(lead_list, chosen.columns)  # a wrong --columns is told before anything is decided
        progress("Finding persons and deciding")
        sieved = sieve(narrow(lead_list, chosen), ready.result(), chosen)
    offered = filling(
        lead_list.records,
        sieved.decisions.rows,
        how=chosen.fill,
        variables=lead_list.variables,
        shared=sieved.shared_keys,
    )
    progress("Making batches")
    plan = place_leads(
        lead_list,
        _leads(lead_list, sieved, offered, columns_of_batches(lead_list, chosen)),
        campaign=sieved.target.name,
        members=sieved.target.members,
        policy=chosen,
        apart=_apart(sieved, chosen),
    )
    tally = Tally(sieved.decisions.rows)
    ledger = _ledger(lead_list, sieved, offered, plan, tally, progress)
    files = {b.batch: batch_file(sieved.target.name, b.batch) for b in plan.batches}
    summary = summarise(
        tally,
        sieved,
        plan,
        ignored_lines=lead_list.ignored_lines,
        unread=lead_list.unread,
        files=files,
        policy=chosen,
    )
    return Result(
        parts=ledger,
        shape=shown,
        summary=summary,
        policy=chosen,
        lead_list=lead_list,
        sieved=sieved,
        plan=plan,
        workspace=place,
    )


def _leads(lead_list: LeadList, sieved: Sieved, offered: Filling, columns: Sequence[str]) -> pl.DataFrame:
    """Return the rows to create in list order: their number, and the columns that they are divided by."""
    created = sieved.decisions.rows.filter(pl.col("outcome") == Outcome.CREATE).select("row")
    return pl.concat(_filled_leads(lead_list, created, offered, columns)) if columns else created


def _filled_leads(
    lead_list: LeadList, created: pl.DataFrame, offered: Filling, columns: Sequence[str]
) -> Iterator[pl.DataFrame]:
    for records in lead_list.records.parts():
        leads = offered.fill(records).select(pl.col("row").cast(pl.UInt32), *columns)
        yield compact(leads.join(created, on="row", how="semi", maintain_order="left"))


def _ledger(
    lead_list: LeadList, sieved: Sieved, offered: Filling, plan: Plan, tally: Tally, progress: Progress
) -> FileSpool:
    """Make the ledger part by part, and count what it says; the records, all of which it has, are released.

    Raises OutputError unless every record of every file is in there exactly once and has an outcome.
    """

    def made(records: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
        placed = plan.placed_among(records["row"][0], records["row"][-1])
        part = make_ledger(offered.fill(records), decisions, placed, lead_list.variables)
        _assert_conserved(part, first=tally.rows + 1)
        tally.add(part)
        so_far(progress, "Making the ledger", tally.rows, lead_list.records.height)
        return part

    ledger = FileSpool(map(made, lead_list.records.parts(), sieved.decisions.parts()))
    if ledger.height != sum(f.read.height for f in lead_list.files):
        raise OutputError(_NOT_CONSERVED)
    lead_list.records.release()
    return ledger


def _specs(lists: Lists) -> list[str]:
    return [str(lists)] if isinstance(lists, str | Path) else [str(item) for item in lists]


def _named(campaign: str) -> str:
    if not campaign.strip():
        msg = "The campaign's name is empty. Give it with --campaign."
        raise UsageError(msg)
    if not campaign.strip().isprintable():
        msg = "The campaign's name holds a line break or another character that cannot be printed. Give it in one line."
        raise UsageError(msg)
    return campaign.strip()


def _apart(sieved: Sieved, policy: Policy) -> dict[str, pl.Series]:
    """Return the rows that do not go to the campaign of the run, by the campaign that they go to: separated connections."""
    storage = storage_campaign(sieved, policy)
    if not storage:
        return {}
    return {storage: sieved.decisions.rows.filter("is_connection")["row"]}


def place_leads(
    lead_list: LeadList,
    leads: pl.DataFrame,
    *,
    campaign: str,
    members: Mapping[str, int],
    policy: Policy,
    apart: Mapping[str, pl.Series],
) -> Plan:
    """Place the leads in batches, as the policy segments and groups them.

    `leads` has one row a lead in list order: row, and `columns_of_batches`. `apart` has the rows that go to another campaign, by its name.
    """
    segment = _column(lead_list, policy.segment, "--segment")
    company = _column(lead_list, policy.together, "--together")
    asked: dict[str, pl.Expr] = {}
    if segment:
        asked["segment"] = pl.col(segment)
    if company:
        asked["company"] = _company(company)
    wanted = leads.select("row", **asked)
    return split(wanted, campaign=campaign, members=members, policy=policy, apart=apart)


def columns_of_batches(lead_list: LeadList, policy: Policy) -> tuple[str, ...]:
    """Return the records' columns by which the policy divides the leads; raises UsageError for one that the list does not have."""
    segment = _column(lead_list, policy.segment, "--segment")
    company = _column(lead_list, policy.together, "--together")
    beside = "email" if company == "companyDomain" else None
    return tuple(dict.fromkeys(name for name in (segment, company, beside) if name))


def _company(column: str) -> pl.Expr:
    """Return what puts leads together: the column's value; for the company's domain else the email's, of a business."""
    if column != "companyDomain":
        return pl.col(column)
    business = pl.when(~is_free_provider(pl.col("email"))).then(email_domain(pl.col("email")))
    return pl.coalesce(column, business)


def _column(lead_list: LeadList, name: str, option: str) -> str | None:
    """Return the records' column that an option names: a lead field, a variable, or the file's own name for one."""
    if not name:
        return None
    known = {c.lower(): c for c in (*lead_list.variables, *LEAD_FIELDS, "source")}
    known.update(
        {m.column.strip().lower(): str(m.field or m.variable) for f in reversed(lead_list.files) for m in f.mappings}
    )
    found = known.get(name.strip().lower())
    if not found:
        msg = f"The list has no column {name}, which {option} names. Name one of the list's columns."
        raise UsageError(msg)
    return LEDGER_NAMES.get(found, found)


_NOT_CONSERVED = "The ledger does not hold every record of the input exactly once: nothing is published. Please report this as a bug."


def _assert_conserved(part: pl.DataFrame, *, first: int) -> None:
    """Refuse to go on unless a part of the ledger holds its rows, each once and in order, and all have an outcome."""
    numbers = pl.int_range(first, first + part.height, eager=True)
    if not (part["row"] == numbers).all() or part["row"].has_nulls() or part["outcome"].has_nulls():
        raise OutputError(_NOT_CONSERVED)
