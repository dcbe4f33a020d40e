"""A run as Jupyter shows it: what goes in, two charts, the sources and batches, what would change it; no persons."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from leadsieve.reporting import charts
from leadsieve.reporting.colours import LIGHT, declared
from leadsieve.reporting.phrases import people, percent, rows
from leadsieve.small_html import html_list, html_table
from leadsieve.words import Outcome

_MOST_BARS = 6
"""A chart of sources is cut here; the table below it goes on."""


def render_html(summary: Mapping[str, Any]) -> str:
    """Return the summary as HTML: what goes in, the dedup modes and the sources as bars, batches, next steps."""
    parts = (
        _headline(summary),
        _modes(summary),
        _sources(summary["sources"]) if len(summary["sources"]) > 1 else "",
        html_table("What to import", *_batches(summary["batches"])) if summary["batches"] else "",
        html_list("What to do next", _next(summary)),
        html_list("Good to know", (note["text"] for note in summary["advice"])),
        html_list("What stands in the way, and what to do", (f"{t['text']} {t['fix']}" for t in summary["troubles"])),
    )
    # Text takes the colour of the notebook's own, whatever its theme.
    return f"<div style='max-width:52em;--ink:currentColor;{declared(LIGHT)}'>{''.join(parts)}</div>"


def _headline(summary: Mapping[str, Any]) -> str:
    create, update = summary["outcomes"][Outcome.CREATE], summary["outcomes"][Outcome.UPDATE]
    also = f", {update:,} to update" if update else ""
    snapshot = f"snapshot {summary['snapshot']['id']}" if summary["snapshot"] else "no workspace"
    return (
        f"<h3>{escape(summary['campaign'])}: {create:,} to create{also}</h3>"
        f"<p>{rows(summary['input_rows'])}, {people(summary['people'])}; dedup {summary['dedup']}, "
        f"{summary['import_mode']}, import by {summary['method']}, {snapshot}</p>"
    )


def _modes(summary: Mapping[str, Any]) -> str:
    counts = summary["modes"]
    # A mode that was not chosen may have outcomes that the run has not; the bars need their colours explained all the same.
    shown = [(o, f"{o} {summary['outcomes'][o]:,}") for o in Outcome if any(of.get(o) for of in counts.values())]
    told = ", ".join(f"{mode}: {of.get(Outcome.CREATE, 0):,} to create" for mode, of in counts.items())
    return _figure(charts.modes(counts, summary["dedup"]), told, shown)


def _figure(chart: str, told: str, keys: Sequence[tuple[str, str]]) -> str:
    legend = " ".join(
        f"<span style='white-space:nowrap;margin-right:1em'><span style='color:var(--{name})'>■</span> {escape(words)}</span>"
        for name, words in keys
    )
    return f"<div role='img' aria-label='{escape(told)}' style='max-width:30em;margin:1em 0 .3em'>{chart}</div><p>{legend}</p>"


def _sources(sources: Sequence[Mapping[str, Any]]) -> str:
    heads = ("source", "rows", "failed", "people", "known", "suppressed", "new", "duplicate rate")
    names = ("source", "rows", "failed", "people", "known_people", "suppressed_people", "new_people")
    lines = [(*(source[name] for name in names), _rate(source)) for source in sources]
    worst = sorted(sources, key=lambda source: 1 if source["duplicate_rate"] is None else source["duplicate_rate"])
    shown = worst[::-1][:_MOST_BARS]
    told = "; ".join(f"{source['source']}: {_rate(source)} duplicates" for source in shown)
    keys = [(name, words) for name, words in charts.PARTS.items() if any(charts.parts_of(s)[name] for s in shown)]
    return html_table("What each source brought", heads, lines) + _figure(charts.sources(shown), told, keys)


def _rate(source: Mapping[str, Any]) -> str:
    return "–" if source["duplicate_rate"] is None else percent(source["duplicate_rate"])


def _batches(batches: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    heads = ("file", "campaign", "rows")
    return heads, [tuple(batch[name] for name in heads) for batch in batches]


def _next(summary: Mapping[str, Any]) -> list[str]:
    held = summary["input_rows"] - sum(summary["outcomes"][o] for o in (Outcome.CREATE, Outcome.UPDATE))
    steps = ['`result.write("out")` publishes the files and a report that opens in a browser.']
    return [*steps, *(["`result.why(row)` says why a row was held back."] if held else [])]
