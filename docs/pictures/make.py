"""Make the pictures of the README anew: `python docs/pictures/make.py` runs the samples and photographs report.html in chromium."""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import leadsieve as ls

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "data" / "samples"
LISTS = ("leads.csv", "apollo_export.csv", "sales_navigator_evaboot.csv", "hubspot_contacts.csv", "event_booth.csv")
AS_OF = datetime(2026, 11, 20, 9, tzinfo=UTC)
PRICES = {
    "leads": 1200,
    "apollo_export": 490,
    "sales_navigator_evaboot": 330,
    "hubspot_contacts": 240,
    "event_booth": 150,
}
DESK, PHONE = {"width": 1180, "height": 900}, {"width": 390, "height": 844}
PICTURES = {
    "report-flow.png": (DESK, "light", ("header", "#flow .wide")),
    "report-sources.png": (DESK, "light", ("#sources h2", "[aria-label='What each source brought']")),
    "report-elsewhere.png": (DESK, "light", ("#elsewhere", "#elsewhere")),
    "report-phone.png": (PHONE, "dark", ("header", "#flow .narrow")),
}
"""Each picture: the screen, its colours, the elements from which and to which it goes."""
MARGIN = 24
MOST_BYTES = 300_000


def main() -> None:
    """Write every picture beside this file."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not installed.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        report = _report(Path(folder))
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (viewport, scheme, ends) in PICTURES.items():
            _photograph(browser, report, HERE / name, viewport=viewport, scheme=scheme, ends=ends)
        browser.close()


def _report(folder: Path) -> Path:
    """Run the samples and return the report."""
    workspace = ls.Workspace(folder / "workspace.duckdb")
    workspace.load(SAMPLES / "workspace" / "*.csv", campaigns=SAMPLES / "campaigns.csv", taken_at=AS_OF)
    workspace.suppress(SAMPLES / "unsubscribes.csv")
    lists = [str(SAMPLES / name) for name in LISTS]
    result = ls.run(lists, campaign="Q4 Outreach", workspace=workspace, validate="off", prices=PRICES, currency="EUR")
    return result.write(folder / "out") / "report.html"


def _photograph(
    browser: Browser, report: Path, picture: Path, *, viewport: dict[str, int], scheme: str, ends: tuple[str, str]
) -> None:
    """Write the part of the page from the one element to the other."""
    context = browser.new_context(viewport=viewport, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.goto(report.as_uri())
    first, last = (page.locator(selector).first.bounding_box() for selector in ends)
    if first is None or last is None:
        sys.exit(f"The report has no {' or '.join(ends)}.")
    top = max(first["y"] - MARGIN, 0)
    clip = {"x": 0, "y": top, "width": viewport["width"], "height": last["y"] + last["height"] + MARGIN - top}
    page.screenshot(path=picture, full_page=True, clip=clip)
    context.close()
    if picture.stat().st_size > MOST_BYTES:
        sys.exit(f"{picture.name} has more than {MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
