"""`snapshot list`, `diff`, `drop`, `export`, `advice`: the workspace over time."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import leadsieve
from leadsieve import reporting
from leadsieve.cli import console, options
from leadsieve.counts import counted
from leadsieve.errors import UsageError
from leadsieve.words import Advice, Difference

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write all of them to a CSV file.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what stands there.")]

_MOST_LINES = 50
"""A list of leads is cut here; --out writes all of them."""


def list_snapshots(
    *,
    workspace: options.WorkspaceFile = None,
    unidentified: Annotated[
        bool, typer.Option("--unidentified", help="Show the leads without email and LinkedIn profile instead.")
    ] = False,
    out: Out = None,
    force: Force = False,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Show the snapshots, the newest last, and the newest's campaigns."""
    place = options.workspace_of(workspace, lock_timeout)
    if unidentified:
        _show_unidentified(place.unidentified, out, force=force)
        return
    if out:
        msg = "--out goes with --unidentified; `leadsieve snapshot export` writes a whole snapshot."
        raise UsageError(msg)
    snapshots, campaigns, connections = place.snapshots, place.campaigns, place.connections
    with console.out() as screen:
        screen.print(_snapshots(snapshots))
        screen.print()
        screen.print(_campaigns(campaigns))
        if connections.height:
            screen.print()
            screen.print(_connections(connections))


def _connections(connections: "pl.DataFrame") -> "Table":
    table = reporting.plain_table("LinkedIn connections of", "profiles", "emails", "loaded (UTC)", right=(1, 2))
    for row in connections.iter_rows(named=True):
        counts = f"{row['profiles']:,}", f"{row['emails']:,}"
        table.add_row(
            reporting.cut(row["account"] or "(no account named)"), *counts, f"{row['loaded_at']:%Y-%m-%d %H:%M}"
        )
    return table


def _snapshots(snapshots: "pl.DataFrame") -> "Table":
    heads = ("snapshot", "taken at (UTC)", "kind", "campaigns", "leads", "without identifier")
    table = reporting.plain_table(*heads, right=(0, 3, 4, 5))
    for row in snapshots.iter_rows(named=True):
        counts = (f"{row[name]:,}" for name in ("campaigns", "memberships", "no_identifier"))
        table.add_row(str(row["id"]), f"{row['taken_at']:%Y-%m-%d %H:%M}", row["kind"], *counts)
    return table


def _campaigns(campaigns: "pl.DataFrame") -> "Table":
    table = reporting.plain_table(
        "campaign", "owner", "leads", "without identifier", "status", "as of (UTC)", "id", right=(2, 3)
    )
    for row in campaigns.iter_rows(named=True):
        status = "archived" if row["archived"] else row["status"] or ""
        counts = f"{row['leads']:,}", f"{row['no_identifier']:,}"
        when = f"{row['as_of']:%Y-%m-%d %H:%M}"
        table.add_row(
            reporting.cut(row["name"]), reporting.cut(row["owner"] or ""), *counts, status, when, row["id"] or ""
        )
    return table


def _show_unidentified(leads: "pl.DataFrame", out: Path | None, *, force: bool) -> None:
    """Name campaign and `_id` of every lead that nothing identifies."""
    if out:
        from leadsieve.simple_jobs import publish_table

        publish_table(leads.rename({"lead_id": "_id"}), out, force=force)
    table = reporting.plain_table("campaign", "_id", "status")
    for row in leads.head(_MOST_LINES).iter_rows(named=True):
        table.add_row(reporting.cut(row["campaign"]), row["lead_id"] or "", row["status"] or "")
    with console.out() as screen:
        if leads.height:
            screen.print(table)
        if leads.height > _MOST_LINES and not out:
            screen.print(f"… {leads.height - _MOST_LINES:,} more; --out FILE writes all of them")
        screen.print(
            f"{counted(leads.height, 'lead')} without an email or a LinkedIn profile{f', written to {out}' if out else ''}."
        )


def diff(
    before: Annotated[
        int | None, typer.Argument(metavar="[A]", help="The earlier snapshot. [default: the last load but one]")
    ] = None,
    after: Annotated[int | None, typer.Argument(metavar="[B]", help="The later one. [default: the last load]")] = None,
    *,
    workspace: options.WorkspaceFile = None,
    out: Out = None,
    force: Force = False,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Show which campaigns and leads came, went or changed between two snapshots."""
    import polars as pl

    changes = options.workspace_of(workspace, lock_timeout).diff(before, after)
    if out:
        from leadsieve.simple_jobs import publish_table

        publish_table(changes.rename({"lead_id": "_id"}), out, force=force)
    is_campaigns = pl.col("what").str.starts_with("campaign_")
    of_campaigns, of_leads = changes.filter(pl.col("lead_id").is_null() & is_campaigns), changes.filter(~is_campaigns)
    with console.out() as screen:
        if of_campaigns.height:
            screen.print(_changed_campaigns(of_campaigns))
            screen.print()
        if of_leads.height:
            screen.print(_changed_leads(of_leads))
        told = (
            f"{counted(of_campaigns.height, 'campaign')} and {counted(of_leads.height, 'lead')} came, went or changed"
        )
        screen.print(f"{told}{f'; written to {out}' if out else ''}.")


_OF_CAMPAIGN = {
    Difference.CAMPAIGN_CAME: "new",
    Difference.CAMPAIGN_WENT: "gone",
    Difference.CAMPAIGN_CHANGED: "changed",
}


def _changed_campaigns(changes: "pl.DataFrame") -> "Table":
    table = reporting.plain_table("campaign", "", "status before", "status after", "id")
    for row in changes.iter_rows(named=True):
        what = _OF_CAMPAIGN[Difference(row["what"])]
        table.add_row(
            reporting.cut(row["campaign"]),
            what,
            row["status_before"] or "",
            row["status_after"] or "",
            row["campaign_id"] or "",
        )
    return table


def _changed_leads(changes: "pl.DataFrame") -> "Table":
    import polars as pl

    kinds = (Difference.CAME, Difference.WENT, Difference.STATUS_CHANGED, Difference.FIELDS_CHANGED)
    counted = changes.group_by("campaign", "campaign_id", maintain_order=True).agg(
        (pl.col("what") == str(kind)).sum().alias(kind) for kind in kinds
    )
    table = reporting.plain_table("campaign", "came", "went", "other status", "other fields", right=range(1, 5))
    for row in counted.iter_rows(named=True):
        table.add_row(reporting.cut(row["campaign"]), *(f"{row[kind]:,}" for kind in kinds))
    return table


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write.")],
    *,
    workspace: options.WorkspaceFile = None,
    snapshot: Annotated[
        int | None, typer.Option("--snapshot", metavar="ID", help="Which one. [default: the newest]")
    ] = None,
    force: Force = False,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Write a snapshot as a folder of CSV files: a backup that `snapshot load DIR` takes back."""
    told = options.workspace_of(workspace, lock_timeout).export(folder, snapshot=snapshot, force=force)
    console.say(
        f"Snapshot {told.snapshot} written to {folder}: {counted(told.leads, 'lead')} of {counted(told.campaigns, 'campaign')}. "
        f"`leadsieve snapshot load {folder}` takes it back."
    )


def advice(
    *,
    workspace: options.WorkspaceFile = None,
    policy: options.PolicyFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Show what to tidy up: finished campaigns, leads active twice, owners who overlap, full or old campaigns."""
    import polars as pl

    chosen = leadsieve.load_policy(policy).with_options(lock_timeout=lock_timeout)
    told = leadsieve.Workspace(workspace or Path(chosen.workspace), lock_timeout=chosen.lock_timeout).advice(chosen)
    with console.out() as screen:
        for kind, title in _TITLES.items():
            lines = told.filter(pl.col("advice") == str(kind))["what_to_do"].to_list()
            reporting.print_list(title, _cut(lines), screen)
        if told.is_empty():
            screen.print("Nothing to tidy up.")


_TITLES = {
    Advice.ARCHIVE: "Campaigns to archive",
    Advice.ACTIVE_TWICE: "People in progress in two campaigns at once",
    Advice.OWNERS_OVERLAP: "Owners whose campaigns overlap",
    Advice.NEAR_LIMIT: "Campaigns near their limit",
    Advice.NOT_LOADED: "Campaigns that were not loaded for long",
}


def _cut(lines: list[str]) -> list[str]:
    more = [f"… {len(lines) - _MOST_LINES:,} more"] if len(lines) > _MOST_LINES else []
    return [*lines[:_MOST_LINES], *more]
