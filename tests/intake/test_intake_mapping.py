"""Header mapping: known exports, names in many languages, content; a wrong email, profile or company is worse than none."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from leadsieve.errors import InputError, UsageError
from leadsieve.intake import ColumnMapping, Read, map_columns, read

DATA = Path(__file__).parent / "data"
EXPORTS = json.loads((DATA / "exports.json").read_text("utf-8"))
RENAMED = json.loads((DATA / "renamed.json").read_text("utf-8"))


def reading(folder: Path, header: list[str], *rows: list[str]) -> Read:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    path = folder / "list.csv"
    path.write_text(text.getvalue(), "utf-8", newline="")
    return read(path)


def fields(mapping: tuple[ColumnMapping, ...]) -> dict[str, str]:
    return {m.column: m.field for m in mapping if m.field}


@pytest.mark.parametrize("case", [*EXPORTS, *RENAMED], ids=lambda case: case["name"])
def test_a_header_is_mapped_as_a_person_would(tmp_path: Path, case: dict[str, Any]) -> None:
    found = reading(tmp_path, case["header"], *case.get("rows", []))
    assert fields(map_columns(found, overrides={})) == case["expected"]


def test_every_column_goes_to_a_field_or_a_variable_with_a_reason(tmp_path: Path) -> None:
    found = reading(tmp_path, ["Email", "Größe (cm)", "# Employees"], ["a@b.example", "1", "2"])
    mapping = map_columns(found, overrides={})
    assert [(m.column, m.field, m.variable) for m in mapping] == [
        ("Email", "email", None),
        ("Größe (cm)", None, "Gr__e _cm_"),
        ("# Employees", None, "# Employees"),
    ]
    assert all(m.reason and 0 < m.confidence <= 1 for m in mapping)


def test_a_variable_that_collides_gets_a_trailing_underscore(tmp_path: Path) -> None:
    header = ["Email", "Town", "town", "source", "Phone", "mobile"]
    mapping = map_columns(
        reading(tmp_path, header, ["a@b.example", "P", "Q", "s", "1", "2"]), overrides={}, reserved=["source"]
    )
    assert [(m.variable, m.renamed) for m in mapping if m.variable] == [
        ("Town", False), ("town_", True), ("source_", True), ("mobile", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        pytest.param(["Email", "Work email"], ["", "a@b.example"], {"Work email": "email"}, id="an empty candidate"),
        pytest.param(["Email", "Email"], ["a@b.example", ""], {"Email": "email"}, id="an empty repetition"),
        pytest.param(["Mail", "Email consent"], ["a@b.example", "yes"], {"Mail": "email"}, id="consent is no address"),
        pytest.param(["x", "y"], ["a@b.example", "1"], {"x": "email"}, id="content alone"),
        pytest.param(["LinkedIn", "Owner email"], ["linkedin.com/in/z", "me@us.example"], {"LinkedIn": "linkedinUrl"}, id="the owner's address"),
    ],
)  # fmt: skip
def test_content_decides_where_names_do_not(
    tmp_path: Path, header: list[str], row: list[str], expected: dict[str, str]
) -> None:
    assert fields(map_columns(reading(tmp_path, header, row), overrides={})) == expected


def test_two_filled_candidates_for_the_email_are_an_error_that_names_both(tmp_path: Path) -> None:
    found = reading(tmp_path, ["Email", "Work email"], ["a@b.example", "c@d.example"])
    with pytest.raises(InputError, match=r"'Email' and 'Work email'.*--map"):
        map_columns(found, overrides={})
    assert fields(map_columns(found, overrides={"Work email": ""})) == {"Email": "email"}


def test_two_columns_of_one_name_are_told_by_their_places_and_can_be_chosen(tmp_path: Path) -> None:
    found = reading(tmp_path, ["Email", "Name", "Email"], ["a@b.example", "Bo", "c@d.example"])
    with pytest.raises(InputError, match=r"the columns 1 and 3, both called 'Email'\."):
        map_columns(found, overrides={})
    assert fields(map_columns(found, overrides={"Email": "", "Email_2": "email"})) == {"Email_2": "email"}


@pytest.mark.parametrize("name", ["Work e-mail", "work  E-MAIL "], ids=repr)
def test_what_is_told_wins_whatever_its_case(tmp_path: Path, name: str) -> None:
    found = reading(tmp_path, ["Email", "Work e-mail"], ["a@b.example", "c@d.example"])
    assert fields(map_columns(found, overrides={name: "email"})) == {"Work e-mail": "email"}


def test_what_is_told_of_columns_of_other_files_is_passed_over(tmp_path: Path) -> None:
    found = reading(tmp_path, ["Email"], ["a@b.example"])
    assert fields(map_columns(found, overrides={"Courriel": "email"})) == {"Email": "email"}


def test_an_unknown_field_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'mail' is no field"):
        map_columns(reading(tmp_path, ["Email"], ["a@b.example"]), overrides={"Email": "mail"})


def test_a_list_without_identifiers_is_refused_with_the_names_that_were_seen(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'First Name', 'Company'.*Looked for names such as Email"):
        map_columns(reading(tmp_path, ["First Name", "Company"], ["Bo", "Acme"]), overrides={})


@pytest.mark.parametrize(
    "row", [["Quillfeather", "q@b.example"], ["Quillfeather", "Acme"], ["Quillfeather", "+33 612345678"]], ids=["email", "words", "phone"]
)  # fmt: skip
def test_a_first_row_that_is_data_is_not_quoted(tmp_path: Path, row: list[str]) -> None:
    found = reading(tmp_path, row, [c.replace("Quillfeather", "Bo") for c in row])
    with pytest.raises(InputError, match="header row") as refusal:
        map_columns(found, overrides={})
    assert not any(cell in str(refusal.value) for cell in row)


def test_columns_without_a_header_can_be_named_by_number(tmp_path: Path) -> None:
    found = reading(tmp_path, ["Bo", "b@x.example"], ["Al", "a@x.example"])
    assert fields(map_columns(found, overrides={"column_2": "email"})) == {"column_2": "email"}


def test_leadsieves_own_columns_of_a_failed_list_are_left_out(tmp_path: Path) -> None:
    own = ["file", "line", "reason", "what_to_do", "text"]
    found = reading(tmp_path, ["Email", *own], ["a@b.example", "x", "1", "r", "w", "t"])
    assert [m.column for m in map_columns(found, overrides={})] == ["Email"]
    assert "failed.csv" in " ".join(found.guess.notes)


def test_reading_tells_the_mapping_and_never_fails_for_it(tmp_path: Path) -> None:
    assert fields(reading(tmp_path, ["Email"], ["a@b.example"]).guess.mapping) == {"Email": "email"}
    assert reading(tmp_path, ["Product", "Price"], ["Boots", "74.69"]).guess.mapping == ()
