"""What to do in lemlist with each file of a run, with the names of lemlist's own options.

Source: lemlist's help, "How to prevent duplicate leads when importing" (the options of the import, step by step) and
"Import limits: how many leads you can add" (2026).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from leadsieve.batching import api_minutes
from leadsieve.counts import fitting
from leadsieve.limits import registry
from leadsieve.reporting.phrases import duration, rows
from leadsieve.words import DedupMode, ImportMode, Method, Outcome

MANAGE_DUPLICATES: Final[Mapping[str, str]] = {
    DedupMode.CAMPAIGN: "Don't import leads that are already in this campaign",
    DedupMode.ACTIVE: "Don't import leads currently in progress in another campaign",
    DedupMode.WORKSPACE: "Don't import leads that are already part of any campaign in your lemlist team",
}
"""What lemlist calls each dedup mode."""
IMPORT_LEADS: Final[Mapping[str, str]] = {
    ImportMode.CREATE_ONLY: "Create new leads only",
    ImportMode.CREATE_AND_UPDATE: "Create and update leads",
    ImportMode.UPDATE_ONLY: "Update existing leads only",
}
"""What lemlist calls each import mode."""

_CRM = (Method.HUBSPOT, Method.PIPEDRIVE, Method.SALESFORCE)
_HELD = (Outcome.DUPLICATE, Outcome.IN_PROGRESS, Outcome.SUPPRESSED, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSteps:
    """What to do with one kind of file: its name, what to do in a word, the steps in order."""

    file: str
    title: str
    steps: tuple[str, ...]


def file_steps(summary: Mapping[str, Any], *, overwrite: bool) -> list[FileSteps]:
    """Return what to do with each kind of file that the run wrote, in the order in which to do it."""
    return list(_steps(summary, overwrite=overwrite))


def _steps(summary: Mapping[str, Any], *, overwrite: bool) -> Iterator[FileSteps]:
    outcomes = summary["outcomes"]
    if summary["batches"]:
        count = len(summary["batches"])
        name = summary["batches"][0]["file"] if count == 1 else f"batches/ ({count} files)"
        tell = (
            ["Then say `leadsieve imported FOLDER`, so that the next run knows these leads."]
            if summary["snapshot"]
            else []
        )
        yield FileSteps(file=name, title="Import", steps=(*_of_batches(summary), *tell))
    if outcomes[Outcome.UPDATE]:
        yield FileSteps(file="updates.csv", title="Update", steps=_of_updates(overwrite=overwrite))
    if outcomes[Outcome.FAILED]:
        mend = f"Mend {rows(outcomes[Outcome.FAILED])}: the column `what_to_do` says how."
        again = "Run leadsieve on the mended file; it knows its own columns again."
        yield FileSteps(file="failed.csv", title="Mend and run again", steps=(mend, again))
    if any(outcomes[outcome] for outcome in _HELD):
        keep = "These rows were held back; importing them would undo what this run decided."
        look = "Look one up with `leadsieve why FOLDER ROW`: it names what would let the row pass."
        yield FileSteps(file="excluded.csv", title="Do not import", steps=(keep, look))


def _of_batches(summary: Mapping[str, Any]) -> Iterator[str]:
    method, leads = summary["method"], sum(batch["rows"] for batch in summary["batches"])
    each = fitting(len(summary["batches"]), "the file", "each file")
    yield f"Open the campaign that stands beside {each} under Batches; make it first if lemlist does not have it yet."
    if method == Method.API:
        yield f"Add the leads of {each} by the API, one call a lead: about {duration(api_minutes(leads))} at 20 calls in 2 seconds."
    elif method in _CRM:
        yield f"Put the leads of {each} into a list of its own in your CRM and import that list; no campaign then gets more than {_limit(method)} leads."
    elif method == Method.CSV:
        yield from _of_csv(each, summary)
        return
    else:
        yield f"Import the leads of {each} with the Chrome extension, one import a file; no import then has more than {_limit(method)} leads."
    yield f"Where lemlist asks how to manage duplicates, choose “{MANAGE_DUPLICATES[summary['dedup']]}”."


def _limit(method: str) -> str:
    return f"{registry()[Method(method)].limit:,}"


def _of_csv(each: str, summary: Mapping[str, Any]) -> Iterator[str]:
    yield "In its tab Lead list click Import new leads, then CSV import."
    yield f"Under Choose how to import Leads take “{IMPORT_LEADS[ImportMode.CREATE_ONLY]}” and upload {each}."
    yield "Keep the columns as lemlist maps them: they bear lemlist's own names, all others are custom variables."
    yield f"Under Manage duplicates choose “{MANAGE_DUPLICATES[summary['dedup']]}”, which is what this run decided by."
    yield "Compare what lemlist says it imported with the rows under Batches: whoever joined a campaign since the snapshot is the difference."
    uploads = max(batch["upload"] for batch in summary["batches"])
    if uploads > 1:
        total = registry()[Method.CSV].total
        yield f"lemlist takes {total:,} leads a list by CSV: treat uploads 1 to {uploads} as lists of their own."


def _of_updates(*, overwrite: bool) -> tuple[str, ...]:
    values = "let existing values be overwritten" if overwrite else "do not let existing values be overwritten"
    return (
        "Open the campaign that the column `campaign` names; in its tab Lead list click Import new leads, then CSV import.",
        f"Under Choose how to import Leads take “{IMPORT_LEADS[ImportMode.UPDATE_ONLY]}” and upload the file.",
        f"Where lemlist maps the columns, {values}.",
    )
