"""Full names are split only on request, and only where nothing else gives a first or last name."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import leadsieve as ls
from leadsieve.cli.app import app
from leadsieve.intake.full_names import split_full_name

NAMES = {
    "Ann Ash": ("Ann", "Ash"),
    "  Ann   Ash ": ("Ann", "Ash"),
    "Núñez, José": ("José", "Núñez"),
    "Ash Jr., Ann": ("Ann", "Ash Jr."),
    "Dr. Ann Ash": ("Ann", "Ash"),
    "Prof. Dr. med. Ann Ash": ("Ann", "Ash"),
    "Mrs Ash": ("", "Ash"),
    "Anna Maria Ash": ("Anna Maria", "Ash"),
    "Ann Q. Ash": ("Ann Q.", "Ash"),
    "Ann van der Berg": ("Ann", "van der Berg"),
    "Charles De Gaulle": ("Charles", "De Gaulle"),
    "Oscar de la Hoya": ("Oscar", "de la Hoya"),
    "Juan García y López": ("Juan", "García y López"),
    "van der Berg": ("", "van der Berg"),
    "Van Morrison": ("Van", "Morrison"),
    "DUPONT Jean": ("Jean", "DUPONT"),
    "JEAN DUPONT": ("JEAN", "DUPONT"),
    "JP Morgan": ("JP", "Morgan"),
    "Ann Ash Jr.": ("Ann", "Ash Jr."),
    "Ann Ash, PhD": ("Ann", "Ash"),
    "Jack Ma": ("Jack", "Ma"),
    "Ann (she/her) Ash 🚀": ("Ann", "Ash"),
    "Ann": ("Ann", ""),
    "田中 太郎": ("", ""),
    "Ann & Bob Ash": ("", ""),
    "ann@acme-tools.com": ("", ""),
    "Ash, Ann, Bob": ("", ""),
    ",": ("", ""),
    "": ("", ""),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(header: str, *rows: str) -> str:
    Path("list.csv").write_text("\n".join([header, *rows, ""]), "utf-8")
    return "list.csv"


def run(file: str, **options: object) -> ls.Result:
    return ls.run(file, campaign="New", new_campaign=True, workspace=None, validate="off", **options)


@pytest.mark.parametrize(("name", "halves"), NAMES.items())
def test_a_full_name_is_halved(name: str, halves: tuple[str, str]) -> None:
    assert split_full_name(name) == halves


@given(st.text(max_size=30))
def test_no_word_is_made_up(name: str) -> None:
    words = [word.strip(",") for word in name.replace(",", " ").split()]
    halves = split_full_name(name)
    assert all(word in words for half in halves for word in half.split()) or any(c in name for c in '()[]"')


@pytest.mark.parametrize(
    "header", ["Full Name", "name", "Nom complet", "Contact: Name", "Person - Name", "Nombre", "fullName"]
)
def test_a_column_of_full_names_gives_both_and_stays(header: str) -> None:
    file = write(f"Email,{header},Company", 'ann@acme-tools.com,"van der Berg, Ann",Acme', "bob@acme-tools.com,,Acme")
    ledger = run(file, split_names=True).ledger
    assert ledger.select("firstName", "lastName").rows() == [("Ann", "van der Berg"), (None, None)]
    assert "van der Berg, Ann" in ledger.row(0)
    assert {c["column"]: c["was"] for c in ledger["changes"][0]} == {"firstName": "", "lastName": ""}
    assert ledger["changes"][1].to_list() == []


def test_without_the_request_nothing_is_split() -> None:
    ledger = run(write("Email,Full Name", "ann@acme-tools.com,Ann Ash")).ledger
    assert ledger.select("firstName", "lastName", "Full Name").rows() == [(None, None, "Ann Ash")]


@pytest.mark.parametrize("beside", ["First Name", "Last Name"])
def test_a_list_with_a_half_of_its_own_is_left_alone(beside: str) -> None:
    ledger = run(write(f"Email,Full Name,{beside}", "ann@acme-tools.com,Ann Ash,X"), split_names=True).ledger
    assert sorted(ledger.select("firstName", "lastName").row(0), key=str) == [None, "X"]


@pytest.mark.parametrize("header", ["Company name", "Owner name", "Campaign name", "Town"])
def test_a_column_that_names_something_else_is_left_alone(header: str) -> None:
    ledger = run(write(f"Email,{header}", "ann@acme-tools.com,Ann Ash"), split_names=True).ledger
    assert ledger.select("firstName", "lastName").row(0) == (None, None)


def test_a_full_column_goes_before_an_empty_one() -> None:
    ledger = run(write("Email,Full name,Name", "ann@acme-tools.com,,Ann Ash"), split_names=True).ledger
    assert ledger.select("firstName", "lastName").row(0) == ("Ann", "Ash")


def test_the_batches_carry_the_halves_and_the_manifest_says_whence() -> None:
    result = run(write("Email,Full Name", "ann@acme-tools.com,Ann Ash"), split_names=True)
    result.write(Path("out"))
    with Path("out/batches/new-001.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert [row[name] for name in ("firstName", "lastName", "Full Name")] == ["Ann", "Ash", "Ann Ash"]
    assert "split from the full name" in Path("out/manifest.json").read_text()


@pytest.mark.parametrize("how", ["option", "policy"])
def test_the_commands_split_on_request(how: str) -> None:
    file = write("Email,Full Name", "ann@acme-tools.com,Ann Ash")
    asked = ["--split-names"] if how == "option" else []
    if how == "policy":
        Path("leadsieve.toml").write_text("split_names = true\n")
    shown = CliRunner().invoke(app, ["inspect", file, *asked]).output
    assert "Full Name  → lastName  (split from the full name, 80%)" in shown
    CliRunner().invoke(app, ["clean", file, "--out", "clean.csv", *asked])
    with Path("clean.csv").open(encoding="utf-8-sig", newline="") as cleaned:
        assert next(csv.DictReader(cleaned))["lastName"] == "Ash"


def test_a_saved_mapping_neither_splits_nor_hinders_it() -> None:
    file = write("Email,Full Name", "ann@acme-tools.com,Ann Ash")
    CliRunner().invoke(app, ["inspect", file, "--split-names", "--save-mapping"])
    assert "→ Full Name  (saved mapping; kept" in CliRunner().invoke(app, ["inspect", file]).output
    assert "split" not in CliRunner().invoke(app, ["inspect", file]).output
    assert "→ lastName" in CliRunner().invoke(app, ["inspect", file, "--split-names"]).output
