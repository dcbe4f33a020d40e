"""A verdict says in words and numbers what held and what did not."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from leadsieve.validation import Result, Verdict
from leadsieve.validation.suites import Severity

HELD = Result(
    table="batches",
    expectation="expect_column_values_to_be_unique",
    description="No email stands in two rows.",
    why="The same person would be written to twice.",
    guards="reason duplicate_in_list",
    severity=Severity.CRITICAL,
    success=True,
    unexpected=0,
)
BROKEN = replace(HELD, description="Emails are <lower> case.", success=False, unexpected=1200, rows=(17, 23))
SHOWN = replace(
    BROKEN, description="Sources are named.", severity=Severity.WARNING, places=("batches/q4-001.csv, record 7",)
)
RAISED = replace(SHOWN, description="Phones are whole.", error="Catalog Error: no such table", unexpected=None, rows=())


SKIPPED = replace(
    HELD,
    description="Nobody is created who is known.",
    success=None,
    unexpected=None,
    skipped="the run had no workspace",
)
OWN_RAISED = replace(RAISED, description="Ours.", own=True)


def verdict(*results: Result) -> Verdict:
    return Verdict(results, {"great-expectations": "1.24.1"}, 1.25)


@pytest.mark.parametrize(
    ("results", "passed"),
    [
        ((HELD,), True),
        ((HELD, SHOWN), True),
        ((HELD, BROKEN), False),
        ((HELD, RAISED), False),
        ((), False),
        ((HELD, SKIPPED), True),
        ((SKIPPED,), False),
        ((HELD, OWN_RAISED), True),
    ],
    ids=[
        "all held",
        "a warning",
        "a critical one broken",
        "one that could not be evaluated",
        "nothing checked",
        "one skipped",
        "only skipped",
        "an own warning that could not be evaluated",
    ],
)
def test_a_verdict_passes_only_what_nothing_blocks(results: tuple[Result, ...], passed: object) -> None:
    assert verdict(*results).passed is passed


@pytest.mark.parametrize(
    ("results", "sentence"),
    [
        ((HELD, SHOWN), "All 1 checks that can stop a run held."),
        ((HELD, BROKEN), "The output breaks a rule (batches): Emails are <lower> case."),
        ((HELD, SKIPPED), "All 1 checks that can stop a run held."),
        ((RAISED, BROKEN), "A check could not be made (batches): Phones are whole, and 1 more."),
        ((), "Nothing was checked."),
    ],
    ids=["passed", "one broken", "one skipped", "two broken", "nothing checked"],
)
def test_a_verdict_says_in_a_sentence_what_stopped_the_run(results: tuple[Result, ...], sentence: str) -> None:
    assert verdict(*results).sentence() == sentence


def test_results_are_written_sorted_and_whole(tmp_path: Path) -> None:
    verdict(HELD, BROKEN).write(tmp_path)
    text = (tmp_path / "validation" / "results.json").read_text(encoding="utf-8")
    data = json.loads(text)
    assert data["passed"] is False
    assert [each["rows"] for each in data["results"]] == [[], [17, 23]]
    assert text == json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def page(folder: Path, *results: Result) -> str:
    verdict(*results).write(folder)
    return (folder / "validation" / "index.html").read_text(encoding="utf-8")


def test_the_page_shows_what_stopped_the_run_first_then_warnings_then_what_held(tmp_path: Path) -> None:
    text = page(tmp_path, HELD, SHOWN, BROKEN, RAISED)
    order = ["must not be imported", "&lt;lower&gt; case", "Phones are whole", "Sources are named", "No email stands"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_the_page_tells_rows_and_how_to_see_them(tmp_path: Path) -> None:
    text = page(tmp_path, BROKEN)
    assert "Broken 1,200 times." in text
    assert "17, 23" in text
    assert "leadsieve why OUT 17" in text


def test_the_page_of_a_passed_run_has_no_room_for_failures(tmp_path: Path) -> None:
    text = page(tmp_path, HELD)
    assert "passed every check" in text
    assert "What stopped the run" not in text
    assert "What to look at" not in text


def test_the_page_tells_what_does_not_apply_and_why(tmp_path: Path) -> None:
    text = page(tmp_path, HELD, SKIPPED)
    assert text.index("What held") < text.index("What does not apply: the run had no workspace")
    assert text.index("What does not apply") < text.index("Nobody is created who is known")
    assert "1 of 1 checks held, 1 does not apply." in text


def test_the_page_needs_no_network_and_knows_light_and_dark(tmp_path: Path) -> None:
    text = page(tmp_path, HELD, BROKEN)
    assert re.findall(r"https?://|//\w|@import|url\(|<script|<link|src=", text) == []
    assert "prefers-color-scheme: dark" in text
