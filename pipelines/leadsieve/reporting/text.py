"""The summary of a run as a person reads it in a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadsieve.counts import counted
from leadsieve.reporting.comparison import modes_table
from leadsieve.reporting.phrases import GOES_IN, WARNINGS, people, reason_in_words, rows
from leadsieve.reporting.screen import cut, plain_table, print_list
from leadsieve.words import Outcome

_MOST_LINES = 12
"""A table of sources or batches is cut here; summary.json has them all."""

_SETTINGS = frozenset({"invalid_email_drop", "multiple_emails_first", "suppressed_by_default", "updates"})
"""The notes that name a setting which would let rows pass."""


def print_summary(summary: Mapping[str, Any], by_outcome: Mapping[str, Mapping[str, int]], console: Console) -> None:
    """Print what goes in, what was held back and why, the three modes, the batches, and what would change it.

    `by_outcome` has the reasons of every outcome with their counts.
    """
    _headline(summary, console)
    console.print(_outcomes(summary, by_outcome))
    console.print()
    console.print(modes_table(summary))
    if len(summary["sources"]) > 1:
        _print_cut(_sources(summary["sources"]), len(summary["sources"]), "sources", console)
    if summary["batches"]:
        _print_cut(_batches(summary["batches"]), len(summary["batches"]), "batches", console)
    _notes(summary, console)


def _headline(summary: Mapping[str, Any], console: Console) -> None:
    snapshot = summary["snapshot"]
    seen = (
        f"snapshot {snapshot['id']} of {snapshot['taken_at'][:16].replace('T', ' ')} UTC"
        if snapshot
        else "no workspace: the list against itself only"
    )
    lines = (
        f", {counted(summary['ignored_lines'], 'line that is no row', 'lines that are no rows')}"
        if summary["ignored_lines"]
        else ""
    )
    console.print()
    console.print(Text(summary["campaign"], style="bold"))
    console.print(f"dedup {summary['dedup']}, {summary['import_mode']}, import by {summary['method']}", style="dim")
    console.print(f"{rows(summary['input_rows'])}, {people(summary['people'])}{lines}; {seen}", style="dim")
    console.print()
    console.print(_goes_in(summary))
    console.print()


def _goes_in(summary: Mapping[str, Any]) -> Text:
    create, update = summary["outcomes"][Outcome.CREATE], summary["outcomes"][Outcome.UPDATE]
    told = [f"{create:,} to create"] if create or not update else []
    told += [f"{update:,} to update"] if update else []
    return Text(f"Ready to import: {' and '.join(told)}.", style="bold green" if create or update else "bold yellow")


def _outcomes(summary: Mapping[str, Any], by_outcome: Mapping[str, Mapping[str, int]]) -> Table:
    table = plain_table("outcome", "rows", "", "why", right=(1, 2))
    for outcome, count in summary["outcomes"].items():
        reasons = by_outcome.get(outcome, {}) if count else {}
        for place, (reason, of_it) in enumerate(reasons.items()):
            table.add_row(
                Text("" if place else outcome, style=_colour(outcome)),
                "" if place else f"{count:,}",
                f"{of_it:,}" if len(reasons) > 1 else "",
                reason_in_words(reason, summary),
            )
    return table


def _colour(outcome: str) -> str:
    if outcome in GOES_IN:
        return "green"
    return "red" if outcome == Outcome.FAILED else "yellow"


def _sources(sources: Sequence[Mapping[str, Any]]) -> Table:
    heads = ("rows", "failed", "people", "known", "sup-\npressed", "new", "duplicate\nrate")
    table = plain_table("source", *heads, right=range(1, 8), title="\nWhat each source brought (people)")
    names = ("rows", "failed", "people", "known_people", "suppressed_people", "new_people")
    for row in sources[:_MOST_LINES]:
        rate = "–" if row["duplicate_rate"] is None else f"{row['duplicate_rate']:.0%}"
        table.add_row(cut(row["source"]), *(f"{row[name]:,}" for name in names), rate)
    return table


def _batches(batches: Sequence[Mapping[str, Any]]) -> Table:
    uploads = ["upload"] if any(b["upload"] > 1 for b in batches) else []
    table = plain_table("rows", "campaign", *uploads, "file", right=(0,), title="\nWhat to import")
    for batch in batches[:_MOST_LINES]:
        upload = [str(batch["upload"])] if uploads else []
        table.add_row(f"{batch['rows']:,}", cut(batch["campaign"]), *upload, cut(batch["file"]))
    return table


def _print_cut(table: Table, count: int, what: str, console: Console) -> None:
    console.print(table)
    if count > _MOST_LINES:
        console.print(f"… {count - _MOST_LINES:,} {what} more, see summary.json", style="dim")


def _notes(summary: Mapping[str, Any], console: Console) -> None:
    settings = [note["text"] for note in summary["advice"] if note["code"] in _SETTINGS]
    others = [note["text"] for note in summary["advice"] if note["code"] not in _SETTINGS]
    warnings = [f"{rows(count)}: {WARNINGS.get(name, name)} (`{name}`)." for name, count in summary["warnings"].items()]
    print_list("Which setting would change it", settings, console)
    troubles = [f"{trouble['text']} {trouble['fix']}" for trouble in summary["troubles"]]
    print_list("What stands in the way, and what to do", troubles, console)
    print_list("Good to know", [*_mended(summary), *others, *warnings], console)


def _mended(summary: Mapping[str, Any]) -> list[str]:
    """Return how many cells were brought to the form that they are recognised by."""
    emails, profiles = (summary["cells"][kind]["mended"] for kind in ("email", "linkedin"))
    if not emails + profiles:
        return []
    return [
        f"{counted(emails, 'email')} and {counted(profiles, 'LinkedIn profile')} were brought to one form (the ledger's `changes` say from what)."
    ]


def print_steps(steps: Iterable[str], folder: Path | None, console: Console) -> None:
    """Print where the run's files are and what to do with them."""
    if folder is None:
        console.print("\nNothing was written (--dry-run).", soft_wrap=True)
        return
    print_list("What to do next", steps, console)
    console.print()
    # A path that is broken over two lines can be neither clicked nor copied.
    console.print(Text.assemble(("Written to ", "bold"), str(folder)), soft_wrap=True)
