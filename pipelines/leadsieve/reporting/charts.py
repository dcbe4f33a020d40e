"""The charts of a report as SVG, drawn by Altair from figures; colours are names that the page gives a value in light and dark."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from leadsieve.reporting.phrases import percent
from leadsieve.words import DedupMode, Outcome

PARTS: Final = {
    "new": "new people",
    "known": "people in the workspace already",
    "suppressed": "people who must not be written to",
    "repeats": "repeats within the source",
    "failed": "failed rows",
}
"""What a source's rows are, in the order of the bars."""

Counted = Sequence[tuple[str, int]]
Flow = Sequence[tuple[str, Counted]]

_WIDE, _NARROW, _BARS = 960, 350, 440
"""How many pixels a chart is wide: the flow on a desk and on a phone, bars on both."""
_STARTS: Final = {_WIDE: (0.0, 0.22, 0.52), _NARROW: (0.0, 0.42)}
"""Where the columns of the flow start, as shares of its width."""
_LABEL, _NUMBER, _DIGIT = 14, 13, 8
_BLOCK, _LINE, _GAP, _INPUT = 14, 18, 8, 280
_BAR, _STEP = 26, 62
_LONGEST: Final = {_WIDE: 58, _NARROW: 32, _BARS: 26}
_INK, _ON = "var(--ink)", "var(--on)"
_EASE: Final = ((0, 0), (0.04, 0), (0.28, 0.16), (0.5, 0.5), (0.72, 0.84), (0.96, 1), (1, 1))
"""How far a band has come down (second) when it has gone so far across (first)."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A block of the flow: its column, where it starts and how high it is, what is written beside it."""

    column: int
    top: float
    height: float
    colour: str
    told: str

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class _Band:
    """Rows on their way from a block to one of the next column: where the band leaves and arrives."""

    column: int
    leaves: float
    arrives: float
    height: float
    colour: str


def flow(outcomes: Flow) -> str:
    """Return the way of all rows from the input to outcomes and reasons, for a desk; `outcomes` with their reasons in words."""
    return _flow(outcomes, _WIDE)


def narrow_flow(outcomes: Flow) -> str:
    """Return the way of all rows from the input to outcomes, for a phone."""
    return _flow([(outcome, [("", sum(count for _, count in reasons))]) for outcome, reasons in outcomes], _NARROW)


def _flow(outcomes: Flow, width: int) -> str:
    nodes, bands, height = _laid_out(outcomes)
    starts = _STARTS[width]
    shown = [node for node in nodes if node.column < len(starts)]
    across = [share * width for share in starts]
    texts = [
        {"x": across[n.column] + _BLOCK + 8, "y": n.middle, "told": _cut(n.told, width)} for n in shown if n.column
    ]
    start = {"x": _BLOCK + 8, "y": nodes[0].top + _LINE, "told": nodes[0].told}
    return _svg(
        width,
        height,
        _areas(_outline(bands, across)),
        _boxes(
            {
                "x": across[n.column],
                "x2": across[n.column] + _BLOCK,
                "y": n.top,
                "y2": n.top + max(n.height, 1),
                "colour": n.colour,
            }
            for n in shown
        ),
        _texts([start, *texts], align="left", size=_NUMBER, colour=_INK),
    )


def _laid_out(outcomes: Flow) -> tuple[list[_Node], list[_Band], float]:
    """Return the blocks, the bands between them, and how high all is; every block has room for a line of text."""
    total = sum(count for _, reasons in outcomes for _, count in reasons)
    scale = _INPUT / total
    nodes, bands = [_Node(0, 0, _INPUT, "var(--input)", f"{total:,} rows")], []
    leaves, below = 0.0, 0.0
    for outcome, reasons in outcomes:
        count, colour = sum(n for _, n in reasons), f"var(--{outcome})"
        height, needed = count * scale, sum(max(n * scale, _LINE) + _GAP for _, n in reasons) - _GAP
        room = max(height, needed)
        top = below + (room - height) / 2
        nodes.append(_Node(1, top, height, colour, f"{outcome} {count:,} · {percent(count / total)}"))
        bands.append(_Band(0, leaves, top, height, colour))
        for node, band in _of_reasons(reasons, scale, top, below + (room - needed) / 2, colour):
            nodes.append(node)
            bands.append(band)
        leaves, below = leaves + height, below + room + _GAP
    return nodes, bands, max(below, _INPUT)


def _of_reasons(
    reasons: Counted, scale: float, leaves: float, below: float, colour: str
) -> Iterator[tuple[_Node, _Band]]:
    for words, count in reasons:
        height = count * scale
        room = max(height, _LINE)
        top = below + (room - height) / 2
        yield _Node(2, top, height, colour, f"{count:,} {words}"), _Band(1, leaves, top, height, colour)
        leaves, below = leaves + height, below + room + _GAP


def _outline(bands: Sequence[_Band], across: Sequence[float]) -> Iterator[Mapping[str, Any]]:
    for number, band in enumerate(bands):
        if band.column + 1 < len(across):
            start, end = across[band.column] + _BLOCK, across[band.column + 1]
            for share, eased in _EASE:
                y = band.leaves + (band.arrives - band.leaves) * eased
                x = start + (end - start) * share
                yield {"band": number, "x": x, "y": y, "y2": y + band.height, "colour": band.colour}


def modes(counts: Mapping[str, Mapping[str, int]], chosen: str) -> str:
    """Return a bar for each dedup mode, parted by outcome; the chosen mode is named so."""
    return _bars(
        (
            f"{mode}: {counts[mode].get(Outcome.CREATE, 0):,} to create{' (this run)' if mode == chosen else ''}",
            [(str(outcome), counts[mode].get(outcome, 0)) for outcome in Outcome],
        )
        for mode in DedupMode
    )


def sources(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a bar for each source, parted by what its rows were."""
    return _bars((f"{_cut(row['source'], _BARS)}: {_told(row)}", list(parts_of(row).items())) for row in rows)


def _told(row: Mapping[str, Any]) -> str:
    rate = row["duplicate_rate"]
    return "no valid row" if rate is None else f"{percent(rate)} duplicates, {row['new_people']:,} new"


def parts_of(row: Mapping[str, Any]) -> dict[str, int]:
    """Return what a source's rows were, as `PARTS` names it; one row stands for each person."""
    suppressed = row["people"] - row["known_people"] - row["new_people"]
    counts = (row["new_people"], row["known_people"], suppressed, row["repeats"], row["failed"])
    return dict(zip(PARTS, counts, strict=True))


def _bars(bars: Iterable[tuple[str, Counted]]) -> str:
    """Return a stacked bar below each label, all of the same length: shares, with their counts written in them."""
    labels: list[dict[str, Any]] = []
    boxes: list[dict[str, Any]] = []
    for place, (label, counts) in enumerate(bars):
        labels.append({"x": 0, "y": place * _STEP + 12, "told": label})
        boxes += _parts(counts, place * _STEP + 24)
    wide = [box for box in boxes if box["x2"] - box["x"] >= _DIGIT * (len(box["told"]) + 1)]
    numbers = [{**box, "x": (box["x"] + box["x2"]) / 2, "y": box["y"] + _BAR / 2} for box in wide]
    return _svg(
        _BARS,
        _STEP * len(labels) - 8,
        _boxes(boxes),
        _texts(labels, align="left", size=_LABEL, colour=_INK),
        _texts(numbers, align="center", size=_NUMBER, colour=_ON),
    )


def _parts(counts: Counted, top: float) -> Iterator[dict[str, Any]]:
    scale = _BARS / max(sum(count for _, count in counts), 1)
    ends = accumulate(count * scale for _, count in counts)
    for (name, count), end in zip(counts, ends, strict=True):
        if count:
            start = end - count * scale
            yield {"x": start, "x2": end, "y": top, "y2": top + _BAR, "colour": f"var(--{name})", "told": f"{count:,}"}


def _cut(text: str, width: int) -> str:
    return text if len(text) <= _LONGEST[width] else f"{text[: _LONGEST[width] - 1]}…"


def _altair() -> Any:
    """Return Altair, imported when the first chart is drawn: it takes a while, and nothing but a report needs it."""
    grammar = "rfc3987_syntax"
    if "altair" in sys.modules or grammar in sys.modules:
        import altair

        return altair
    # jsonschema, which Altair brings, would build a grammar of web addresses that no chart asks for: 1.2 of 1.5 seconds.
    sys.modules[grammar] = None  # type: ignore[assignment] # Python's way to say: not there
    try:
        import altair
    finally:
        del sys.modules[grammar]
    return altair


def _areas(points: Iterable[Mapping[str, Any]]) -> Any:
    layer = _layer(points).mark_area(opacity=0.32, interpolate="monotone")
    return layer.encode(y2="y2:Q", detail="band:N", color=_altair().Color("colour:N", scale=None))


def _boxes(rows: Iterable[Mapping[str, Any]]) -> Any:
    return _layer(rows).mark_rect().encode(x2="x2:Q", y2="y2:Q", color=_altair().Color("colour:N", scale=None))


def _texts(rows: Iterable[Mapping[str, Any]], *, align: str, size: int, colour: str) -> Any:
    return _layer(rows).mark_text(align=align, baseline="middle", fontSize=size, color=colour).encode(text="told:N")


def _layer(rows: Iterable[Mapping[str, Any]]) -> Any:
    """Return a layer of rows that say themselves at which pixels they stand."""
    alt = _altair()
    rounded = [{name: round(v, 2) if isinstance(v, float) else v for name, v in row.items()} for row in rows]
    return alt.Chart(alt.Data(values=rounded))


def _svg(width: int, height: float, *layers: Any) -> str:
    """Return the layers as SVG of exactly this size, whatever fonts the machine has.

    Its text is hidden from screen readers: the page tells the same in words and tables.
    """
    # It starts a JavaScript engine, which takes half a second.
    import vl_convert

    alt = _altair()
    axes = {
        "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False)),
        "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False)),
    }
    chart = alt.layer(*(layer.encode(**axes) for layer in layers))
    chart = chart.properties(
        width=width, height=height, padding=0, autosize=alt.AutoSizeParams(type="none"), background="transparent"
    ).configure(font="inherit", aria=False, view=alt.ViewConfig(stroke=None))
    # Checking a chart against Vega's schema takes longer than drawing it, and ours do not depend on the data.
    drawn = vl_convert.vegalite_to_svg(chart.to_dict(validate=False), allowed_base_urls=[])
    head = f'<svg class="chart" aria-hidden="true" viewBox="0 0 {width} {height:g}">'
    return re.sub(r"^<svg[^>]*>(<rect [^>]*/>)?", head, drawn)
