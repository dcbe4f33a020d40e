"""`report.html` in a real browser, with the network off: on a phone and on a desk, in light and in dark, on paper."""

import shutil
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PAPER = {"width": 688, "height": 1000}
"""A sheet of A4 within our margins."""
LEGIBLE = 4.5
"""The contrast that WCAG asks of text."""


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, published):
    """Open the report without a network; what it asked for is kept, what the browser complained of too."""
    contexts = []

    def open_report(*, viewport=DESK, scheme="light", **options):
        context = chromium.new_context(viewport=viewport, color_scheme=scheme, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto((published(**options) / "report.html").as_uri())
        return page

    yield open_report
    for context in contexts:
        context.close()


def test_it_asks_for_nothing_but_itself(opened, published):
    page = opened()

    assert page.asked == [(published() / "report.html").as_uri()]
    assert page.complaints == []


def test_view_details_shows_the_rows_that_are_active_elsewhere(opened):
    page = opened()
    row = page.locator("#elsewhere details tbody tr").first
    before = row.is_visible()
    page.get_by_text("View details").click()

    assert not before
    assert row.is_visible()
    assert page.locator("#elsewhere details tbody tr").count() == 393


def test_view_details_opens_by_keyboard(opened):
    page = opened()
    page.get_by_text("View details").focus()
    page.keyboard.press("Enter")

    assert page.locator("#elsewhere details tbody tr").first.is_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    "options", [{}, {"details": True}, {"max_batch": 60}], ids=["usual", "details", "many batches"]
)
def test_the_page_never_scrolls_sideways(opened, viewport, options):
    page = opened(viewport=viewport, **options)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_the_figures_of_the_sources_fit_on_a_desk(opened):
    page = opened()
    box = "document.querySelector('[aria-label=\"What each source brought\"]')"

    assert page.evaluate(f"{box}.scrollWidth <= {box}.clientWidth")


@pytest.mark.parametrize(("viewport", "shown"), [(PHONE, [False, True]), (DESK, [True, False])], ids=["phone", "desk"])
def test_each_screen_gets_the_flow_that_fits_it(opened, viewport, shown):
    page = opened(viewport=viewport)

    assert [page.locator(f"#flow .{which}").is_visible() for which in ("wide", "narrow")] == shown


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_no_text_of_a_chart_is_cut_off_or_tiny(opened, viewport):
    page = opened(viewport=viewport)
    texts = page.evaluate(
        """() => [...document.querySelectorAll('svg.chart text')].filter(t => t.getClientRects().length).map(t => {
            const box = t.getBoundingClientRect(), chart = t.closest('svg').getBoundingClientRect();
            return {told: t.textContent, height: box.height,
                inside: box.left >= chart.left - 1 && box.right <= chart.right + 1
                    && box.top >= chart.top - 1 && box.bottom <= chart.bottom + 1};
        }).filter(t => t.told)"""
    )

    assert [text["told"] for text in texts if not text["inside"]] == []
    assert min(text["height"] for text in texts) >= 10
    assert len(texts) > 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(opened, scheme):
    page = opened(scheme=scheme)
    faint = page.evaluate(
        """(least) => {
            const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
            const parts = colour => {
                canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data];
            };
            const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
                .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
            const behind = element => {
                for (let at = element; at; at = at.parentElement) {
                    const colour = parts(getComputedStyle(at).backgroundColor);
                    if (colour[3] === 255) return colour;
                }
            };
            return [...document.querySelectorAll('main p, main li, main td, main th, main dd, main dt, main h2, main summary, .sub, .tag')]
                .filter(e => e.textContent.trim() && e.getClientRects().length)
                .map(e => {
                    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))];
                    return [e.textContent.trim().slice(0, 40), (Math.max(a, b) + .05) / (Math.min(a, b) + .05)];
                }).filter(([, contrast]) => contrast < least);
        }""",
        LEGIBLE,
    )

    assert faint == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_parts_of_the_bars_have_their_colours(opened, scheme):
    page = opened(scheme=scheme)
    fills = page.evaluate(
        "[...document.querySelectorAll('#modes svg rect[fill^=\"var\"]')].map(e => getComputedStyle(e).fill)"
    )

    assert len(set(fills)) == 5
    assert "none" not in fills


def test_every_chart_has_a_text_in_its_place(opened):
    page = opened()
    labels = [figure.get_attribute("aria-label") for figure in page.get_by_role("img").all()]

    assert len(labels) == 3
    assert all(len(label) > 40 for label in labels)


@pytest.mark.parametrize("options", [{}, {"prices": {"leads": 1200.0}, "currency": "EUR"}], ids=["usual", "priced"])
def test_nothing_is_cut_off_on_paper(opened, options):
    page = opened(viewport=PAPER, **options)
    page.emulate_media(media="print")

    assert page.evaluate("document.documentElement.scrollWidth") == PAPER["width"]


def test_it_prints_in_light_colours(opened, tmp_path):
    page = opened(scheme="dark")
    page.emulate_media(media="print")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.pdf(path=tmp_path / "report.pdf", format="A4", print_background=True)

    assert ground == "rgb(255, 255, 255)"
    assert Path(tmp_path / "report.pdf").stat().st_size > 20_000
