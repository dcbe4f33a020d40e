"""`snapshot`: campaign exports into the workspace."""

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

import leadsieve
from leadsieve.cli import console, history, options
from leadsieve.counts import counted, fitting
from leadsieve.errors import UsageError
from leadsieve.resources import tell_polars

if TYPE_CHECKING:
    from leadsieve import Workspace
    from leadsieve.workspace import Departure, Loaded, Unshown

app = typer.Typer(help="The workspace's campaigns and who is in them.", no_args_is_help=True)


@app.callback()
def _snapshot() -> None:
    """Load and look at snapshots."""


@app.command("load")
def load(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Exports: one file a campaign, or a column `campaign`. Or a backup's folder."
        ),
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
    account: Annotated[
        str, typer.Option("--account", metavar="NAME", help="Whose connections a LinkedIn Connections.csv has.")
    ] = "",
    lock_timeout: options.LockTimeout = None,
    memory: options.Memory = None,
    threads: options.Threads = None,
) -> None:
    """Load campaign exports as the workspace's next snapshot, all or nothing; LinkedIn's Connections.csv goes beside it."""
    policy = leadsieve.load_policy(None).with_options(memory=memory, threads=threads)
    tell_polars(policy.threads)
    place = options.workspace_of(workspace, lock_timeout)
    moment = _moment(taken_at) if taken_at else None
    loaded = place.load(
        *files,
        campaigns=campaigns,
        campaign=campaign,
        taken_at=moment,
        complete=complete,
        account=account,
        policy=policy,
    )
    if loaded.snapshot is not None:
        _say_snapshot(loaded, place)
    if loaded.connections or loaded.snapshot is None:
        unnamed = (
            f", {loaded.unnamed_connections:,} of them with nothing to recognise them by"
            if loaded.unnamed_connections
            else ""
        )
        console.say(
            f"{counted(loaded.connections, 'LinkedIn connection')}{f' of {account}' if account else ''}{unnamed}."
        )


def _say_snapshot(loaded: "Loaded", place: "Workspace") -> None:
    if loaded.known:
        console.say(
            f"These exports are snapshot {loaded.snapshot} of {loaded.taken_at:%Y-%m-%d %H:%M} UTC already, so nothing was loaded; "
            "say --taken-at if they were exported anew."
        )
        return
    console.say(
        f"Snapshot {loaded.snapshot} of {loaded.taken_at:%Y-%m-%d %H:%M} UTC in {place.path}: {counted(loaded.memberships, 'lead')} of "
        f"{counted(loaded.campaigns, 'campaign')}, {loaded.came:,} new, {loaded.left:,} gone, {loaded.changed:,} changed."
    )
    if loaded.new_campaigns:
        console.say(_new_in_the_workspace(loaded.new_campaigns))
    if loaded.no_identifier:
        console.say(
            f"{counted(loaded.no_identifier, 'lead has', 'leads have')} neither an email nor a LinkedIn profile and cannot be recognised; "
            f"`leadsieve snapshot list --unidentified` names {fitting(loaded.no_identifier, 'it', 'them')}."
        )
    for departure in loaded.departures:
        console.say(_deleted(departure))
    for file in loaded.like_lists:
        console.warn(_like_a_list(file, _undo(loaded.snapshot, place)))
    for unshown in loaded.unshown:
        console.warn(_new_again(unshown, loaded.snapshot))


def _deleted(departure: "Departure") -> str:
    """Say how many leads of a campaign somebody deleted, and what to do where that must be confirmed."""
    one = departure.gone == 1
    gone = f"{departure.gone:,} of {counted(departure.before, 'lead')} of {departure.campaign} {'was' if one else 'were'} deleted in lemlist"
    if departure.confirmed:
        return f"{gone}; a run warns when a list brings {'it' if one else 'them'} back (`leadsieve deleted list`)."
    return (
        f"{departure.gone:,} of {departure.before:,} leads of {departure.campaign} are missing at once: a filtered export, or a rollback? "
        f"If they were deleted, say `leadsieve deleted confirm {shlex.quote(departure.campaign)}`; else export the whole campaign and load it again."
    )


_MOST_NAMES = 5
"""Of the campaigns that are new so many are named; `snapshot list` has them all."""


def _new_in_the_workspace(names: "Sequence[str]") -> str:
    from leadsieve.reporting.phrases import among

    more = len(names) - _MOST_NAMES
    told = among([*names[:_MOST_NAMES], f"{more:,} more"] if more > 0 else names)
    return f"New in the workspace: {counted(len(names), 'campaign')}, {told}."


def _like_a_list(file: str, undo: str) -> str:
    return (
        f"{file} has neither a column `_id` nor one for the status of its leads: it looks like a list of leads and not like a campaign's export, "
        f"and everybody in it counts as active in a campaign now. If it is a list, {undo}, and give it to `leadsieve run`."
    )


def _undo(snapshot: int | None, place: "Workspace") -> str:
    """Return how the load is taken back; the only snapshot cannot be dropped."""
    if place.snapshots.height > 1:
        return f"take it back with `leadsieve snapshot drop {snapshot}`"
    return "load all exports of your campaigns with --complete in its place"


def _new_again(unshown: "Unshown", snapshot: int | None) -> str:
    """Say how many imported leads the load took out of a campaign, and how they come back where the exports were older."""
    one = unshown.leads == 1
    return (
        f"{counted(unshown.leads, 'lead')} that you said {'was' if one else 'were'} imported into {unshown.campaign} {'is' if one else 'are'} in none of these exports, "
        f"so from now on a run takes {'it' if one else 'them'} for new again. If the exports were made before the import, say `leadsieve snapshot drop {snapshot}` and load them "
        "with --taken-at and the time when they were made, or load newer ones (docs/time.md)."
    )


def _moment(text: str) -> datetime:
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"--taken-at {text} is no ISO time. Write for example 2026-11-22T06:00."
        raise UsageError(msg) from error
    return told if told.tzinfo else told.replace(tzinfo=UTC)


@app.command("drop")
def drop(
    snapshots: Annotated[
        list[int] | None, typer.Argument(metavar="[ID...]", help="The snapshots, by their numbers.")
    ] = None,
    *,
    connections: Annotated[
        bool, typer.Option("--connections", help="Remove the LinkedIn connections instead, of --account or all.")
    ] = False,
    account: Annotated[str | None, typer.Option("--account", metavar="NAME", help="Whose connections.")] = None,
    workspace: options.WorkspaceFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Remove snapshots; all others keep exactly what they hold."""
    place = options.workspace_of(workspace, lock_timeout)
    if connections is bool(snapshots) or (account is not None and not connections):
        msg = "Name the snapshots to drop by their numbers, or say --connections, perhaps with --account."
        raise UsageError(msg)
    if not snapshots:
        console.say(f"The LinkedIn connections of {counted(place.drop_connections(account), 'account')} dropped.")
        return
    told = place.drop(*snapshots)
    named = ", ".join(str(number) for number in told.snapshots)
    only = counted(told.memberships, "state of a lead", "states of leads") if told.memberships else "nothing"
    console.say(
        f"Removed {fitting(len(told.snapshots), 'snapshot', 'snapshots')} {named}, and {only} that no other snapshot shows."
    )


app.command("list")(history.list_snapshots)
app.command("diff")(history.diff)
app.command("export")(history.export)
app.command("advice")(history.advice)
