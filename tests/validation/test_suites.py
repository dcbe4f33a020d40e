"""Suites are refused unless they are whole: a check that is left out would pass everything."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadsieve.errors import SuiteError
from leadsieve.validation.suites import TABLES, Severity, Suite, known_types, load_own_suites, load_suites
from leadsieve.words import EmailStatus, LinkedInStatus, MatchedOn, Outcome, Reason

SHIPPED = Path(__file__).parents[2] / "expectations"

Data = dict[str, Any]
Change = Callable[[Data], object]


def suite() -> Data:
    return {
        "name": "batches",
        "meta": {"rows_expected": "select 0"},
        "expectations": [expectation(column="email"), expectation(column="source")],
    }


def expectation(column: str) -> Data:
    return {
        "type": "expect_column_values_to_not_be_null",
        "description": f"Every row has its {column}.",
        "kwargs": {"column": column},
        "severity": "critical",
        "meta": {"why": "It is needed.", "guards": "nothing"},
    }


def first(data: Data) -> Data:
    return data["expectations"][0]


def write(folder: Path, data: object, name: str = "batches") -> None:
    (folder / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")


FAULTS: dict[str, tuple[Change, str]] = {
    "no expectations": (lambda data: data["expectations"].clear(), "holds no expectations"),
    "expectations missing": (lambda data: data.pop("expectations"), "lacks 'expectations'"),
    "another name": (lambda data: data.update(name="ledger"), "its name is not 'batches'"),
    "unknown key": (lambda data: data.update(expectation=[]), "unknown key 'expectation'"),
    "no expected rows": (lambda data: data["meta"].clear(), "lacks 'rows_expected'"),
    "misspelt severity": (lambda data: first(data).update(severity="serious"), "severity 'serious'"),
    "severity that GX has and we do not": (lambda data: first(data).update(severity="info"), "severity 'info'"),
    "type missing": (lambda data: first(data).pop("type"), "lacks 'type'"),
    "unknown type": (lambda data: first(data).update(type="expect_much"), "has no type 'expect_much'"),
    "unknown need": (lambda data: first(data)["meta"].update(needs="luck"), "needs 'luck'"),
    "type not a text": (lambda data: first(data).update(type=3), "no text for 'type'"),
    "an id": (lambda data: first(data).update(id="1"), "unknown key 'id'"),
    "no why": (lambda data: first(data)["meta"].pop("why"), "lacks 'why'"),
    "empty guards": (lambda data: first(data)["meta"].update(guards=" "), "no text for 'guards'"),
    "kwargs not an object": (lambda data: first(data).update(kwargs=[]), "has no kwargs"),
    "expectation not an object": (lambda data: data["expectations"].append("x"), "expectation 3 is not an object"),
    "the same check twice": (
        lambda data: data["expectations"].append({**first(data), "description": "Another."}),
        "expectation 3 repeats expectation 1",
    ),
    "the same words twice": (
        lambda data: data["expectations"].append({**first(data), "kwargs": {"column": "phone"}}),
        "expectation 3 repeats expectation 1",
    ),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_a_suite_with_a_fault_is_refused(tmp_path: Path, change: Change, said: str) -> None:
    data = suite()
    change(data)
    write(tmp_path, data)
    with pytest.raises(SuiteError, match=said):
        load_suites(tmp_path)


def test_a_suite_without_a_fault_is_loaded_and_survives_the_way_to_the_worker(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    write(tmp_path, suite())
    loaded = load_suites(tmp_path)[0]
    assert [each.kwargs["column"] for each in loaded.expectations] == ["email", "source"]
    assert Suite.from_json(json.loads(json.dumps(loaded.to_json()))) == loaded


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, {**suite(), "name": "x"}, "batches")
    write(tmp_path, [], "ledger")
    with pytest.raises(SuiteError, match=r"batches\.json: its name.*ledger\.json: it is not an object"):
        load_suites(tmp_path)


@pytest.mark.parametrize("text", ["", "{", '{"name": "batches", "name": "batches"}', "\udce9"], ids=repr)
def test_a_file_that_is_not_plain_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "batches.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SuiteError, match=r"batches\.json is not readable as JSON"):
        load_suites(tmp_path)


@pytest.mark.parametrize("table", TABLES)
def test_a_suite_that_is_missing_is_told(tmp_path: Path, table: str) -> None:
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    (tmp_path / f"{table}.json").unlink()
    with pytest.raises(SuiteError, match=rf"there is no {table}\.json"):
        load_suites(tmp_path)


def test_the_types_are_found_without_an_import() -> None:
    assert {"unexpected_rows_expectation", "expect_column_values_to_be_in_set"} <= known_types()


def test_a_suite_of_a_team_warns_unless_it_says_critical(tmp_path: Path) -> None:
    data = suite()
    del first(data)["severity"], data["meta"]
    write(tmp_path, data, "a free name")
    (loaded,) = load_own_suites([f"{tmp_path}/*.json"])
    assert (loaded.table, loaded.own) == ("batches", True)
    assert [each.severity for each in loaded.expectations] == [Severity.WARNING, Severity.CRITICAL]
    assert Suite.from_json(json.loads(json.dumps(loaded.to_json()))) == loaded


def test_a_suite_of_a_team_is_found_from_the_current_folder_and_taken_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours").mkdir()
    write(tmp_path / "ours", suite())
    assert len(load_own_suites(["ours/*.json", "ours/batches.json"])) == 1


def test_the_suite_in_the_docs_can_be_copied(tmp_path: Path) -> None:
    docs = (SHIPPED.parent / "docs" / "expectations.md").read_text("utf-8")
    (tmp_path / "ours.json").write_text(docs.split("```json\n")[1].split("```")[0], "utf-8")
    (loaded,) = load_own_suites([f"{tmp_path}/ours.json"])
    assert [each.severity for each in loaded.expectations] == [Severity.WARNING, Severity.CRITICAL]


OWN_FAULTS: dict[str, tuple[Change, str]] = {
    "a table that there is not": (lambda data: data.update(name="leads"), "its name is not 'batches' or"),
    "misspelt severity": (lambda data: first(data).update(severity="serious"), "severity 'serious'"),
    "no why": (lambda data: first(data)["meta"].pop("why"), "lacks 'why'"),
    "no list": (lambda data: data.update(expectations={}), "holds no expectations"),
    "an expectation that is none": (lambda data: data["expectations"].append("x"), "expectation 3 is not an object"),
    "meta that is none": (lambda data: data.update(meta=[]), "meta is not an object"),
}


@pytest.mark.parametrize(("change", "said"), OWN_FAULTS.values(), ids=OWN_FAULTS)
def test_a_suite_of_a_team_with_a_fault_is_refused(tmp_path: Path, change: Change, said: str) -> None:
    data = suite()
    change(data)
    write(tmp_path, data, "ours")
    with pytest.raises(SuiteError, match=said):
        load_own_suites([f"{tmp_path}/*.json"])


def test_a_pattern_that_names_no_suite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="names no file"):
        load_own_suites([f"{tmp_path}/*.json"])


def test_a_folder_without_suites_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="holds no suite"):
        load_suites(tmp_path)


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.json")), ids=lambda file: file.stem)
def test_a_shipped_suite_is_sorted_and_indented_by_two(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("loaded", load_suites(SHIPPED), ids=lambda loaded: loaded.table)
def test_a_shipped_expectation_has_a_why_of_one_sentence(loaded: Suite) -> None:
    assert all(each.why.endswith(".") and ". " not in each.why for each in loaded.expectations)
    assert all(each.description.endswith(".") for each in loaded.expectations)


SETS = {
    "outcome": set(Outcome),
    "reason": set(Reason),
    "email_status": set(EmailStatus),
    "linkedin_status": set(LinkedInStatus),
    "matched_on": set(MatchedOn),
}


@pytest.mark.parametrize(("column", "words"), SETS.items(), ids=SETS)
def test_the_sets_of_the_ledger_suite_are_the_words_of_the_program(column: str, words: set[str]) -> None:
    (ledger,) = (each for each in load_suites(SHIPPED) if each.table == "ledger")
    sets = {
        each.kwargs["column"]: set(each.kwargs["value_set"])
        for each in ledger.expectations
        if "value_set" in each.kwargs
    }
    assert sets[column] == words


def test_the_reasons_of_the_suppression_suite_are_those_that_hold_back() -> None:
    (suppression,) = (each for each in load_suites(SHIPPED) if each.table == "suppression")
    (reasons,) = (
        each.kwargs["value_set"]
        for each in suppression.expectations
        if each.kwargs.get("column") == "reason" and "value_set" in each.kwargs
    )
    assert set(reasons) == {Reason.UNSUBSCRIBED, Reason.DO_NOT_CONTACT, Reason.BOUNCED, Reason.SUPPRESSED_DOMAIN}


def test_what_only_shows_is_the_exception() -> None:
    shown = [
        loaded.table
        for loaded in load_suites(SHIPPED)
        for each in loaded.expectations
        if each.severity is Severity.WARNING
    ]
    assert Counter(shown) == {"input": 8, "batches": 1, "ledger": 1, "suppression": 1, "updates": 1}
