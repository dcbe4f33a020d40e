"""`report.html`: a run for people, as one page that needs no network and names nobody unless it is told to."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from leadsieve.reporting import charts
from leadsieve.reporting.colours import DARK, LIGHT, declared
from leadsieve.reporting.figures import Figures, active_elsewhere, figures
from leadsieve.reporting.lemlist_steps import MANAGE_DUPLICATES, file_steps
from leadsieve.reporting.phrases import GOES_IN, WARNINGS, duration, percent, reason_in_words, rows
from leadsieve.reporting.verdicts import WORDS, answer, money, verdicts
from leadsieve.small_html import coded
from leadsieve.words import DedupMode, Outcome

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATE: Final = "page.html"
MOST_LINES, MOST_BARS, MOST_ACROSS, MOST_ROWS = 40, 12, 10, 500
"""How many lines a table shows, a chart bars, a matrix columns, a list rows of leads; the page says what it leaves out."""
LONGEST = 120
"""A name or cell is cut here; the files have it whole."""
_HELD = (Outcome.DUPLICATE, Outcome.IN_PROGRESS, Outcome.SUPPRESSED, Outcome.SKIPPED)


def render_page(ledger: pl.LazyFrame, summary: Mapping[str, Any], policy: Mapping[str, Any]) -> str:
    """Return the page of a run from its ledger, its summary and its policy as plain values (`details`, `prices` …).

    The same three give the same page.
    """
    counted = figures(ledger, summary, prices=policy["prices"])
    return (
        environment()
        .get_template(TEMPLATE)
        .render(
            summary=summary,
            light=declared(LIGHT),
            dark=declared(DARK),
            **_what_goes_in(counted, summary),
            **_elsewhere(ledger, counted, details=policy["details"]),
            **_modes(counted, summary),
            **_sources(counted, summary, policy),
            **_overlap(counted),
            **_batches(counted),
            held=_held(ledger, summary) if policy["details"] else None,
            warnings=[(name, WARNINGS.get(name, name), count) for name, count in summary["warnings"].items()],
            files=file_steps(summary, overwrite=policy["overwrite"]),
            details=policy["details"],
        )
    )


@cache
def environment() -> "Environment":
    """Return what fills the pages' templates in: everything is escaped, nothing may be undefined."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("leadsieve.reporting", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(n=_count, pct=_percent, rows=rows, duration=duration, cut=_cut, coded=_coded, money=_money)
    return made


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _percent(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _cut(text: str | None) -> str:
    shown = text or ""
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _money(amount: float | None) -> str:
    return money(amount, "")


def _coded(text: str) -> "Markup":
    from markupsafe import Markup

    return Markup(coded(text))  # noqa: S704 # `coded` has escaped it


def _what_goes_in(counted: Figures, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outcomes that the run has, each with its reasons in words."""
    reasons = {
        str(outcome): [
            (reason_in_words(reason, summary), count) for of, reason, count in counted.flow.iter_rows() if of == outcome
        ]
        for outcome in Outcome
    }
    outcomes = [(outcome, told) for outcome, told in reasons.items() if told]
    return {
        "outcomes": outcomes,
        "goes_in": sum(summary["outcomes"][outcome] for outcome in GOES_IN),
        "flow": charts.flow(outcomes),
        "narrow_flow": charts.narrow_flow(outcomes),
    }


def _elsewhere(ledger: pl.LazyFrame, counted: Figures, *, details: bool) -> dict[str, Any]:
    """Return the leads that are active elsewhere: counted by campaign and owner, and row by row."""
    lead = _lead() if details else []
    found = active_elsewhere(ledger)
    # Rows that nothing but the other campaign holds back are what one looks for first.
    first = found.sort(pl.col("outcome") != Outcome.IN_PROGRESS, "row").head(MOST_ROWS)
    shown = first.select("row", "campaign", "status", "owner", "outcome", *lead).collect()
    conflicts = _by_campaign(counted.conflicts)
    return {
        "conflicts": conflicts.head(MOST_LINES).to_dicts(),
        "more_conflicts": max(conflicts.height - MOST_LINES, 0),
        "elsewhere": int(counted.conflicts["rows"].sum()),
        "elsewhere_held": int(counted.conflicts["held"].sum()),
        "elsewhere_in": int(counted.conflicts["goes_in"].sum()),
        "elsewhere_rows": shown.to_dicts(),
    }


def _by_campaign(conflicts: pl.DataFrame) -> pl.DataFrame:
    """Return one row a campaign and owner, with the statuses and their rows."""
    grouped = conflicts.group_by("campaign", "owner", maintain_order=True)
    statuses = pl.struct("status", "rows").alias("statuses")
    return grouped.agg(pl.col("rows", "held").sum(), statuses).sort("rows", descending=True, maintain_order=True)


def _lead() -> list[pl.Expr]:
    """Return who a row's lead is: only for a page that may name people."""
    name = pl.concat_str("firstName", "lastName", separator=" ", ignore_nulls=True)
    return [name.alias("name"), pl.col("email"), pl.col("linkedin_url")]


def _held(ledger: pl.LazyFrame, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the leads that were held back, by name; those that are active elsewhere stand above."""
    held = ledger.filter(pl.col("outcome").is_in([str(outcome) for outcome in _HELD]))
    shown = (
        held.select("row", "file", "line", "outcome", "reason", *_lead()).head(MOST_ROWS).collect(engine="streaming")
    )
    return {
        "count": sum(summary["outcomes"][outcome] for outcome in _HELD),
        "rows": [{**row, "why": reason_in_words(row["reason"], summary)} for row in shown.iter_rows(named=True)],
    }


def _modes(counted: Figures, summary: Mapping[str, Any]) -> dict[str, Any]:
    outcomes = [outcome for outcome in Outcome if any(summary["modes"][mode].get(outcome) for mode in DedupMode)]
    return {
        "modes": [str(mode) for mode in DedupMode],
        "lemlist_calls": MANAGE_DUPLICATES,
        "modes_chart": charts.modes(summary["modes"], summary["dedup"]),
        "modes_table": [(o, [summary["modes"][mode].get(o, 0) for mode in DedupMode]) for o in outcomes],
        "differing": [
            {**row, "why": reason_in_words(row["reason"], summary)} for row in counted.differing.iter_rows(named=True)
        ],
    }


def _sources(counted: Figures, summary: Mapping[str, Any], policy: Mapping[str, Any]) -> dict[str, Any]:
    told, currency = counted.sources.to_dicts(), policy["currency"]
    judged = [{**asdict(each), "told": WORDS[each.word]} for each in verdicts(told, currency=currency)]
    found = answer(told)
    return {
        "sources": told[:MOST_LINES],
        "more_sources": max(len(told) - MOST_LINES, 0),
        "priced": any(row["price"] is not None for row in told),
        "currency": currency,
        "verdicts": judged[:MOST_BARS],
        "answer": found and next({**each, "why": found[1]} for each in judged if each["source"] == found[0]),
        "sources_chart": charts.sources(told[:MOST_BARS]),
        "bars_left_out": max(len(told) - MOST_BARS, 0),
        "parts": [(name, words) for name, words in charts.PARTS.items() if any(charts.parts_of(r)[name] for r in told)],
        "failed": _by_source(counted.failed, lambda row: (reason_in_words(row["reason"], summary), row["rows"])),
        "known_from": _by_source(counted.known_from, lambda row: (row["earlier_source"], row["people"])),
        "repeats_of": _by_source(counted.repeats_of, lambda row: (row["earlier_source"], row["rows"])),
    }


def _by_source(frame: pl.DataFrame, told: Any) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return each source with what `told` makes of its rows, the first few."""
    found: dict[str, list[tuple[str, int]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["source"], []).append(told(row))
    return [(source, parts[:MOST_ACROSS]) for source, parts in list(found.items())[:MOST_LINES]]


def _overlap(counted: Figures) -> dict[str, Any]:
    """Return the matrix of the sources with the most people: how many persons of the line's source the column's has too."""
    shared = {(source, other): people for source, other, people in counted.overlap.iter_rows()}
    names = sorted(
        (source for source, other in shared if source == other), key=lambda name: (-shared[name, name], name)
    )
    shown = names[:MOST_ACROSS]
    return {
        "across": shown,
        "overlap": [(name, [_cell(shared, name, other) for other in shown]) for name in shown],
        "overlap_left_out": len(names) - len(shown),
    }


def _cell(shared: Mapping[tuple[str, str], int], source: str, other: str) -> dict[str, Any]:
    people, own = shared.get((source, other), 0), shared[source, source]
    return {"people": people, "share": people / own, "own": source == other}


def _batches(counted: Figures) -> dict[str, Any]:
    fill = counted.fill
    fields = list(dict.fromkeys(fill["field"]))
    filled = {(batch, field): n for batch, field, n, _ in fill.iter_rows()}
    return {
        "batches": [
            {**batch, "fill": [_share(filled.get((number, name), 0), batch["rows"]) for name in fields]}
            for number, batch in enumerate(counted.batches.head(MOST_LINES).to_dicts(), start=1)
        ],
        "more_batches": max(counted.batches.height - MOST_LINES, 0),
        "fields": fields,
        "all_batches": _all_batches(counted, fields),
    }


def _all_batches(counted: Figures, fields: Sequence[str]) -> dict[str, Any]:
    rows_in_all = int(counted.batches["rows"].sum())
    filled = dict(counted.fill.group_by("field").agg(pl.col("filled").sum()).iter_rows())
    return {
        "rows": rows_in_all,
        "api_minutes": float(counted.batches["api_minutes"].sum()),
        "fill": [_share(filled[name], rows_in_all) for name in fields],
    }


def _share(filled: int, of: int) -> dict[str, Any]:
    return {"filled": filled, "share": filled / of if of else 0.0}
