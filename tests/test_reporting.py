"""What a person reads of a run: in a terminal of any width, piped, and in a notebook."""

import io
import re
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

import leadsieve as ls
from leadsieve.cli import console
from leadsieve.reporting import differences, next_steps, print_comparison, print_list, print_steps, print_summary
from leadsieve.reporting.phrases import REASONS, WARNINGS
from leadsieve.words import Reason, RowWarning

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
LISTS = [str(SAMPLES / name) for name in ("leads.csv", "apollo_export.csv", "hubspot_contacts.csv")]
HARD = "[bold]x[/] & <b>:smile: "
"""A name that markup, HTML and emoji codes would all read otherwise than it stands."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    place = ls.Workspace(tmp_path_factory.mktemp("workspace") / "workspace.duckdb")
    place.load(SAMPLES / "workspace" / "*.csv", campaigns=SAMPLES / "campaigns.csv")
    place.suppress(SAMPLES / "unsubscribes.csv")
    return place


@pytest.fixture(scope="module")
def result(workspace):
    """A run over three lists of the samples, in many small batches."""
    return ls.run(LISTS, campaign="Q4 Outreach", workspace=workspace, max_batch=260, import_mode="create-and-update")


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """A run whose campaign, source, segment and columns are named as nastily as possible."""
    folder = tmp_path_factory.mktemp("hard")
    (folder / "list.csv").write_text(f"email,Lead Source,Team\na@fresh-corp.com,{HARD}1,{HARD}\nb@x-corp.com,[/],two\n")
    return ls.run(folder / "list.csv", campaign=HARD, workspace=None, source_column="Lead Source", segment="Team")


def shown(result, width, folder=Path("runs/out")):
    """The summary as a terminal of that width shows it, without colours."""
    text = io.StringIO()
    screen = Console(file=text, width=width, markup=False, emoji=False, highlight=False, color_system=None)
    print_summary(result.summary, result.reasons, screen)
    print_steps(next_steps(result.summary, folder, known=()), folder, screen)
    return [line.rstrip() for line in text.getvalue().splitlines()]


def tables(lines):
    """The lines that are not of a bulleted list."""
    return [line for line in lines if line and not line.startswith("  ")]


@pytest.mark.parametrize("width", [80, 120, 10_000])
def test_no_line_is_wider_than_the_terminal(result, width):
    assert max(len(line) for line in shown(result, width)) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_no_row_of_a_table_is_wrapped(result, width):
    wide, narrow = tables(shown(result, 10_000)), tables(shown(result, width))

    assert [line.split()[:2] for line in narrow] == [line.split()[:2] for line in wide]


@pytest.mark.parametrize("width", [80, 120])
def test_a_long_campaign_gives_way_before_numbers_and_file(workspace, width):
    name = "A Campaign With A Name That Nobody Would Want To Type Twice " * 2
    lines = shown(ls.run(LISTS[0], campaign=name, workspace=workspace, new_campaign=True), width)

    (batch,) = [line for line in lines if "  batches/" in line]
    assert re.match(r" *\d+  A Camp.*…  batches/a-camp", batch)


def test_the_summary_says_what_goes_in_and_why_the_rest_does_not(result):
    lines = shown(result, 80)
    outcomes = result.summary["outcomes"]

    assert f"Ready to import: {outcomes['create']:,} to create and {outcomes['update']:,} to update." in lines


@pytest.mark.parametrize("outcome", ["create", "update", "duplicate", "in_progress", "suppressed", "failed"])
def test_every_outcome_is_shown_with_its_count_and_reasons(result, outcome):
    lines = shown(result, 10_000)
    start = next(i for i, line in enumerate(lines) if line.startswith("outcome"))
    line = next(line for line in lines[start:] if line.startswith(outcome))

    assert line.split()[1] == f"{result.summary['outcomes'][outcome]:,}"
    for reason, count in result.reasons[outcome].items():
        assert any(REASONS[reason] in told and f"{count:,}" in told for told in lines)


def test_the_summary_names_the_settings_that_would_let_rows_pass(result):
    text = "\n".join(shown(result, 10_000))

    for setting in (
        'invalid_email = "drop"',
        'multiple_emails = "first"',
        "suppress_statuses = []",
        "--dedup campaign",
    ):
        assert setting in text
    assert text.index("Which setting would change it") < text.index("Good to know")
    assert "[statuses]" in text


def test_the_summary_ends_with_what_to_do_and_where_the_files_are(result):
    lines = shown(result, 10_000)

    assert lines[-1] == "Written to runs/out"
    text = "\n".join(lines)
    for file in ("runs/out/batches", "runs/out/updates.csv", "runs/out/failed.csv", "runs/out/excluded.csv"):
        assert file in text
    assert "`leadsieve why runs/out ROW`" in text


def test_the_next_steps_name_the_campaigns_that_have_to_be_made_first(result):
    steps = next_steps(result.summary, Path("out"), known={"Q4 Outreach", "Q4 Outreach #2"})

    assert steps[0].startswith("Make the campaigns Q4 Outreach #3, Q4 Outreach #4")


def test_the_next_steps_quote_a_folder_with_spaces(result):
    steps = next_steps(result.summary, Path("my runs/out"), known=None)

    assert "leadsieve why 'my runs/out' ROW" in steps[-1]


def test_nothing_to_import_gives_no_step_to_import(workspace, tmp_path):
    (tmp_path / "one.csv").write_text("email\nbroken@@mail\n")
    result = ls.run(tmp_path / "one.csv", campaign="Q4 Outreach", workspace=workspace)

    (step,) = next_steps(result.summary, Path("out"), known=None)
    assert step == "Mend 1 row in out/failed.csv and run that file."
    assert "Ready to import: 0 to create." in shown(result, 80)


def test_a_run_without_workspace_does_not_claim_to_have_asked_one(hard):
    text = "\n".join(shown(hard, 10_000))

    assert "unknown to the workspace" not in text
    assert "no workspace was asked" in text


@pytest.mark.parametrize("width", [80, 120, 10_000])
def test_names_are_printed_as_they_stand(hard, width):
    text = "\n".join(shown(hard, width))

    assert text.startswith(f"\n{HARD.strip()}\n")
    assert f"{HARD}1" in text
    assert "\n[/]  " in text
    assert f"{HARD.strip()} – {HARD}".strip() in text


@pytest.mark.parametrize("text", ["Say it under [statuses] in the policy.", "[bold]x", "[/]", ":smile:"])
def test_a_sentence_is_printed_as_it_stands_whatever_the_console(text):
    printed = io.StringIO()
    print_list("title", [text], Console(file=printed, width=80))

    assert text in printed.getvalue()


def test_many_sources_and_batches_are_cut_and_counted(workspace):
    result = ls.run(LISTS, campaign="Q4 Outreach", workspace=workspace, source_column="", max_batch=255, method="api")
    many = {**result.summary, "batches": result.summary["batches"] * 40, "sources": result.summary["sources"] * 10}
    text = io.StringIO()
    print_summary(many, result.reasons, Console(file=text, width=80, color_system=None))

    assert "18 sources more, see summary.json" in text.getvalue()
    assert f"{len(many['batches']) - 12} batches more, see summary.json" in text.getvalue()


def test_what_is_piped_has_no_blanks_at_the_ends_and_no_colours(result, capsys):
    with console.out() as screen:
        print_summary(result.summary, result.reasons, screen)

    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line != line.rstrip()] == []
    assert "\x1b" not in printed


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason):
    assert REASONS[reason]


@pytest.mark.parametrize("warning", list(RowWarning))
def test_every_warning_has_words(warning):
    assert WARNINGS[warning]


def modes(*rows):
    return pl.DataFrame(rows, schema=["mode_campaign", "mode_active", "mode_workspace"], orient="row")


def test_the_rows_on_which_the_modes_differ_are_counted_by_reason():
    decisions = modes(
        ("create", "in_progress", "duplicate"),
        ("create", "create", "duplicate"),
        ("create", "in_progress", "duplicate"),
        ("duplicate", "duplicate", "duplicate"),
        ("create", "create", "create"),
    )

    assert differences(decisions.lazy()).to_dicts() == [
        {
            "reason": "active_in_other_campaign",
            "campaign": "create",
            "active": "in_progress",
            "workspace": "duplicate",
            "rows": 2,
        },
        {"reason": "in_other_campaign", "campaign": "create", "active": "create", "workspace": "duplicate", "rows": 1},
    ]


def test_the_differences_add_up_to_the_rows_that_the_modes_decide_otherwise(result):
    counted = differences(result.sieved.decisions.rows.lazy())
    outcomes = result.summary["modes"]

    assert counted["rows"].sum() == outcomes["campaign"]["create"] - outcomes["workspace"]["create"]


def test_modes_that_agree_are_told_in_a_sentence(hard):
    text = io.StringIO()
    print_comparison(hard.summary, differences(hard.sieved.decisions.rows.lazy()), Console(file=text, width=80))

    assert "The three modes decide every row alike." in text.getvalue()


def html_of(result):
    return result._repr_html_()


def test_the_page_shows_names_as_text(hard):
    page = html_of(hard)

    assert "&lt;b&gt;:smile:" in page
    assert "<b>:smile:" not in page


def test_the_page_needs_no_network_and_holds_nobody(result):
    page = html_of(result)

    assert not re.search(r"https?:|src=|@|<script", page)


def applied(workspace, **options):
    settings = {"max_batch": 260, "import_mode": "create-and-update", **options}
    return ls.run(LISTS, campaign="Q4 Outreach", workspace=workspace, **settings)


ADVICE = {
    "invalid_email_drop": (
        {"invalid_email": "drop"},
        lambda old, new: old["outcomes"]["failed"] - new["outcomes"]["failed"],
    ),
    "multiple_emails_first": (
        {"multiple_emails": "first"},
        lambda old, new: old["outcomes"]["failed"] - new["outcomes"]["failed"],
    ),
    "suppressed_by_default": (
        {"suppress_statuses": ()},
        lambda old, new: new["outcomes"]["create"] - old["outcomes"]["create"],
    ),
}
"""A setting that the summary names, and how many rows it really changes."""


@pytest.mark.parametrize("code", ADVICE)
def test_a_setting_that_is_named_changes_as_many_rows_as_told(result, workspace, code):
    options, changed = ADVICE[code]
    (note,) = [note for note in result.summary["advice"] if note["code"] == code]

    assert changed(result.summary, applied(workspace, **options).summary) == note["rows"]
