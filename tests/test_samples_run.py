"""A run over the samples decides what their generator planted, row by row and in every setting."""

import csv
import json
import tomllib
from pathlib import Path

import polars as pl
import pytest

import leadsieve as ls
from leadsieve.words import DedupMode, ImportMode

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
LISTS = [str(SAMPLES / name) for name in EXPECTED["lists"]]
SETTINGS = [(dedup, mode) for dedup in DedupMode for mode in ImportMode]
NOT_COUNTED = {"active_people"}
"""What a source's row in the summary has and the samples leave out."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """The samples' workspace, unsubscribe list included."""
    place = ls.Workspace(tmp_path_factory.mktemp("workspace") / "workspace.duckdb")
    place.load(SAMPLES / "workspace" / "*.csv", campaigns=SAMPLES / "campaigns.csv")
    place.suppress(SAMPLES / "unsubscribes.csv")
    return place


@pytest.fixture(scope="module")
def decide(workspace):
    """Run lists of the samples against their workspace, each distinct run once."""
    done = {}

    def run(lists=tuple(LISTS), **options):
        key = (lists, json.dumps(options, sort_keys=True))
        if key not in done:
            done[key] = ls.run(list(lists), campaign=EXPECTED["campaign"], workspace=workspace, **options)
        return done[key]

    return run


def expected_rows():
    with (SAMPLES / "expected_rows.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def test_every_row_of_the_samples_gets_the_outcome_that_was_planted(decide):
    decided = [
        (Path(file).name, str(line), outcome, reason)
        for file, line, outcome, reason in decide().ledger.select("file", "line", "outcome", "reason").iter_rows()
    ]

    differing = [(want, got) for want, got in zip(expected_rows(), decided, strict=True) if want != got]
    assert differing == []


@pytest.mark.parametrize("count", ["input_rows", "ignored_lines", "people", "outcomes", "reasons", "marks", "modes"])
def test_the_summary_of_the_samples_counts_what_was_planted(decide, count):
    assert decide().summary[count] == EXPECTED[count]


@pytest.mark.parametrize("warning", EXPECTED["warnings"])
def test_the_samples_warn_of_as_many_rows_as_were_planted(decide, warning):
    assert decide().summary["warnings"][warning] == EXPECTED["warnings"][warning]


@pytest.mark.parametrize("place", range(len(LISTS)), ids=EXPECTED["lists"])
def test_each_source_of_the_samples_brings_what_was_planted(decide, place):
    told = {name: value for name, value in decide().summary["sources"][place].items() if name not in NOT_COUNTED}

    assert told == pytest.approx(EXPECTED["sources"][place], abs=1e-6)


@pytest.mark.parametrize(("dedup", "mode"), SETTINGS, ids=[f"{d}/{m}" for d, m in SETTINGS])
def test_every_setting_decides_the_samples_as_planted(decide, dedup, mode):
    outcomes = decide(dedup=str(dedup), import_mode=str(mode)).summary["outcomes"]

    assert outcomes == EXPECTED["settings"][f"{dedup}/{mode}"]


@pytest.mark.parametrize("name", EXPECTED["alone"])
@pytest.mark.parametrize("count", ["input_rows", "people", "outcomes", "reasons", "modes"])
def test_each_list_of_the_samples_alone_is_decided_as_planted(decide, name, count):
    assert decide((str(SAMPLES / name),)).summary[count] == EXPECTED["alone"][name][count]


@pytest.mark.parametrize("setting", EXPECTED["variants"])
def test_a_policy_of_ones_own_decides_the_samples_as_planted(decide, setting):
    assert decide(**tomllib.loads(setting)).summary["outcomes"] == EXPECTED["variants"][setting]


def test_the_order_of_the_lists_changes_only_which_row_goes_forward(decide):
    forwards, backwards = decide().ledger, decide(tuple(reversed(LISTS))).ledger
    facts = ["file", "line", "in_campaign", "active_elsewhere", "in_workspace"]

    assert forwards.select(facts).sort("file", "line").equals(backwards.select(facts).sort("file", "line"))
    assert forwards["person"].n_unique() == backwards["person"].n_unique()


def test_the_marks_of_the_samples_are_null_for_failed_rows_only(decide):
    marks = decide().ledger.select(pl.col("outcome") == "failed", pl.col("in_workspace").is_null())

    assert marks["outcome"].equals(marks["in_workspace"], check_names=False)


def test_a_fresh_workspace_has_the_campaigns_and_leads_that_were_planted(workspace):
    told = dict(workspace.campaigns.select("name", "leads").iter_rows())

    assert told == {name: sum(counts.values()) for name, counts in EXPECTED["workspace"]["campaigns"].items()}


def test_the_unclassified_statuses_of_the_samples_are_named_with_their_counts(decide):
    assert decide().summary["unclassified_statuses"] == {"(empty)": 4, "snoozed": 6}
