"""`leadsieve inspect`: a person who is no programmer sees what was guessed and what to change."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadsieve.cli.app import app

QUIRKS = Path(__file__).parent / "data" / "quirks"
ODD = "Leads of today\nName,Email,Company\nBo,b@x.example\nQuillfeather,q@x.example,Foo, Bar\nAl,a@x.example,Globex\n\nTotal: 3\n"


def inspected(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["inspect", *map(str, arguments)])
    assert result.exit_code == 0, result.exception
    return result.output


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "odd.csv"
    path.write_text(ODD)
    return path


@pytest.mark.parametrize(
    "words",
    [
        "text, 2 records in 3 columns",
        "Delimiter   comma, sure",
        "1 line before it",
        "1 line: after the list",
        "Repaired    1 record: too few cells",
        "Unreadable  1 record: too many cells",
        "on line 4; --rejects OUT.csv keeps them",
        "→ email  (named 'Email', 100%)",
    ],
)
def test_what_was_made_of_an_odd_file_is_told(odd: Path, words: str) -> None:
    assert words in inspected(odd)


def test_a_doubtful_encoding_names_what_to_try() -> None:
    assert "if names look wrong, try --encoding" in inspected(QUIRKS / "cp1252_semicolon.csv")


def test_no_persons_data_is_shown(odd: Path) -> None:
    assert not any(word in inspected(odd) for word in ("Quillfeather", "q@x.example", "Globex"))


def test_a_list_that_a_run_would_refuse_is_told_why(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    path.write_text("Company,City\nAcme,Paris\n")
    assert "has no column with an email or a LinkedIn profile" in inspected(path)


def test_a_variable_that_gives_way_to_a_name_of_ours_is_shown_as_a_run_names_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Email,source,Row,Town\na@x.example,fair,1,Paris\n")
    shown = inspected(path)
    assert "source  → source_  (kept as a custom variable; its own name is taken, 100%)" in shown
    assert "Row     → Row_  " in shown
    assert "Town    → Town  (kept as a custom variable, 100%)" in shown


def test_the_table_and_the_rejects_are_written(odd: Path, tmp_path: Path) -> None:
    inspected(odd, "--table", tmp_path / "table.csv", "--rejects", tmp_path / "rejects.csv")
    with (tmp_path / "table.csv").open(newline="") as table:
        assert list(csv.reader(table)) == [
            ["Name", "Email", "Company"],
            ["Bo", "b@x.example", ""],
            ["Al", "a@x.example", "Globex"],
        ]
    with (tmp_path / "rejects.csv").open(newline="") as rejects:
        assert list(csv.reader(rejects))[1] == ["4", "too_many_cells", "Quillfeather,q@x.example,Foo, Bar"]


def test_a_table_without_header_is_written_without_one(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Bo,b@x.example\nAl,a@x.example\n")
    inspected(path, "--table", tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == '"Bo","b@x.example"\n"Al","a@x.example"\n'
