"""A mapping that was accepted once is used for every file with that header; options win, a broken file is told."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

import leadsieve as ls
from leadsieve.cli.app import app
from leadsieve.errors import InputError, UsageError
from leadsieve.intake import load_mappings, map_columns, read, save_mapping, saved_for

FILE = "leadsieve-mappings.toml"
LIST = "Ref,Work e-mail,Office email,Town\n7,ann@acme-tools.com,ann@home-mail.com,Paris\n"
REORDERED = "TOWN,office EMAIL,work e-mail,ref\nRome,bob@home-mail.com,bob@acme-tools.com,8\n"
OTHER = "Ref,Work e-mail,Office email\n7,eve@acme-tools.com,\n"
CHOICE = ("--map", "Work e-mail=email", "--map", "Office email=", "--map", "Town=icebreaker")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("list.csv", LIST), ("again.csv", REORDERED), ("other.csv", OTHER)):
        (tmp_path / name).write_text(text)
    return tmp_path


def command(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    code = result.exit_code if result.exception is None or isinstance(result.exception, SystemExit) else None
    if status:
        assert isinstance(result.exception, UsageError | InputError)
        return str(result.exception)
    assert code == 0, result.exception
    return result.output


def saved() -> str:
    return command("inspect", "list.csv", *CHOICE, "--save-mapping")


def first(path: str) -> dict[str, str]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return next(csv.DictReader(file))


def test_a_saved_mapping_is_shown_with_its_reason_for_files_in_any_order_and_case() -> None:
    assert FILE in saved()
    shown = command("inspect", "again.csv")
    assert "work e-mail   → email  (saved mapping, 100%)" in shown
    assert "office EMAIL  → office EMAIL  (saved mapping; kept as a custom variable, 100%)" in shown
    assert "TOWN          → icebreaker  (saved mapping, 100%)" in shown


def test_a_file_with_another_header_knows_nothing_of_it() -> None:
    saved()
    assert "saved mapping" not in command("inspect", "other.csv")


def test_a_file_is_refused_without_what_was_saved_and_runs_with_it() -> None:
    with pytest.raises(InputError, match="two columns for email"):
        ls.run("again.csv", campaign="New", new_campaign=True, workspace=None)
    saved()
    result = ls.run("again.csv", campaign="New", new_campaign=True, workspace=None)
    assert result.ledger["email"].to_list() == ["bob@acme-tools.com"]
    why = {c["column"]: c["why"] for c in result.lead_list.files[0].described()["columns"]}
    assert why["work e-mail"] == "saved mapping"


def test_the_commands_use_it() -> None:
    saved()
    command("clean", "again.csv", "--out", "clean.csv")
    assert first("clean.csv")["icebreaker"] == "Rome"
    command("compare", "again.csv", "--campaign", "New", "--new-campaign", "--no-workspace")
    command("split", "again.csv", "--out", "parts")
    assert '"saved mapping"' in Path("parts/manifest.json").read_text()
    command("snapshot", "load", "again.csv", "--campaign", "Q4")
    assert len(ls.Workspace("workspace.duckdb").campaigns) == 1


def test_a_policy_may_name_another_file_or_none() -> None:
    Path("leadsieve.toml").write_text('mappings = "ours.toml"\n')
    saved()
    assert Path("ours.toml").exists()
    assert not Path(FILE).exists()
    command("snapshot", "load", "again.csv", "--campaign", "Q4")
    Path("leadsieve.toml").write_text('mappings = ""\n')
    assert "saved mapping" not in command("inspect", "again.csv")


def test_an_option_wins_and_takes_the_field_from_the_saved_column() -> None:
    saved()
    shown = command("inspect", "list.csv", "--map", "Office email=email")
    assert "Office email  → email  (told, 100%)" in shown
    assert "Work e-mail   → Work e-mail  (saved mapping; kept as a custom variable, 100%)" in shown


def test_saving_again_replaces_that_mapping_and_leaves_the_rest_as_a_person_wrote_it() -> None:
    saved()
    command("inspect", "other.csv", "--map", "Office email=", "--save-mapping")
    Path(FILE).write_text(Path(FILE).read_text() + "# our own note\n")
    command("inspect", "again.csv", "--map", "ref=companyName", "--save-mapping")
    text = Path(FILE).read_text()
    assert text.count("[[mapping]]") == len(load_mappings(FILE)) == 2
    assert "# our own note" in text
    assert saved_for(read("list.csv"), load_mappings(FILE))["ref"] == "companyName"


def test_no_cell_stands_in_the_file() -> None:
    saved()
    assert not any(cell in Path(FILE).read_text() for cell in ("ann@", "Paris", "acme-tools"))


@pytest.mark.parametrize(
    "name", ['A "quoted"', "back\\slash", "é = x # y", "two\nlines", "del\x7f", "[[mapping]]"], ids=repr
)
def test_any_column_name_survives_the_file(name: str) -> None:
    with Path("odd.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Email", name], ["ann@acme-tools.com", "x"]])
    found = read("odd.csv")
    save_mapping(FILE, found, map_columns(found, overrides={name: "companyName"}))
    assert saved_for(found, load_mappings(FILE))[found.table.columns[1]] == "companyName"


def test_a_list_without_header_has_nothing_to_save() -> None:
    Path("bare.csv").write_text("Bo,b@x.example\nAl,a@x.example\n")
    asked = ("inspect", "bare.csv", "--map", "column_2=email", "--save-mapping")
    assert "no header row" in command(*asked, status=2)
    assert not Path(FILE).exists()


def test_a_mapping_that_a_run_would_refuse_is_not_saved() -> None:
    assert "two columns for email" in command("inspect", "list.csv", "--save-mapping", status=2)
    assert not Path(FILE).exists()


BROKEN = {
    "no TOML": ("[[mapping", "not valid TOML"),
    "unknown field": ('[[mapping]]\nsignature = "0123456789abcdef"\ncolumns = {a = "emial"}', "`emial` is unknown (did you mean `email`?)"),
    "unknown key": ('[[mapping]]\nsignatur = "0123456789abcdef"\ncolumns = {}', "did you mean `signature`"),
    "unknown table": ("[[mappings]]", "did you mean `mapping`"),
    "no columns": ('[[mapping]]\nsignature = "0123456789abcdef"', "`columns`"),
    "no signature": ("[[mapping]]\ncolumns = {}", "`signature`"),
    "a number": ('[[mapping]]\nsignature = "0123456789abcdef"\ncolumns = {a = 1}', "`columns`"),
    "no list": ("mapping = 1", "no list of tables"),
    "not UTF-8": ("\udcff", "not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_and_left_alone(text: str, told: str) -> None:
    Path(FILE).write_text(text, "utf-8", "surrogateescape")
    before = Path(FILE).read_bytes()
    assert told in command("inspect", "other.csv", "--map", "Office email=", "--save-mapping", status=2)
    with pytest.raises(UsageError) as refusal:
        ls.run("other.csv", campaign="New", new_campaign=True, workspace=None)
    assert told in str(refusal.value)
    assert Path(FILE).read_bytes() == before
