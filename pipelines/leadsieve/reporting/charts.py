"""The charts of a report as SVG, from figures; colours are names that the page gives a value in light and dark.

Every block, band and text knows the pixels where it stands, so they are written as they are: a library for charts takes
longer to start than a run of 40,000 rows takes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import Any, Final

from leadsieve.reporting.phrases import percent, rows
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
_INK, _ON, _GROUND = "var(--ink)", "var(--on)", "var(--card)"
_BEND: Final = 0.43
"""How far across a band goes straight on from either end: where the handles of its curves are."""
_BASELINE: Final = 0.3
"""How far below the middle of a line of text its letters stand, as a share of their size."""


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
    across = [share * width for share in _STARTS[width]]
    shown = [node for node in nodes if node.column < len(across)]
    texts = ((_BLOCK + 8 + across[n.column], n.middle if n.column else n.top + _LINE, n.told) for n in shown)
    return _svg(
        width,
        height,
        *(_drawn(band, across) for band in bands if band.column + 1 < len(across)),
        *(_box(across[node.column], node.top, _BLOCK, max(node.height, 1), node.colour) for node in shown),
        _over_bands(_text(x, y, _cut(told, width), size=_NUMBER, colour=_INK) for x, y, told in texts),
    )


def _over_bands(texts: Iterable[str]) -> str:
    """Return texts with a rim of the page's ground: a band that is lower than a line would strike them through."""
    return f'<g stroke="{_GROUND}" stroke-width="4" stroke-linejoin="round" paint-order="stroke">{"".join(texts)}</g>'


def _laid_out(outcomes: Flow) -> tuple[list[_Node], list[_Band], float]:
    """Return the blocks, the bands between them, and how high all is; every block has room for a line of text."""
    total = sum(count for _, reasons in outcomes for _, count in reasons)
    scale = _INPUT / total
    nodes, bands = [_Node(0, 0, _INPUT, "var(--input)", rows(total))], []
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


def _drawn(band: _Band, across: Sequence[float]) -> str:
    """Return a band: its upper edge from left to right, its lower edge back."""
    start, end = across[band.column] + _BLOCK, across[band.column + 1]
    first, second = (_px(start + (end - start) * share) for share in (_BEND, 1 - _BEND))
    left, right = _px(start), _px(end)
    leaves, arrives = _px(band.leaves), _px(band.arrives)
    left_below, right_below = _px(band.leaves + band.height), _px(band.arrives + band.height)
    there = f"M{left},{leaves}C{first},{leaves},{second},{arrives},{right},{arrives}"
    back = f"V{right_below}C{second},{right_below},{first},{left_below},{left},{left_below}Z"
    return f'<path d="{there}{back}" fill="{escape(band.colour)}" opacity="0.32"/>'


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
    drawn: list[str] = []
    for label, counts in bars:
        top = _STEP * len(drawn)
        drawn.append(_text(0, top + 12, label, size=_LABEL, colour=_INK) + "".join(_parts(counts, top + 24)))
    return _svg(_BARS, _STEP * len(drawn) - 8, *drawn)


def _parts(counts: Counted, top: float) -> Iterator[str]:
    scale = _BARS / max(sum(count for _, count in counts), 1)
    ends = accumulate(count * scale for _, count in counts)
    for (name, count), end in zip(counts, ends, strict=True):
        if not count:
            continue
        width, number = count * scale, f"{count:,}"
        yield _box(end - width, top, width, _BAR, f"var(--{name})")
        if width >= _DIGIT * (len(number) + 1):
            yield _text(end - width / 2, top + _BAR / 2, number, size=_NUMBER, colour=_ON, anchor="middle")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= _LONGEST[width] else f"{text[: _LONGEST[width] - 1]}…"


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    place = f'x="{_px(x)}" y="{_px(y)}" width="{_px(width)}" height="{_px(height)}"'
    return f'<rect {place} fill="{escape(colour)}"/>'


def _text(x: float, y: float, told: str, *, size: int, colour: str, anchor: str = "start") -> str:
    """Return a line of text whose middle is at `y`."""
    # Where its baseline is, is said in numbers: not every program that draws SVG knows how to centre text.
    place = f'x="{_px(x)}" y="{_px(y + _BASELINE * size)}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="{colour}">{escape(told)}</text>'


def _px(pixels: float) -> str:
    return f"{pixels:.2f}".rstrip("0").rstrip(".")


def _svg(width: int, height: float, *drawn: str) -> str:
    """Return what is drawn as SVG of exactly this size, whatever fonts the machine has.

    Its text is hidden from screen readers: the page tells the same in words and tables.
    """
    head = f'<svg class="chart" aria-hidden="true" viewBox="0 0 {width} {_px(height)}">'
    return f"{head}{''.join(drawn)}</svg>"
