"""`report.html`: the summary's numbers, names as they stand, nobody named unless told, the same bytes each time."""

import html
import re
from html.parser import HTMLParser

import polars as pl
import pytest

import leadsieve as ls
from leadsieve.cli import app
from leadsieve.reporting import render_page
from leadsieve.reporting.lemlist_steps import IMPORT_LEADS, MANAGE_DUPLICATES, file_steps
from leadsieve.words import DedupMode, Method, Outcome

MOST_BYTES = 2_000_000
HARD = "</svg></td><script>alert(1)</script>{{ 7*7 }} \"'&amp; <b>"
"""A name that would break out of every place that a page has."""
PRIVATE = ("email_raw", "email", "linkedin_raw", "linkedin_url", "linkedin_key", "phone", "lastName", "companyDomain")


class Tables(HTMLParser):
    """Reads a page: the text, and every table as rows of cells by the label of its box."""

    def __init__(self):
        super().__init__()
        self.tables, self.tags, self.text = {}, [], []
        self._label, self._cell = None, None

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        told = dict(attrs)
        if told.get("role") == "region":
            self._label = told["aria-label"]
            self.tables[self._label] = []
        if tag == "tr" and self._label:
            self.tables[self._label].append([])
        if tag in {"td", "th"}:
            self._cell = []
        if tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag):
        if tag in {"td", "th"} and self._cell is not None:
            self.tables[self._label][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        if tag == "table":
            self._label = None

    def handle_data(self, data):
        self.text.append(data)
        if self._cell is not None:
            self._cell.append(data)


def read(page):
    reader = Tables()
    reader.feed(page)
    return reader


def number(cell):
    return int(cell.split()[0].replace(",", ""))


@pytest.fixture(scope="module")
def usual(told):
    return told()


@pytest.fixture(scope="module")
def tables(usual):
    return read(usual.page).tables


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """A run whose campaign, owner, sources, segments, files and columns are named as nastily as possible."""
    folder = tmp_path_factory.mktemp("hard")
    export = folder / "export.csv"
    named = HARD.replace('"', '""')
    export.write_text(f'_id,email,status,campaign,source\nlea_1,a@fresh-corp.com,running,"{named} A","{named} S"\n')
    (folder / "campaigns.csv").write_text(f'id,name,owner\ncam_1,"{named} A","{named} O"\n')
    place = ls.Workspace(folder / "workspace.duckdb")
    place.load(export, campaigns=folder / "campaigns.csv")
    rows = [f'{name}@fresh-corp.com,"{named}{name}","{named}T"\n' for name in "abc"]
    (folder / "list.csv").write_text("email,Lead Source,Team\n" + "".join(rows))
    options = {"source_column": "Lead Source", "segment": "Team", "prices": {f"{HARD}a": 3}, "currency": HARD}
    return ls.run(folder / "list.csv", campaign=HARD, new_campaign=True, workspace=place, **options)


def page_of(result, **options):
    return render_page(result.parts.scan(), result.summary, result.policy.with_options(**options).as_dict())


def test_the_outcomes_of_the_page_are_those_of_the_summary(usual, tables):
    shown = {row[0]: number(row[1]) for row in tables["Outcomes and reasons"][1:]}

    assert shown == {outcome: n for outcome, n in usual.result.summary["outcomes"].items() if n}


def test_the_modes_of_the_page_are_those_of_the_summary(usual, tables):
    head, *rows = tables["Outcomes under each dedup mode"]
    modes = usual.result.summary["modes"]

    assert [[number(cell) for cell in row[1:]] for row in rows] == [
        [modes[m][row[0]] for m in head[1:]] for row in rows
    ]


SOURCE_COLUMNS = {
    "Valid rows": "valid",
    "People": "people",
    "New": "new_people",
    "Known": "known_people",
    "Active elsewhere": "active_people",
    "Sup- pressed": "suppressed_people",
    "In another source": "shared_people",
    "Repeats": "repeats",
    "Failed": "failed",
    "To create": "create",
}


@pytest.mark.parametrize("column", SOURCE_COLUMNS)
def test_the_sources_of_the_page_are_those_of_the_summary(usual, tables, column):
    head, *rows = tables["What each source brought"]
    shown = {row[0]: number(row[head.index(column)]) for row in rows}

    assert shown == {row["source"]: row[SOURCE_COLUMNS[column]] for row in usual.result.summary["sources"]}


def test_the_warnings_of_the_page_are_those_of_the_summary(usual, tables):
    assert {row[2]: number(row[0]) for row in tables["Warnings"][1:]} == usual.result.summary["warnings"]


def test_the_batches_of_the_page_are_those_of_the_summary(told):
    run = told(max_batch=260)
    shown = [(row[0], row[1], number(row[3])) for row in read(run.page).tables["Batches"][1:-1]]

    assert shown == [(b["file"], b["campaign"], b["rows"]) for b in run.result.summary["batches"]]


def test_the_banner_counts_the_rows_that_are_active_elsewhere(usual, tables):
    ledger = usual.result.ledger
    rows = tables["Conflicts by campaign and owner"][1:]

    assert sum(number(row[2]) for row in rows) == ledger["active_elsewhere"].sum()
    assert sum(number(row[3]) for row in rows) == usual.result.summary["outcomes"][Outcome.IN_PROGRESS]


def test_the_details_name_campaign_status_and_owner_of_each_row(usual, tables):
    rows = tables["Rows that are active elsewhere"][1:]
    found = usual.result.ledger.filter("active_elsewhere").select(
        "row", "conflict_campaign", "conflict_status", "outcome"
    )

    assert sorted((int(r[0]), r[1], r[2], r[4]) for r in rows) == sorted(found.rows())
    assert all(row[3] for row in rows)


def test_every_trouble_and_every_advice_of_the_summary_is_told(usual):
    text = " ".join("".join(read(usual.page).text).split())
    notes = [note["text"] for note in usual.result.summary["advice"]]

    assert [note for note in notes if note.replace("`", "") not in text] == []


def test_the_question_is_answered_beside_the_figures(usual):
    text = " ".join("".join(read(usual.page).text).split())

    assert re.search(
        r"Which source should we stop paying for\? None has to go; the weakest is leads: it has the highest", text
    )


def test_prices_give_what_a_new_person_costs(usual):
    page = page_of(usual.result, prices={"leads": 720}, currency="EUR")
    head, *rows = read(page).tables["What each source brought"]
    (row,) = [row for row in rows if row[0] == "leads"]

    assert row[head.index("Per new person")] == f"{720 / number(row[head.index('New')]):,.2f}"
    assert "Price EUR" in head


def test_without_prices_nothing_is_priced(tables):
    assert "Price" not in tables["What each source brought"][0]


def cells(ledger, names):
    """The cells of the leads, long enough to be told from an ordinary word."""
    return {cell for name in names for cell in ledger[name].drop_nulls() if len(cell) > 5}


@pytest.mark.parametrize("column", PRIVATE)
def test_nobody_is_named(usual, column):
    page = html.unescape(usual.page)
    there = [
        cell for cell in cells(usual.result.ledger, [column]) if cell in page
    ]  # quick, and leaves few to be looked for as words

    assert [cell for cell in there if re.search(rf"\b{re.escape(cell)}\b", page)] == []


def test_there_is_not_one_address_on_the_page(usual):
    assert not re.search(r"\w@\w|linkedin\.com|https?:", html.unescape(usual.page))


def test_with_details_the_leads_that_were_held_back_are_named(usual):
    shown = read(page_of(usual.result, details=True)).tables
    elsewhere = usual.result.ledger.filter("active_elsewhere")
    named = {row[6] for row in shown["Rows that are active elsewhere"][1:]}

    assert named - {""} == set(elsewhere["email"].drop_nulls())
    assert {row[7] for row in shown["Rows that are active elsewhere"][1:]} - {""} == set(
        elsewhere["linkedin_url"].drop_nulls()
    )
    assert len(shown["Leads that were held back"]) > 1


def test_with_details_nobody_who_goes_in_is_named(usual):
    page = page_of(usual.result, details=True)
    ledger = usual.result.ledger
    held = ledger.filter(pl.col("outcome").is_in(["duplicate", "in_progress", "suppressed", "skipped"]))
    created = ledger.filter(pl.col("outcome") == Outcome.CREATE)

    assert [e for e in cells(created, ["email"]) - cells(held, ["email"]) if f">{e}<" in page] == []


def test_the_same_run_gives_the_same_bytes(usual):
    assert page_of(usual.result) == usual.page


@pytest.mark.parametrize("options", [{}, {"details": True}], ids=["without details", "with details"])
def test_the_page_is_small(usual, options):
    assert len(page_of(usual.result, **options).encode()) < MOST_BYTES


def test_a_page_of_very_many_sources_is_small(tmp_path):
    lines = [f"lead{n}@fresh-corp.com,{'source ' * 40}{n}\n" for n in range(3000)]
    (tmp_path / "list.csv").write_text("email,Lead Source\n" + "".join(lines))
    result = ls.run(tmp_path / "list.csv", campaign="Big", workspace=None, source_column="Lead Source")

    assert len(page_of(result).encode()) < MOST_BYTES


def test_names_are_text_and_never_markup(hard):
    page = page_of(hard, details=True)
    reader = read(page)

    assert "script" not in reader.tags
    assert reader.tags.count("svg") == page.count("</svg>") == 4
    assert "49" not in reader.tables["Batches"][1][1]
    assert reader.tables["Batches"][1][1] == " ".join(f"{HARD} – {HARD}T".split())


@pytest.mark.parametrize(
    "table", ["Conflicts by campaign and owner", "What each source brought", "People whom sources share"]
)
def test_every_name_of_a_table_is_shown_as_it_stands(hard, table):
    assert any(" ".join(HARD.split()) in cell for row in read(page_of(hard)).tables[table] for cell in row)


def test_a_hard_name_stands_in_the_charts_as_it_is(hard):
    assert html.escape(HARD, quote=False)[:20] in page_of(hard)


def test_a_run_without_workspace_says_that_nobody_was_asked(tmp_path):
    (tmp_path / "list.csv").write_text("email\na@fresh-corp.com\n")
    page = page_of(ls.run(tmp_path / "list.csv", campaign="New", workspace=None))

    assert "no workspace was asked" in page
    assert "Leads already active elsewhere" not in page


def test_a_run_that_creates_nothing_has_a_page(tmp_path):
    (tmp_path / "list.csv").write_text("email\nbroken@@mail\n")
    page = page_of(ls.run(tmp_path / "list.csv", campaign="New", workspace=None))

    assert "Nothing is to be created, so there is no batch." in page


@pytest.mark.parametrize("mode", DedupMode)
def test_the_import_is_told_with_lemlists_own_name_for_the_dedup_mode(told, mode):
    (first, *_) = file_steps(told(dedup=str(mode)).result.summary, overwrite=False)

    assert any(f"“{MANAGE_DUPLICATES[mode]}”" in step for step in first.steps)
    assert any(f"“{IMPORT_LEADS['create-only']}”" in step for step in first.steps)


@pytest.mark.parametrize("method", Method)
def test_every_method_has_its_own_way(told, method):
    summary = {**told().result.summary, "method": str(method)}
    (first, *_) = file_steps(summary, overwrite=False)
    spoken = {"csv": "CSV import", "api": "one call a lead", "linkedin": "extension", "sales-navigator": "extension"}

    assert any(spoken.get(method, "CRM") in step for step in first.steps)


def test_every_file_of_the_run_is_told_in_the_order_of_use(told):
    summary = told(import_mode="create-and-update").result.summary
    files = [(each.title, each.file) for each in file_steps(summary, overwrite=True)]

    assert [title for title, _ in files] == ["Import", "Update", "Mend and run again", "Do not import"]
    assert [file for _, file in files][1:] == ["updates.csv", "failed.csv", "excluded.csv"]


def test_the_report_is_published_and_in_the_manifest(published):
    folder = published()
    page = (folder / "report.html").read_text("utf-8")

    assert '"report.html"' in (folder / "manifest.json").read_text("utf-8")
    assert page.startswith("<!doctype html>")


def test_nothing_is_named_in_the_report_of_a_run_unless_told(tmp_path):
    (tmp_path / "list.csv").write_text("email\na@fresh-corp.com\nA@fresh-corp.com\n")
    pages = []
    for options in ((), ("--details",)):  # the same run, told and not told to
        out = tmp_path / f"out{len(options)}"
        command = ["run", str(tmp_path / "list.csv"), "--campaign", "New", "--no-workspace", "--validate", "off"]
        with pytest.raises(SystemExit):
            app.main([*command, "--out", str(out), *options])
        pages.append((out / "report.html").read_text("utf-8"))

    assert ["a@fresh-corp.com" in page for page in pages] == [False, True]
