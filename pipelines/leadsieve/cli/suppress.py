"""`suppress`: who must not be written to."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from leadsieve.cli import console, options
from leadsieve.policy import load_policy
from leadsieve.simple_jobs import publish_table

app = typer.Typer(help="Who must not be written to, whatever the dedup mode.", no_args_is_help=True)


@app.command("add")
def add(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A file with a column `value` (email, @domain, LinkedIn, phone), perhaps `reason`, `source`.",
        ),
    ],
    *,
    workspace: options.WorkspaceFile = None,
    allow_partial: Annotated[bool, typer.Option("--allow-partial", help="Leave out rows that cannot be read.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also suppress everyone at a provider of free mailboxes.")
    ] = False,
    phone_region: Annotated[
        str | None, typer.Option("--phone-region", metavar="CC", help="The country of phones without +, such as FR.")
    ] = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Add a file's opt-outs, all or nothing."""
    region = load_policy(None).phone_region if phone_region is None else phone_region
    place = options.workspace_of(workspace, lock_timeout)
    added = place.suppress(file, allow_partial=allow_partial, force=force, phone_region=region)
    left_out = f", {added.unreadable:,} rows could not be read and were left out" if added.unreadable else ""
    console.say(f"{added.added:,} opt-outs added, {added.known:,} were known{left_out}.")


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
        list[str], typer.Argument(metavar="VALUE...", help="Emails, @domains, LinkedIn profiles, phones.")
    ],
    *,
    workspace: options.WorkspaceFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Remove opt-outs by what they name."""
    removed = options.workspace_of(workspace, lock_timeout).remove_suppressed(*values)
    console.say(f"{removed:,} opt-outs removed.")


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file to write.")],
    *,
    workspace: options.WorkspaceFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Write all opt-outs to a CSV file that `suppress add` reads again."""
    entries = options.workspace_of(workspace, lock_timeout).suppressed
    publish_table(entries.select(_value(), "reason", source="came_from"), file, force=force)
    console.say(f"{entries.height:,} opt-outs written to {file}.")


def _value() -> pl.Expr:
    return pl.when(pl.col("kind") == "domain").then("@" + pl.col("value")).otherwise("value").alias("value")
