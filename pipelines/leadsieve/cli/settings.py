"""`limits` and `init`: what can be set, and what cannot."""

from pathlib import Path
from typing import Annotated

import typer

from leadsieve import reporting
from leadsieve.cli import console
from leadsieve.errors import OutputError, UsageError


def limits() -> None:
    """Show how many leads every import method takes, with the source of the figure."""
    from leadsieve.limits import registry

    table = reporting.plain_table("method", "limit", "counted by", "in all", "call a lead", "as of", right=(1, 3))
    for rule in registry().values():
        total = f"{rule.total:,}" if rule.total else ""
        call = "yes" if rule.call_per_lead else "no"
        table.add_row(str(rule.method), f"{rule.limit:,}", rule.counts, total, call, str(rule.as_of))
    with console.out() as screen:
        screen.print(table)
        reporting.print_list("Sources", (f"{rule.method}: {rule.source}" for rule in registry().values()), screen)


def init(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="The policy file to write.")] = Path("leadsieve.toml"),
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Write a policy file with every setting explained and at its default."""
    from leadsieve.policy import policy_template

    if file.exists() and not force:
        msg = f"{file} exists already. Name another file, or replace it with --force."
        raise UsageError(msg)
    try:
        file.write_text(policy_template(), "utf-8")
    except OSError as error:
        msg = f"{file} cannot be written ({error.strerror}). Name another file."
        raise OutputError(msg) from error
    console.say(f"Wrote {file}. Every setting stands there at its default; change what you need.")
