"""What to do with the files of a run."""

import shlex
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from leadsieve.counts import fitting
from leadsieve.reporting.phrases import rows
from leadsieve.words import Outcome

_HELD = (Outcome.DUPLICATE, Outcome.IN_PROGRESS, Outcome.SUPPRESSED, Outcome.SKIPPED)
_MOST_NAMES = 5


def next_steps(
    summary: Mapping[str, Any], folder: Path | None, *, known: Collection[str] | None, workspace: Path | None = None
) -> list[str]:
    """Return what to do next, in order, each in a sentence; nothing for a run that was not published.

    `known` are the campaigns that the workspace has, null where none was asked; `workspace` its file, where a command must name it.
    """
    if folder is None:
        return []
    outcomes = summary["outcomes"]
    steps = _imports(summary, folder, known)
    if outcomes[Outcome.UPDATE]:
        steps.append(f"Import {folder / 'updates.csv'} so that existing leads are updated and none is created.")
    if outcomes[Outcome.FAILED]:
        steps.append(f"Mend {rows(outcomes[Outcome.FAILED])} in {folder / 'failed.csv'} and run that file.")
    if any(outcomes[outcome] for outcome in _HELD):
        command = f"leadsieve why {shlex.quote(str(folder))} ROW"
        steps.append(f"See in {folder / 'excluded.csv'} why each row was held back; `{command}` explains one.")
    if known is not None and summary["batches"]:
        named = f" --workspace {shlex.quote(str(workspace))}" if workspace else ""
        command = f"leadsieve imported {shlex.quote(str(folder))}{named}"
        steps.append(f"Once imported, say `{command}`, so that the next run knows these leads.")
    return steps


_UNKNOWN = ("the workspace does not know it", "the workspace does not know them")


def _imports(summary: Mapping[str, Any], folder: Path, known: Collection[str] | None) -> list[str]:
    wanted = list(dict.fromkeys(batch["campaign"] for batch in summary["batches"]))
    if not wanted:
        return []
    missing = [] if known is None else [name for name in wanted if name not in known]
    what = fitting(len(summary["batches"]), "the file", "each file")
    told = f"Import {what} in {folder / 'batches'} into the campaign named beside it above."
    return [
        *([f"Make {_names(missing)} in lemlist first: {_UNKNOWN[len(missing) > 1]}."] if missing else []),
        told,
        *_of_connections(summary, wanted),
    ]


def _of_connections(summary: Mapping[str, Any], wanted: list[str]) -> list[str]:
    storage = summary["connections"]["campaign"]
    if storage not in wanted:
        return []
    return [f"What goes to {storage} are first-degree LinkedIn connections: they need no invitation."]


def _names(campaigns: list[str]) -> str:
    more = f" and {len(campaigns) - _MOST_NAMES:,} more" if len(campaigns) > _MOST_NAMES else ""
    what = fitting(len(campaigns), "the campaign", "the campaigns")
    return f"{what} {', '.join(campaigns[:_MOST_NAMES])}{more}"
