"""`suppress`: who must not be written to."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

import leadsieve
from leadsieve import reporting
from leadsieve.cli import console, options
from leadsieve.counts import counted, fitting
from leadsieve.reporting.phrases import rows

if TYPE_CHECKING:
    from leadsieve import Policy, Workspace
    from leadsieve.suppress_values import ColumnValue
    from leadsieve.workspace import Added

app = typer.Typer(help="Who must not be written to, whatever the dedup mode.", no_args_is_help=True)

PhoneRegion = Annotated[
    str | None, typer.Option("--phone-region", metavar="CC", help="The country of phones without +, such as FR.")
]


_NOBODY: Final = "Nobody in {file} is opted out by these columns. If all its rows are opt-outs, call the column that names them `value` and add it again."


@app.command("add")
def add(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A list with a column `value` (email, @domain, LinkedIn, phone, hash), or a CRM's export whose columns say who opted out.",
        ),
    ],
    *,
    workspace: options.WorkspaceFile = None,
    hashed: Annotated[bool, typer.Option("--hash", help="Keep keyed hashes instead of the emails.")] = False,
    allow_partial: Annotated[bool, typer.Option("--allow-partial", help="Leave out rows that cannot be read.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also suppress everyone at a provider of free mailboxes or a public suffix.")
    ] = False,
    phone_region: PhoneRegion = None,
    mapped: options.Mapped = None,
    policy_file: options.PolicyFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Add a file's opt-outs, all or nothing."""
    policy = options.with_mapping(_policy(policy_file, phone_region, lock_timeout), mapped)
    place = _place(workspace, policy)
    added = place.suppress(file, hashed=hashed, allow_partial=allow_partial, force=force, policy=policy)
    console.say(_told(added))
    if added.values:
        _say_values(added.values)
    if added.not_opted_out and not (added.added or added.known):
        console.warn(_NOBODY.format(file=file))


def _told(added: "Added") -> str:
    text = f"{counted(added.added, 'opt-out')} added, {added.known:,} {fitting(added.known, 'was', 'were')} known"
    if added.unreadable:
        text += f", {rows(added.unreadable)} could not be read and {fitting(added.unreadable, 'was', 'were')} left out"
    if added.columns:
        text += f", {rows(added.not_opted_out)} not opted out by {', '.join(f'`{column}`' for column in added.columns)}"
    return f"{text}."


_MOST_VALUES: Final = 10
"""Of a column so many values that count as an opt-out are shown, and so many that do not."""

_TO_TEACH: Final = (
    "If a value that is no opt-out here should be one, add it to the words of its column under `suppress_columns` in the policy "
    "(`leadsieve init` writes one that has them all) and add the file again."
)


def _say_values(values: "Sequence[ColumnValue]") -> None:
    """Show which values count as an opt-out and which do not, and what to do about one that should."""
    table = reporting.plain_table("column", "value", "rows", "counts as", right=(2,))
    for column in dict.fromkeys(value.column for value in values):
        of_it = [value for value in values if value.column == column]
        for them in ([v for v in of_it if v.reason], [v for v in of_it if not v.reason]):
            for value in them[:_MOST_VALUES]:
                named = value.value or "(not shown: long, rare or personal)"
                table.add_row(
                    reporting.cut(column), reporting.cut(named), f"{value.rows:,}", value.reason or "no opt-out"
                )
            if more := them[_MOST_VALUES:]:
                in_rows = sum(value.rows for value in more)
                table.add_row(
                    reporting.cut(column), f"… {len(more):,} more", f"{in_rows:,}", more[0].reason or "no opt-out"
                )
    with console.out() as screen:
        screen.print(table)
        if any(value.reason is None for value in values):
            screen.print(_TO_TEACH)


@app.command("list")
def list_suppressed(*, workspace: options.WorkspaceFile = None, lock_timeout: options.LockTimeout = None) -> None:
    """Count the opt-outs by kind, reason and file; `suppress export` writes them out."""
    entries = options.workspace_of(workspace, lock_timeout).suppressed
    counted = entries.group_by("kind", "reason", "came_from").len().sort("kind", "reason", "came_from")
    for kind, reason, came_from, count in counted.iter_rows():
        console.say(f"{count:>8,}  {kind}, {reason}, from {came_from}")
    console.say(f"{entries.height:>8,}  in all")


@app.command("remove")
def remove(
    values: Annotated[
        list[str], typer.Argument(metavar="VALUE...", help="Emails, @domains, LinkedIn profiles, phones, hashes.")
    ],
    *,
    workspace: options.WorkspaceFile = None,
    phone_region: PhoneRegion = None,
    policy_file: options.PolicyFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Remove opt-outs by what they name."""
    policy = _policy(policy_file, phone_region, lock_timeout)
    removed = _place(workspace, policy).remove_suppressed(*values, policy=policy)
    console.say(f"{counted(removed, 'opt-out')} removed.")


@app.command("erase")
def erase(
    emails: Annotated[list[str], typer.Argument(metavar="EMAIL...", help="Emails that are to be kept as hashes.")],
    *,
    workspace: options.WorkspaceFile = None,
    policy_file: options.PolicyFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Keep keyed hashes in the place of emails: the addresses go, their persons are still held back."""
    policy = _policy(policy_file, None, lock_timeout)
    told = _place(workspace, policy).erase_suppressed(*emails, policy=policy)
    absent = f"; {told.absent:,} stood there in no opt-out" if told.absent else ""
    console.say(
        f"{counted(told.erased, 'email is', 'emails are')} kept as {fitting(told.erased, 'a hash', 'hashes')} now{absent}."
    )


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file to write.")],
    *,
    workspace: options.WorkspaceFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Write all opt-outs to a CSV file that `suppress add` reads again."""
    from leadsieve.simple_jobs import publish_table

    entries = options.workspace_of(workspace, lock_timeout).export_suppressed()
    publish_table(entries, file, force=force)
    console.say(f"{counted(entries.height, 'opt-out')} written to {file}.")


def _policy(file: Path | None, phone_region: str | None, lock_timeout: float | None) -> "Policy":
    return leadsieve.load_policy(file).with_options(phone_region=phone_region, lock_timeout=lock_timeout)


def _place(workspace: Path | None, policy: "Policy") -> "Workspace":
    return leadsieve.Workspace(workspace or Path(policy.workspace), lock_timeout=policy.lock_timeout)
