"""`deleted`: leads that somebody deleted in lemlist, and that a list may bring back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadsieve import reporting
from leadsieve.cli import console, options
from leadsieve.counts import counted, fitting
from leadsieve.words import DeletionState

if TYPE_CHECKING:
    from rich.table import Table

    from leadsieve import Workspace

app = typer.Typer(help="Leads that were deleted in lemlist, and that a list may bring back.", no_args_is_help=True)

_STATES = {
    DeletionState.IN_FORCE: "deleted",
    DeletionState.TO_CONFIRM: "to confirm",
    DeletionState.PUT_BACK: "put back since",
    DeletionState.LIFTED: "lifted",
}


@app.command("list")
def list_deleted(*, workspace: options.WorkspaceFile = None, lock_timeout: options.LockTimeout = None) -> None:
    """Count the deleted leads by campaign, source and the load that missed them; `deleted export` writes them out."""
    with console.out() as screen:
        screen.print(_counted(options.workspace_of(workspace, lock_timeout)))


def _counted(place: "Workspace") -> "Table":
    table = reporting.plain_table("leads", "campaign", "source", "missed", "snapshot", "state", right=(0, 4))
    for row in place.deleted.iter_rows(named=True):
        names = reporting.cut(row["campaign"]), reporting.cut(row["source"] or "")
        table.add_row(
            f"{row['leads']:,}", *names, f"{row['missed']:%Y-%m-%d}", str(row["snapshot"]), _STATES[row["state"]]
        )
    return table


@app.command("confirm")
def confirm(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign, by name or id.")],
    *,
    workspace: options.WorkspaceFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Say that the many leads which a campaign lost at once were deleted."""
    count = options.workspace_of(workspace, lock_timeout).confirm_deleted(campaign)
    console.say(f"{counted(count, 'lead')} of {campaign} {fitting(count, 'counts', 'count')} as deleted.")


@app.command("lift")
def lift(
    values: Annotated[
        list[str], typer.Argument(metavar="VALUE...", help="Emails, LinkedIn profiles, `_id`s of leads.")
    ],
    *,
    workspace: options.WorkspaceFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Let leads come back: take their deletion back."""
    count = options.workspace_of(workspace, lock_timeout).lift_deleted(*values)
    console.say(f"{counted(count, 'deletion')} lifted.")


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file to write.")],
    *,
    workspace: options.WorkspaceFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Write the deleted leads to a CSV file, to mark them in the CRM that brings them back."""
    import polars as pl

    from leadsieve.simple_jobs import publish_table

    leads = options.workspace_of(workspace, lock_timeout).deleted_leads
    told = leads.rename({"lead_id": "_id", "linkedin_url": "linkedinUrl"})
    days = pl.col("last_seen", "missed").dt.strftime("%Y-%m-%d")
    publish_table(told.with_columns(days), file, force=force)
    console.say(f"{counted(leads.height, 'deleted lead')} written to {file}.")
