"""`imported`: the batches of a run were imported."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadsieve.cli import console, options
from leadsieve.counts import counted, fitting

if TYPE_CHECKING:
    from leadsieve.workspace import Imported


def imported(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of the run.")],
    *,
    batch: Annotated[
        list[int] | None,
        typer.Option("--batch", metavar="N", min=1, help="Only this batch; may be given several times."),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back: the batches were not imported.")] = False,
    workspace: options.WorkspaceFile = None,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Say that a run's batches were imported: until a load brings their campaigns, their leads count as scheduled there."""
    place = options.workspace_of(workspace, lock_timeout)
    told = place.imported(out, batches=batch or (), undo=undo)
    for sentence in _undone(told, out) if undo else _counted(told, place.path):
        console.say(sentence)
    if not undo:
        for name in told.changed:
            console.warn(
                f"{out / name} is not as the run wrote it. The leads that the run put there count, whatever was changed."
            )


def _counted(told: "Imported", workspace: Path) -> Iterator[str]:
    if told.snapshot:
        yield (
            f"Snapshot {told.snapshot} in {workspace}: {counted(told.leads, 'lead')} of {_batches(told.batches)} {fitting(told.leads, 'counts', 'count')} as scheduled in "
            f"{', '.join(told.campaigns)}, until a load brings {fitting(len(told.campaigns), 'it', 'them')}."
        )
    if told.already:
        yield f"Told of before, not counted twice: {_batches(told.already)}."


def _undone(told: "Imported", out: Path) -> Iterator[str]:
    if told.snapshot:
        yield f"Snapshot {told.snapshot}: {counted(told.leads, 'lead')} of {_batches(told.batches)} no longer {fitting(told.leads, 'counts', 'count')} as imported."
    if told.never:
        yield f"Nothing to take back: `leadsieve imported {shlex.quote(str(out))}` was never said of {_batches(told.never)}."
    if told.undone:
        yield f"Nothing to take back: {_batches(told.undone)} {'was' if len(told.undone) == 1 else 'were'} taken back already."
    if told.overtaken:
        yield f"Nothing to take back: the campaign of {_batches(told.overtaken)} has been loaded since, and its export stands."


def _batches(numbers: Sequence[int]) -> str:
    what = fitting(len(numbers), "batch", "batches")
    return f"{what} {', '.join(str(number) for number in numbers)}"
