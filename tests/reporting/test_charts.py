"""The charts: to scale, the same bytes each time, of no font and no network."""

import re
import subprocess
import sys

import pytest

from leadsieve.reporting import charts
from leadsieve.reporting.colours import DARK, LIGHT

COUNTS = {mode: {"create": 60, "duplicate": 30, "failed": 10} for mode in ("campaign", "active", "workspace")}
FLOW = [("create", [("new", 60)]), ("duplicate", [("there already", 29), ("twice", 1)]), ("failed", [("broken", 10)])]


def boxes(svg, colour):
    """The boxes of a colour: left, top, width, height."""
    number = r'="([\d.]+)"'
    found = re.findall(rf'<rect x{number} y{number} width{number} height{number} fill="var\(--{colour}\)"', svg)
    return [tuple(float(number) for number in box) for box in found]


@pytest.mark.parametrize(("outcome", "share"), [("create", 0.6), ("duplicate", 0.3), ("failed", 0.1)])
def test_the_bars_are_as_long_as_the_outcomes_are_many(outcome, share):
    widths = [width for _, _, width, _ in boxes(charts.modes(COUNTS, "active"), outcome)]

    assert widths == pytest.approx([share * 440] * 3, abs=0.1)


@pytest.mark.parametrize(("outcome", "share"), [("create", 0.6), ("duplicate", 0.3), ("failed", 0.1)])
def test_the_blocks_of_the_flow_are_as_high_as_the_outcomes_are_many(outcome, share):
    heights = [height for *_, height in boxes(charts.flow(FLOW), outcome)]

    assert heights[0] == pytest.approx(share * 280, abs=0.1)
    assert sum(heights[1:]) == pytest.approx(share * 280, abs=0.5)


@pytest.mark.parametrize("draw", [charts.flow, charts.narrow_flow])
def test_what_is_written_on_a_band_is_not_struck_through_by_it(draw):
    drawn = draw(FLOW)
    rim = drawn.index('<g stroke="var(--card)" stroke-width="4" stroke-linejoin="round" paint-order="stroke">')

    assert "<text" not in drawn[:rim]
    assert max(drawn.rindex("<path"), drawn.rindex("<rect")) < rim


def test_the_chosen_mode_is_named():
    assert "active: 60 to create (this run)" in charts.modes(COUNTS, "active")


def test_the_narrow_flow_leaves_the_reasons_to_the_table():
    assert "twice" in charts.flow(FLOW)
    assert "twice" not in charts.narrow_flow(FLOW)


def test_the_parts_of_a_source_are_its_rows_each_once():
    row = {"people": 70, "known_people": 20, "new_people": 45, "repeats": 20, "failed": 10}

    assert charts.parts_of(row) == {"new": 45, "known": 20, "suppressed": 5, "repeats": 20, "failed": 10}


@pytest.mark.parametrize(
    "draw", [lambda: charts.flow(FLOW), lambda: charts.modes(COUNTS, "active")], ids=["flow", "bars"]
)
def test_a_chart_is_the_same_each_time(draw):
    assert draw() == draw()


def test_a_name_is_text_whatever_it_is():
    drawn = charts.narrow_flow([("</svg><script>", [("", 1)])])

    assert "<script>" not in drawn
    assert drawn.count("</svg>") == 1


def test_a_chart_loads_nothing():
    assert not re.search(r"https?:|url\(|<image|@font", charts.flow(FLOW))


def brightness(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", [name for name, colour in LIGHT.items() if name != "on" and colour.startswith("#")])
def test_the_numbers_in_a_bar_stand_out(colours, name):
    low, high = sorted((brightness(colours["on"]), brightness(colours[name])))

    assert (high + 0.05) / (low + 0.05) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_that_a_chart_names_is_given(colours):
    drawn = charts.flow(FLOW) + charts.modes(COUNTS, "active")
    named = set(re.findall(r"var\(--(\w+)\)", drawn))

    assert named - set(colours) == {"card", "ink"}


def bands(svg):
    """The bands of the flow: the heights at which each leaves, upper and lower edge, and those at which it arrives."""
    number, handles = r"(-?[\d.]+)", r"C[^,]+,[^,]+,[^,]+,[^,]+"
    found = re.findall(rf"M[\d.]+,{number}{handles},[\d.]+,{number}V{number}{handles},[\d.]+,{number}Z", svg)
    return [
        tuple(float(edge) for edge in (leaves, below, arrives, arrives_below))
        for leaves, arrives, arrives_below, below in found
    ]


def test_a_band_of_the_flow_is_as_high_as_its_rows_are_many_wherever_it_goes():
    heights = [
        (below - leaves, arrives_below - arrives) for leaves, below, arrives, arrives_below in bands(charts.flow(FLOW))
    ]

    shares = [0.6, 0.6, 0.3, 0.29, 0.01, 0.1, 0.1]
    assert heights == [pytest.approx((share * 280, share * 280), abs=0.02) for share in shares]


def test_the_bands_leave_the_input_side_by_side():
    edges = [(leaves, below) for leaves, below, *_ in bands(charts.narrow_flow(FLOW))]

    assert edges == [(0, 168), (168, 252), (252, 280)]


def test_text_stands_where_its_block_is():
    drawn = charts.narrow_flow([("create", [("", 1)])])

    assert (
        '<text x="169" y="143.9" text-anchor="start" font-size="13" fill="var(--ink)">create 1 · 100 %</text>' in drawn
    )


def test_a_run_draws_its_page_without_a_library_for_charts():
    asked = (
        "import sys; from leadsieve.reporting import charts; "
        "charts.narrow_flow([('create', [('', 1)])]); print([m for m in ('altair', 'vl_convert') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
