"""`snapshot`: campaign exports into the workspace."""

from datetime import UTC, datetime
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from leadsieve.cli import console, options
from leadsieve.errors import UsageError
from leadsieve.policy import load_policy
from leadsieve.reporting import cut, plain_table

app = typer.Typer(help="The workspace's campaigns and who is in them.", no_args_is_help=True)


@app.callback()
def _snapshot() -> None:
    """Load and look at snapshots."""


@app.command("load")
def load(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Exports: one file a campaign, or a column `campaign`.")
    ],
    *,
    workspace: options.WorkspaceFile = None,
    campaigns: Annotated[
        str | None,
        typer.Option("--campaigns", metavar="FILE", help="A file with id, name, owner, status, archived of each."),
    ] = None,
    campaign: Annotated[
        str | None,
        typer.Option("--campaign", metavar="NAME", help="The campaign's name, where the file is not called by it."),
    ] = None,
    taken_at: Annotated[
        str | None,
        typer.Option("--taken-at", metavar="TIME", help="When the exports were made (ISO, UTC). [default: now]"),
    ] = None,
    complete: Annotated[bool, typer.Option("--complete", help="There are no other campaigns.")] = False,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Load campaign exports as the workspace's next snapshot, all or nothing."""
    place = options.workspace_of(workspace, lock_timeout)
    mappings = load_policy(None).mappings
    moment = _moment(taken_at) if taken_at else None
    loaded = place.load(
        *files, campaigns=campaigns, campaign=campaign, taken_at=moment, complete=complete, mappings=mappings
    )
    console.say(
        f"Snapshot {loaded.snapshot} of {loaded.taken_at:%Y-%m-%d %H:%M} UTC in {place.path}: {loaded.memberships:,} leads of "
        f"{loaded.campaigns} campaigns, {loaded.came:,} new or changed, {loaded.left:,} gone or changed."
    )
    if loaded.no_identifier:
        console.say(
            f"{loaded.no_identifier:,} leads have neither an email nor a LinkedIn profile and cannot be recognised."
        )


def _moment(text: str) -> datetime:
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"--taken-at {text} is no ISO time. Write for example 2026-11-22T06:00."
        raise UsageError(msg) from error
    return told if told.tzinfo else told.replace(tzinfo=UTC)


@app.command("list")
def list_snapshots(*, workspace: options.WorkspaceFile = None, lock_timeout: options.LockTimeout = None) -> None:
    """Show the snapshots, the newest last, and the newest's campaigns."""
    place = options.workspace_of(workspace, lock_timeout)
    snapshots, campaigns = place.snapshots, place.campaigns
    with console.out() as screen:
        screen.print(_snapshots(snapshots))
        screen.print()
        screen.print(_campaigns(campaigns))


def _snapshots(snapshots: pl.DataFrame) -> Table:
    table = plain_table("snapshot", "taken at (UTC)", "campaigns", "leads", right=(0, 2, 3))
    for row in snapshots.iter_rows(named=True):
        told = f"{row['taken_at']:%Y-%m-%d %H:%M}", f"{row['campaigns']:,}", f"{row['memberships']:,}"
        table.add_row(str(row["id"]), *told)
    return table


def _campaigns(campaigns: pl.DataFrame) -> Table:
    table = plain_table("campaign", "leads", "status", "as of", "id", right=(1,))
    for row in campaigns.iter_rows(named=True):
        status = "archived" if row["archived"] else row["status"] or ""
        table.add_row(cut(row["name"]), f"{row['leads']:,}", status, f"{row['as_of']:%Y-%m-%d}", row["id"] or "")
    return table
