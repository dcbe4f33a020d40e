"""`validate`: the expectations again, on a published run."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadsieve import reporting
from leadsieve.cli import console, options
from leadsieve.counts import counted
from leadsieve.errors import ValidationError

if TYPE_CHECKING:
    from leadsieve.validation import Result, Verdict


def validate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of a run.")],
    *,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", metavar="FILE", help="The workspace. [default: the one of the run's policy]"),
    ] = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Check a published run again, against its workspace too; nothing in it is changed."""
    from leadsieve.published import changed_files
    from leadsieve.validation import check_published

    with console.progress() as progress:
        progress("Validating")
        verdict = check_published(out, workspace=workspace, lock_timeout=lock_timeout)
    _show(verdict, changed_files(out))
    if not verdict.passed:
        raise ValidationError(verdict.sentence())


def _show(verdict: "Verdict", changed: Iterable[str]) -> None:
    with console.out() as screen:
        if verdict.passed:
            screen.print(verdict.sentence())
        reporting.print_list("What must not be imported like this", _told(verdict.blocking), screen)
        reporting.print_list("What to look at", _told(verdict.warnings), screen)
        reporting.print_list("What is not as the run wrote it, or not there", changed, screen)
        if verdict.skipped:
            reasons = "; ".join(sorted({str(each.skipped) for each in verdict.skipped}))
            few = counted(len(verdict.skipped), "check does not apply", "checks do not apply")
            screen.print(f"\n{few}: {reasons}.")


def _told(results: Iterable["Result"]) -> Iterator[str]:
    """Yield each result in words: what does not hold, and where."""
    for each in results:
        rows = f"rows {', '.join(str(row) for row in each.rows)}" if each.rows else ""
        where = "; ".join(filter(None, [rows, *each.places, each.error]))
        yield f"{each.table}: {each.description}" + (f" ({where})" if where else "")
