"""The report over runs as titled tables, the same on the screen, as Markdown and as HTML."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadsieve.counts import counted
from leadsieve.reporting import charts
from leadsieve.reporting.colours import DARK, LIGHT, declared
from leadsieve.reporting.over_runs import Runs, added_up, deleted_again, duplicate_rates, shared_people
from leadsieve.reporting.page import MOST_ACROSS, MOST_BARS, MOST_LINES, environment
from leadsieve.reporting.phrases import REASONS, percent
from leadsieve.reporting.screen import cut, plain_table
from leadsieve.reporting.verdicts import HALF, WORDS, answer, money, verdicts
from leadsieve.words import ReportBy, Span

TEMPLATE: Final = "over_runs.html"
_TITLE: Final = "Duplicate rates by {by}"
_FIGURES: Final = {
    "duplicate_rate": "rate",
    "valid": "valid rows",
    "people": "people",
    "known_people": "known",
    "new_people": "new",
    "repeats": "repeats",
    "create": "to create",
}
"""The columns of the tables, each rate beside its counts."""
_DETAILS: Final = {
    "active_people": "active elsewhere",
    "suppressed_people": "suppressed",
    "shared_people": "in another source",
    "exclusive_people": "only here",
    "only_new_people": "new, only here",
    "failed": "failed rows",
}
_COSTS: Final = {"price": "price", "cost_per_new": "per new person", "cost_per_created": "per lead to create"}
_NOT_KNOWN: Final = "(not known)"
_CRM: Final = (
    "In the CRM, take them out of the list, filter or view that feeds lemlist.",
    'Or mark them there (such as "Do Not Contact" or "Unsubscribed") and let the filter of the list or of the integration leave such contacts out.',
    "`leadsieve deleted export FILE` writes who they are; `crm_sources` in the policy names the sources that a CRM feeds, and holds back here what these bring again.",
)
"""What help article 7978304 says to change, questions "Why do deleted leads keep reappearing" and "CRM integration keeps re-importing"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A title, a table of told cells (the first `names` columns are texts, the others numbers) and what to know of it."""

    title: str
    heads: Sequence[str] = ()
    lines: Sequence[Sequence[str]] = ()
    names: int = 1
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A report over runs, ready to be written: `figures` are those of the whole time."""

    title: str
    about: str
    sections: Sequence[Section]
    figures: pl.DataFrame


def tell(
    runs: Runs, *, by: ReportBy = ReportBy.SOURCE, per: Span | None = None, prices: Mapping[str, float], currency: str
) -> Told:
    """Return what the runs brought in sections; `per` is the trend's step, else the finest of which all lines are shown."""
    figures = duplicate_rates(runs, by=by, prices=prices)
    trend = _steps(runs, by, per)
    rows = figures.to_dicts()
    sections = [
        *(_worth(runs, rows, currency) if by is ReportBy.SOURCE else ()),
        _brought(rows, runs, by=by, currency=currency),
        _details(rows, by=by),
        *(_trend(trend, by=by) if trend["period"].n_unique() > 1 and (per or by is not ReportBy.DAY) else ()),
        *(_of_sources(runs) if by is ReportBy.SOURCE else ()),
        *(_active_elsewhere(runs) if by in (ReportBy.CAMPAIGN, ReportBy.OWNER) else ()),
    ]
    return Told(title=_TITLE.format(by=by), about=_about(runs), sections=sections, figures=figures)


def _about(runs: Runs) -> str:
    first, last = runs.days
    when = f"of {first}" if first == last else f"from {first} to {last}"
    campaigns = runs.brought["campaign"].n_unique()
    return f"{counted(runs.count, 'run')} {when} (UTC), for {counted(campaigns, 'campaign')}{', as the workspace recorded them' if runs.recorded else ''}."


# --------------------------------------------------------------------------------------------------------------- sections


def _worth(runs: Runs, rows: Sequence[Mapping[str, Any]], currency: str) -> list[Section]:
    """Say which source to stop paying for; of one published run also what to think of each."""
    found = answer(rows)
    told = [_stop(found, rows)] if found else []
    if runs.count == 1 and not runs.recorded:
        judged = verdicts(rows, currency=currency)
        lines = [(each.source, WORDS[each.word], each.sentence) for each in judged]
        told.append(Section(title="What each source is worth", heads=("source", "", "why"), lines=lines, names=3))
    return told


def _stop(found: tuple[str, str], rows: Sequence[Mapping[str, Any]]) -> Section:
    source, why = found
    rate = next(row["duplicate_rate"] for row in rows if row["source"] == source)
    fine = rate is not None and rate < HALF
    said = f"None has to go; of all, {why}" if fine else f"{why[0].upper()}{why[1:]}"
    told = "not one valid row" if rate is None else f"{percent(rate)} duplicates"
    return Section(
        title="Which source should we stop paying for?",
        heads=("source", "why"),
        lines=[(source, f"{said} ({told}).")],
        names=2,
    )


def _brought(rows: Sequence[Mapping[str, Any]], runs: Runs, *, by: ReportBy, currency: str) -> Section:
    priced = any(row["price"] is not None for row in rows)
    return Section(
        title=f"What each {by} brought, the worst duplicate rate first",
        heads=(str(by), "runs", *_FIGURES.values(), *(_COSTS.values() if priced else ())),
        lines=_cut(
            [
                (_name(row[by]), f"{row['runs']:,}", *_figures(row), *_costs(row, currency, priced=priced))
                for row in rows
            ]
        ),
        notes=(*_rate_notes(runs, by=by, priced=priced), *_left_out(len(rows))),
    )


def _details(rows: Sequence[Mapping[str, Any]], *, by: ReportBy) -> Section:
    told = {name: head for name, head in _DETAILS.items() if all(row[name] is not None for row in rows)}
    lines = [(_name(row[by]), *(f"{row[name]:,}" for name in told)) for row in rows]
    return Section(title="Who they are, and what failed", heads=(str(by), *told.values()), lines=_cut(lines))


def _figures(row: Mapping[str, Any]) -> list[str]:
    return [_rate(row["duplicate_rate"]), *(f"{row[name]:,}" for name in list(_FIGURES)[1:])]


def _costs(row: Mapping[str, Any], currency: str, *, priced: bool) -> list[str]:
    return [money(row[name], currency) for name in _COSTS] if priced else []


def _rate(rate: float | None) -> str:
    return "–" if rate is None else percent(rate)


def _name(text: str | None) -> str:
    return text or _NOT_KNOWN


def _cut(lines: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    return lines[:MOST_LINES]


def _left_out(count: int) -> list[str]:
    return [f"{count - MOST_LINES:,} more; `--format csv` has them all."] if count > MOST_LINES else []


def _rate_notes(runs: Runs, *, by: ReportBy, priced: bool) -> list[str]:
    alone = (
        "Each source is judged alone"
        if by is ReportBy.SOURCE
        else "Each source of a run is judged alone and then added up"
    )
    notes = [
        f"The rate of duplicates is the share of the valid rows that did not bring a person whom the workspace lacked. {alone}."
    ]
    if runs.count > 1:
        notes.append(
            "A person counts once for each run and source, so people add up to more than there are; rates are made of these sums."
        )
    if priced:
        notes.append("A price is what the source cost over the whole time, and counts once.")
    return notes


def _steps(runs: Runs, by: ReportBy, per: Span | None) -> pl.DataFrame:
    for span in [per] if per else Span:  # the finest first
        trend = duplicate_rates(runs, by=by, per=span)
        if trend.height <= MOST_LINES:
            break
    return trend


def _trend(trend: pl.DataFrame, *, by: ReportBy) -> list[Section]:
    """Return the figures period by period, of each key in turn."""
    order = trend.sort(by.value, "period", nulls_last=True).to_dicts()
    lines = [(_name(row[by]), row["period"], *_figures(row)) for row in order]
    heads = (str(by), "period", *_FIGURES.values())
    return [Section(title="Trend", heads=heads, lines=_cut(lines), names=2, notes=_left_out(len(lines)))]


def _of_sources(runs: Runs) -> list[Section]:
    told = [_overlap(runs), *_earlier(runs), _deleted(runs)]
    return [section for section in told if section.lines]


def _overlap(runs: Runs) -> Section:
    """Return the matrix of the sources with the most people: how many persons of the line's source the column's has too."""
    shared = {(source, other): people for source, other, people in shared_people(runs).iter_rows()}
    names = sorted(
        (source for source, other in shared if source == other), key=lambda name: (-shared[name, name], name)
    )
    shown = names[:MOST_ACROSS]
    several = (
        "Added up over the runs; persons of different runs are not compared, so who is in two of them counts twice."
    )
    more = f"{counted(len(names) - len(shown), 'more source')}; the workspace's view `overlap` has them all."
    return Section(
        title="People whom sources share",
        heads=("people of … also in", *(str(number) for number in range(1, len(shown) + 1))),
        lines=[
            (f"{number} {name}", *(f"{shared.get((name, other), 0):,}" for other in shown))
            for number, name in enumerate(shown, start=1)
        ]
        if len(shown) > 1
        else (),
        notes=[*([several] if runs.count > 1 else []), *([more] if len(names) > len(shown) else [])],
    )


def _earlier(runs: Runs) -> list[Section]:
    if runs.recorded:
        return []
    known = added_up(runs.known_from, "people")
    repeats = added_up(runs.repeats_of, "rows")
    failed = added_up(runs.failed, "rows").with_columns(pl.col("reason").replace_strict(dict(REASONS)))
    return [
        _pairs("Known people: where the workspace has them from", known, ("source", "earlier copy's source", "people")),
        _pairs("Repeats in a list: whose row went forward", repeats, ("source", "earlier copy's source", "rows")),
        _pairs("Failed rows", failed, ("source", "reason", "rows")),
    ]


def _pairs(title: str, frame: pl.DataFrame, heads: Sequence[str]) -> Section:
    lines = [(_name(first), second or "(no source named)", f"{count:,}") for first, second, count in frame.iter_rows()]
    return Section(title=title, heads=heads, lines=_cut(lines), names=2, notes=_left_out(len(lines)))


def _deleted(runs: Runs) -> Section:
    """Say which source keeps bringing deleted leads back, how many, how often, and what to change in the CRM."""
    back = deleted_again(runs)
    lines = [
        (
            row["source"],
            f"{row['runs_with']:,} of {row['runs']:,}",
            f"{row['most_people']:,}",
            f"{row['people']:,}",
            f"{row['last_at']:%Y-%m-%d}",
        )
        for row in back.iter_rows(named=True)
    ]
    heads = ("source", "in runs", "most people in one", "times in all", "last on")
    title = "Deleted leads that come back"
    return Section(title=title, heads=heads, lines=_cut(lines), notes=(*_CRM, *_left_out(len(lines))))


def _active_elsewhere(runs: Runs) -> list[Section]:
    """Return in which campaigns the people of the runs are active, with their owners."""
    found = added_up(runs.conflicts, "rows", "held")
    lines = [
        (_name(row["campaign"]), _name(row["owner"]), f"{row['rows']:,}", f"{row['held']:,}")
        for row in found.select("campaign", "owner", "rows", "held").iter_rows(named=True)
    ]
    heads = ("campaign", "owner", "rows", "held back")
    title = "Leads already active elsewhere, by campaign and owner"
    return [Section(title=title, heads=heads, lines=_cut(lines), names=2, notes=_left_out(len(lines)))] if lines else []


# ---------------------------------------------------------------------------------------------------------------- writing


def print_told(told: Told, console: Console) -> None:
    """Print the report on a screen."""
    console.print()
    console.print(Text(told.title, style="bold"))
    console.print(Text(told.about, style="dim"))
    for section in told.sections:
        # A table's own title would be broken at the table's width.
        console.print(Text(f"\n{section.title}", style="bold"))
        console.print(_table(section))
        for note in section.notes:
            console.print(Text(note, style="dim"))


def _table(section: Section) -> Table:
    """Return the section's table; where the screen is narrow the first column gives way, and a last one of sentences goes on below."""
    numbers = range(section.names, len(section.heads))
    heads = [head.replace(" ", "\n") if place in numbers else head for place, head in enumerate(section.heads)]
    table = plain_table(*heads, right=numbers)
    for column in table.columns[1 : None if numbers else -1]:
        column.no_wrap = True
    for first, *others in section.lines:
        table.add_row(cut(first), *(Text(cell) for cell in others))
    return table


def markdown(told: Told) -> str:
    """Return the report as Markdown with tables, as wikis take it."""
    parts = [f"# {told.title}", told.about]
    for section in told.sections:
        ruled = ["---" if place < section.names else "---:" for place in range(len(section.heads))]
        lines = [_line(map(_plain, section.heads)), _line(ruled), *(_line(map(_plain, line)) for line in section.lines)]
        parts += [f"## {section.title}", "\n".join(lines), *section.notes]
    return "\n\n".join(parts) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(cell: str) -> str:
    r"""Return a text that Markdown shows as it stands, on one line.

    >>> _plain("a|b_c")
    'a\\|b\\_c'
    """
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", " ".join(cell.split()))


def over_runs_page(told: Told) -> str:
    """Return the report as one HTML page that needs no network."""
    rows = [row for row in told.figures.to_dicts() if row.get("source")]
    return (
        environment()
        .get_template(TEMPLATE)
        .render(
            told=told,
            light=declared(LIGHT),
            dark=declared(DARK),
            chart=charts.sources(rows[:MOST_BARS]) if rows else "",
            rows=rows[:MOST_BARS],
            parts=[
                (name, words) for name, words in charts.PARTS.items() if any(charts.parts_of(r)[name] for r in rows)
            ],
        )
    )
