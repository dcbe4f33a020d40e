"""A run as a small page in Jupyter: counts and bars, no persons."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from leadsieve.reporting.phrases import rows
from leadsieve.words import DedupMode, Outcome

_COLOURS: Mapping[str, str] = {
    Outcome.CREATE: "#2a9d5c",
    Outcome.UPDATE: "#3a7bd5",
    Outcome.DUPLICATE: "#e0a030",
    Outcome.IN_PROGRESS: "#d9662b",
    Outcome.SUPPRESSED: "#8a5ab5",
    Outcome.SKIPPED: "#9aa0a6",
    Outcome.FAILED: "#c8423b",
}
_MOST_LINES = 12
_LEFT, _RIGHT = "text-align:left", "text-align:right"


def render_html(summary: Mapping[str, Any]) -> str:
    """Return the summary as HTML: what goes in, a bar for each dedup mode, sources, batches, what would change it."""
    parts = (
        _headline(summary),
        _bars(summary),
        _sources(summary["sources"]) if len(summary["sources"]) > 1 else "",
        _batches(summary["batches"]),
        _advice(summary["advice"]),
    )
    return f"<div style='max-width:52em'>{''.join(parts)}</div>"


def _headline(summary: Mapping[str, Any]) -> str:
    create, update = summary["outcomes"][Outcome.CREATE], summary["outcomes"][Outcome.UPDATE]
    also = f", {update:,} to update" if update else ""
    snapshot = f"snapshot {summary['snapshot']['id']}" if summary["snapshot"] else "no workspace"
    return (
        f"<h3>{escape(summary['campaign'])}: {create:,} to create{also}</h3>"
        f"<p>{rows(summary['input_rows'])}, {summary['people']:,} people; dedup {summary['dedup']}, "
        f"{summary['import_mode']}, import by {summary['method']}, {snapshot}</p>"
    )


def _bars(summary: Mapping[str, Any]) -> str:
    modes = summary["modes"]
    bars = "".join(
        _bar(mode, modes[mode], summary["input_rows"], chosen=mode == summary["dedup"]) for mode in DedupMode
    )
    # A mode that was not chosen may have outcomes that the run has not; the bars need their colours explained all the same.
    shown = [o for o in Outcome if any(modes[mode].get(o) for mode in DedupMode)]
    legend = " ".join(_key(o, summary["outcomes"][o]) for o in shown)
    return f"<table style='width:100%'>{bars}</table><p>{legend}</p>"


def _bar(mode: str, counts: Mapping[str, int], total: int, *, chosen: bool) -> str:
    parts = "".join(
        f"<div title='{o}: {counts[o]:,}' style='height:1.3em;width:{100 * counts[o] / total:.3f}%;background:{_COLOURS[o]}'></div>"
        for o in Outcome
        if counts.get(o)
    )
    label = f"<b>{mode}</b>" if chosen else mode
    create = counts.get(Outcome.CREATE, 0)
    return (
        f"<tr><td style='width:6em;{_LEFT}'>{label}</td><td><div style='display:flex;width:100%'>{parts}</div></td>"
        f"<td style='width:7em;{_RIGHT}'>create {create:,}</td></tr>"
    )


def _key(outcome: str, count: int) -> str:
    return f"<span style='white-space:nowrap;margin-right:1em'><span style='color:{_COLOURS[outcome]}'>■</span> {outcome} {count:,}</span>"


def _sources(sources: Sequence[Mapping[str, Any]]) -> str:
    heads = ("source", "rows", "failed", "people", "known", "suppressed", "new", "duplicate rate")
    names = ("rows", "failed", "people", "known_people", "suppressed_people", "new_people")
    told = [
        (
            s["source"],
            *(f"{s[n]:,}" for n in names),
            "–" if s["duplicate_rate"] is None else f"{s['duplicate_rate']:.0%}",
        )
        for s in sources
    ]
    return _table("What each source brought", heads, told, texts={0})


def _batches(batches: Sequence[Mapping[str, Any]]) -> str:
    told = [(b["file"], b["campaign"], f"{b['rows']:,}") for b in batches]
    return _table("What to import", ("file", "campaign", "rows"), told, texts={0, 1}) if told else ""


def _table(title: str, heads: Sequence[str], lines: Sequence[Sequence[str]], *, texts: set[int]) -> str:
    shown = "".join(f"<tr>{_cells('td', line, texts)}</tr>" for line in lines[:_MOST_LINES])
    more = f"<p>… {len(lines) - _MOST_LINES:,} more</p>" if len(lines) > _MOST_LINES else ""
    return f"<h4>{title}</h4><table><tr>{_cells('th', heads, texts)}</tr>{shown}</table>{more}"


def _cells(tag: str, cells: Iterable[str], texts: set[int]) -> str:
    return "".join(
        f"<{tag} style='{_LEFT if place in texts else _RIGHT};padding-right:1em'>{escape(cell)}</{tag}>"
        for place, cell in enumerate(cells)
    )


def _advice(notes: Sequence[Mapping[str, Any]]) -> str:
    told = "".join(f"<li>{_coded(note['text'])}</li>" for note in notes)
    return f"<h4>Good to know</h4><ul>{told}</ul>" if told else ""


def _coded(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
