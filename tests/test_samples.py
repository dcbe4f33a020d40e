"""The samples are what their generator writes, and their README says what they hold."""

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
README = (SAMPLES / "README.md").read_text("utf-8")
FORMATS = {"hubspot_contacts.csv": ("utf-8-sig", ","), "event_booth.csv": ("cp1252", ";")}
RECORDS = [
    "leads.csv",
    "apollo_export.csv",
    "sales_navigator_evaboot.csv",
    "hubspot_contacts.csv",
    "event_booth.csv",
]


@pytest.fixture(scope="session")
def fresh(tmp_path_factory):
    """A folder that the generator has just filled."""
    folder = tmp_path_factory.mktemp("samples")
    command = [sys.executable, "-B", str(SAMPLES.parent / "make_samples.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def written(folder):
    """Every file that the generator writes below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in {".csv", ".json", ".md"}
    }


def expected_rows():
    with (SAMPLES / "expected_rows.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def readme_rows(name):
    """The cells of one of the README's tables, without its head."""
    text = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", README, re.DOTALL)[1]
    return [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]


def records(name):
    """The records of a list as text, each with the physical line where it starts."""
    encoding, delimiter = FORMATS.get(name, ("utf-8", ","))
    with (SAMPLES / name).open(encoding=encoding, newline="") as file:
        reader, start = csv.reader(file, delimiter=delimiter), 1
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1


def test_the_committed_samples_are_what_the_generator_writes(fresh):
    made, committed = written(fresh), written(SAMPLES)

    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []


def test_the_generator_does_not_know_leadsieve():
    sources = [SAMPLES.parent / "make_samples.py", *(SAMPLES.parent / "sowing").glob("*.py")]

    assert [path.name for path in sources if re.search(r"^\s*(import|from) leadsieve", path.read_text(), re.M)] == []


@pytest.mark.parametrize("table", ["outcomes", "reasons", "marks", "warnings"])
def test_readme_tells_the_expected_counts(table):
    assert {name: int(count) for name, count in readme_rows(table)} == EXPECTED[table]


@pytest.mark.parametrize("table", ["settings", "variants"])
def test_readme_tells_the_expected_outcomes_of_other_settings(table):
    told = {name.strip("`"): [int(count) for count in counts] for name, *counts in readme_rows(table)}

    assert told == {name: list(counts.values()) for name, counts in EXPECTED[table].items()}


def test_readme_tells_the_expected_outcomes_of_each_list_alone():
    told = {name: [int(count) for count in counts] for name, *counts in readme_rows("alone")}

    assert told == {name: list(run["outcomes"].values()) for name, run in EXPECTED["alone"].items()}


def test_readme_tells_the_expected_sources():
    assert readme_rows("sources") == [[str(cell) for cell in source.values()] for source in EXPECTED["sources"]]


def test_readme_tells_the_campaigns():
    told = {name: int(leads) for name, leads, _ in readme_rows("workspace")}

    assert told == {name: sum(counts.values()) for name, counts in EXPECTED["workspace"]["campaigns"].items()}


def test_readme_names_every_plant_with_its_count():
    assert {name: int(count) for name, count, *_ in readme_rows("plants")} == EXPECTED["plants"]


def test_expected_rows_add_up_to_the_expected_counts():
    rows = expected_rows()
    outcomes = Counter(row["outcome"] for row in rows)

    assert {name: outcomes[name] for name in EXPECTED["outcomes"]} == EXPECTED["outcomes"]
    assert Counter(row["reason"] for row in rows) == EXPECTED["reasons"]


@pytest.mark.parametrize("counts", EXPECTED["settings"].values(), ids=EXPECTED["settings"])
def test_outcomes_add_up_to_the_input_in_every_setting(counts):
    assert sum(counts.values()) == EXPECTED["input_rows"]


@pytest.mark.parametrize("name", RECORDS)
def test_expected_rows_stand_where_the_records_start(name):
    lines = [int(row["line"]) for row in expected_rows() if row["file"] == name]
    (_, header), *found = records(name)

    assert lines == [line for line, cells in found if cells and cells != header]


def test_lines_that_are_no_records_are_counted():
    ignored = 0
    for name in RECORDS:
        (_, header), *found = records(name)
        ignored += sum(not cells or cells == header for _, cells in found)

    assert ignored == EXPECTED["ignored_lines"]


def test_each_campaign_has_one_export():
    exports = {path.stem for path in (SAMPLES / "workspace").glob("*.csv")}
    with (SAMPLES / "campaigns.csv").open(encoding="utf-8", newline="") as file:
        named = {row["name"] for row in csv.DictReader(file)}

    assert exports == named == set(EXPECTED["workspace"]["campaigns"])


@pytest.mark.parametrize("campaign", EXPECTED["workspace"]["campaigns"])
def test_export_holds_the_expected_statuses(campaign):
    with (SAMPLES / "workspace" / f"{campaign}.csv").open(encoding="utf-8", newline="") as file:
        assert Counter(row["status"] for row in csv.DictReader(file)) == EXPECTED["workspace"]["campaigns"][campaign]


def test_no_address_lies_in_a_reserved_domain():
    text = "".join(path.read_text("cp1252" if "event" in path.name else "utf-8") for path in SAMPLES.rglob("*.csv"))

    assert re.findall(r"@\S*\.(?:example|test|invalid|localhost|local)\b", text) == []
