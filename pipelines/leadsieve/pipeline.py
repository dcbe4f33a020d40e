"""The main job: its steps in their order; and the two jobs that check nobody."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from leadsieve.batching import Plan, effective_limit, split
from leadsieve.errors import OutputError, UsageError
from leadsieve.filling import fill
from leadsieve.identity import email_domain, is_free_provider
from leadsieve.lead_list import LeadList, gather, identifying, narrow
from leadsieve.names import batch_file
from leadsieve.policy import Policy
from leadsieve.progress import Progress, silent
from leadsieve.reporting import summarise
from leadsieve.result import Result
from leadsieve.schema import LEAD_FIELDS, LEDGER_NAMES
from leadsieve.sieve import Sieved, sieve, storage_campaign
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
        require(place.path)
    progress("Reading and cleaning")
    lead_list = gather(_specs(lists), chosen, source=source, stdin=stdin)
    records = identifying(lead_list.records, chosen)
    progress("Finding persons and deciding")
    sieved = sieve(
        narrow(lead_list, records, chosen),
        policy=chosen,
        campaign=_named(campaign),
        new_campaign=new_campaign,
        workspace=place.path if place else None,
        snapshot=snapshot,
    )
    records = fill(records, sieved.decisions, how=chosen.fill, variables=lead_list.variables, shared=sieved.shared_keys)
    progress("Making batches")
    created = sieved.decisions["row"].filter(sieved.decisions["decided"].struct.field("outcome") == str(Outcome.CREATE))
    leads = records.filter(pl.col("row").is_in(created.implode()))
    plan = place_leads(
        lead_list,
        leads,
        campaign=sieved.target.name,
        members=sieved.target.members,
        policy=chosen,
        apart=_apart(sieved, chosen),
    )
    ledger = make_ledger(records, sieved.decisions, plan.placed, lead_list.variables)
    _assert_conserved(ledger, lead_list)
    shape(lead_list, ledger, chosen.columns)  # a wrong --columns is told before anything is written
    files = {b.batch: batch_file(sieved.target.name, b.batch) for b in plan.batches}
    summary = summarise(ledger, sieved, plan, ignored_lines=lead_list.ignored_lines, files=files, policy=chosen)
    return Result(
        ledger=ledger, summary=summary, policy=chosen, lead_list=lead_list, sieved=sieved, plan=plan, workspace=place
    )


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
    return {storage: sieved.decisions.filter("is_connection")["row"]} if storage else {}


def place_leads(
    lead_list: LeadList,
    leads: pl.DataFrame,
    *,
    campaign: str,
    members: Mapping[str, int],
    policy: Policy,
    apart: Mapping[str, pl.Series],
) -> Plan:
    """Place the leads (rows of the list's records) in batches, as the policy segments and groups them.

    `apart` has the rows that go to another campaign, by its name.
    """
    segment = _column(lead_list, policy.segment, "--segment")
    wanted = leads.select(
        "row",
        segment=pl.col(segment) if segment else pl.lit(None, pl.String),
        company=_company(_column(lead_list, policy.together, "--together")),
    )
    return split(wanted, campaign=campaign, members=members, policy=policy, apart=apart)


def _company(column: str | None) -> pl.Expr:
    """Return what puts leads together: the column's value; for the company's domain else the email's, of a business."""
    if column is None:
        return pl.lit(None, pl.String)
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


def _assert_conserved(ledger: pl.DataFrame, lead_list: LeadList) -> None:
    """Refuse to go on unless every record of every file is in the ledger exactly once and has an outcome."""
    brought = sum(f.read.table.height + f.read.rejected.height for f in lead_list.files)
    if not brought == ledger.height == ledger["row"].n_unique() or ledger["outcome"].has_nulls():
        msg = f"The input has {brought} records but the ledger {ledger.height}: nothing is published. Please report this as a bug."
        raise OutputError(msg)
