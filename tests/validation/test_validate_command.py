"""`leadsieve validate`, `run` and a team's own suites at the command line."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from leadsieve.cli import app
from leadsieve.validation.suites import Suite
from validation.in_process_gate import InProcessGate
from validation.small_team import CAMPAIGN, write_team

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


class Ended(NamedTuple):
    status: int
    out: str
    err: str


class FewSuites(InProcessGate):
    """What these tests break is told by two of our suites and by the team's own; the others only take time."""

    def __init__(self, suites: tuple[Suite, ...]) -> None:
        super().__init__(tuple(each for each in suites if each.own or each.table in {"batches", "snapshot"}))


@pytest.fixture
def leadsieve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ended]:
    """Run a command in a folder with a list and a workspace, with the gate in this process."""
    write_team(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("leadsieve.validation.Gate", FewSuites)
    monkeypatch.setattr("leadsieve.validation.published_run.Gate", FewSuites)

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app.main(arguments)
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def out(leadsieve: Callable[..., Ended], tmp_path: Path) -> Path:
    """The folder of a run."""
    assert leadsieve("run", "leads.csv", "--campaign", CAMPAIGN, "--out", "out").status == 0
    return tmp_path / "out"


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(bytes(path) + path.read_bytes() for path in files)).hexdigest()


def test_a_published_run_passes_again_and_stays_as_it_is(leadsieve: Callable[..., Ended], out: Path) -> None:
    before = digest(out)
    ended = leadsieve("validate", "out")
    assert (ended.status, ended.err) == (0, "")
    assert "checks that can stop a run held." in ended.out
    assert digest(out) == before


def test_a_published_run_that_was_changed_fails_in_words(leadsieve: Callable[..., Ended], out: Path) -> None:
    (batch,) = (out / "batches").iterdir()
    batch.write_text(batch.read_text("utf-8").replace("new@fresh", "New@fresh"), "utf-8")
    before = digest(out)
    ended = leadsieve("validate", "out")
    assert ended.status == 1
    assert "• batches: Emails are in lower case. (batches/q4-outreach-001.csv, record 1)" in ended.out
    assert ended.err.startswith("Error: The output breaks a rule (batches): Emails are in lower case")
    assert digest(out) == before


BATCH = "batches/q4-outreach-001.csv"


def rewrite(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(change(file.read_bytes()))


CUT_CELL = rewrite(lambda cells: cells.rstrip(b"\n").rpartition(b",")[0])
DAMAGED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a batch that is cut": (BATCH, CUT_CELL, "line 4 has fewer cells than the header"),
    "a quote without an end": (
        BATCH,
        rewrite(lambda cells: cells.replace(b"\n", b'\n"', 1)),
        "a quote in line 2 has no end",
    ),
    "a batch that is empty": (BATCH, rewrite(lambda _: b""), "it is empty"),
    "a batch in another encoding": (BATCH, rewrite(lambda cells: b"\xff" + cells), "it is not UTF-8"),
    "excluded.csv empty": ("excluded.csv", rewrite(lambda _: b""), "it is empty"),
    "half a ledger": ("ledger.parquet", rewrite(lambda all_: all_[:-100]), "it is no whole Parquet file"),
    "no ledger": ("ledger.parquet", Path.unlink, "it is not there"),
}


@pytest.mark.parametrize(("name", "damage", "said"), DAMAGED.values(), ids=DAMAGED)
def test_a_published_file_that_cannot_be_read_any_more_is_named(
    leadsieve: Callable[..., Ended], out: Path, name: str, damage: Callable[[Path], object], said: str
) -> None:
    damage(out / name)
    ended = leadsieve("validate", "out")
    assert (ended.status, ended.out) == (3, "")
    assert ended.err == f"Error: out/{name} cannot be read back: {said}. Take the file from a backup, or run again.\n"


def test_a_published_summary_that_cannot_be_read_any_more_is_named(leadsieve: Callable[..., Ended], out: Path) -> None:
    (out / "summary.json").write_bytes(b"")
    ended = leadsieve("validate", "out")
    assert (ended.status, ended.err) == (
        3,
        "Error: out/summary.json cannot be read. Take the file from a backup, or run again.\n",
    )


def test_files_that_were_changed_or_removed_are_listed(leadsieve: Callable[..., Ended], out: Path) -> None:
    assert "not as the run wrote it" not in leadsieve("validate", "out").out
    (out / BATCH).unlink()
    (out / "report.html").write_bytes(b"")
    ended = leadsieve("validate", "out")
    assert ended.status == 1
    assert f"What is not as the run wrote it, or not there\n  • {BATCH}\n  • report.html" in ended.out


def test_a_workspace_that_cannot_be_used_is_told_as_such(leadsieve: Callable[..., Ended], out: Path) -> None:
    ended = leadsieve("validate", "out", "--workspace", "leads.csv")
    assert (ended.status, out.is_dir()) == (3, True)
    assert ended.err.startswith("Error: leads.csv ")
    assert "installation" not in ended.err


def test_an_opt_out_that_came_since_fails_a_published_run(leadsieve: Callable[..., Ended], out: Path) -> None:
    (out.parent / "more.csv").write_text("value\n@fresh-corp.com\n", "utf-8")
    assert leadsieve("suppress", "add", "more.csv").status == 0
    ended = leadsieve("validate", "out")
    assert ended.status == 1
    assert "Nobody is created whom an opt-out names" in ended.err


def test_a_run_without_a_workspace_is_told_what_does_not_apply(leadsieve: Callable[..., Ended]) -> None:
    leadsieve("run", "leads.csv", "--campaign", "x", "--no-workspace", "--out", "out")
    ended = leadsieve("validate", "out")
    assert ended.status == 0
    assert "checks do not apply: the run had no workspace." in ended.out


def test_a_run_decided_by_a_workspace_is_not_validated_without_it(leadsieve: Callable[..., Ended], out: Path) -> None:
    ended = leadsieve("validate", "out", "--workspace", "nowhere.duckdb")
    assert ended.status == 3
    assert "There is no workspace at nowhere.duckdb" in ended.err
    assert out.is_dir()


def test_another_workspace_is_not_taken_for_that_of_the_run(leadsieve: Callable[..., Ended], out: Path) -> None:
    assert leadsieve("snapshot", "load", "exports/Nordics.csv", "--workspace", "another.duckdb").status == 0
    ended = leadsieve("validate", "out", "--workspace", "another.duckdb")
    assert ended.status == 1
    assert "The snapshot is the one that the run decided by" in ended.out
    assert out.is_dir()


@pytest.mark.parametrize("folder", ["nowhere", "exports"])
def test_a_folder_that_is_no_run_is_refused(leadsieve: Callable[..., Ended], folder: str) -> None:
    ended = leadsieve("validate", folder)
    assert ended.status == 3
    assert f"{folder} is no folder that a run published" in ended.err


OURS = {
    "expectations": [
        {
            "description": "Nobody is written to at Acme.",
            "kwargs": {"unexpected_rows_query": "select position from {batch} where companyName = 'Acme'"},
            "meta": {"guards": "our own rule", "why": "A partner."},
            "type": "unexpected_rows_expectation",
        }
    ],
    "name": "batches",
}


def own_suite(folder: Path, **changes: object) -> None:
    (folder / "ours").mkdir()
    suite = {**OURS, "expectations": [{**OURS["expectations"][0], **changes}]}  # type: ignore[dict-item]
    (folder / "ours" / "partners.json").write_text(json.dumps(suite), "utf-8")
    (folder / "leadsieve.toml").write_text('expectations = ["ours/*.json"]\n', "utf-8")


def run_with_own(leadsieve: Callable[..., Ended]) -> Ended:
    return leadsieve("run", "leads.csv", "--campaign", CAMPAIGN, "--out", "out")


def test_a_team_s_own_expectation_warns(leadsieve: Callable[..., Ended], tmp_path: Path) -> None:
    own_suite(tmp_path)
    assert run_with_own(leadsieve).status == 0
    results = json.loads((tmp_path / "out" / "validation" / "results.json").read_text("utf-8"))["results"]
    (own,) = (each for each in results if each["own"] and each["expectation"] != "rows_expected")
    assert (own["success"], own["rows"], own["blocks"]) == (False, [5], False)
    assert "batches: Nobody is written to at Acme. (rows 5;" in leadsieve("validate", "out").out


def test_a_team_s_own_expectation_that_says_critical_stops_the_run(
    leadsieve: Callable[..., Ended], tmp_path: Path
) -> None:
    own_suite(tmp_path, severity="critical")
    ended = run_with_own(leadsieve)
    assert ended.status == 1
    assert ended.err == (
        "Error: The output breaks a rule (batches): Nobody is written to at Acme. "
        "Nothing was published; see out.not-published/validation/index.html.\n"
    )


@pytest.mark.parametrize(
    "changes", [{"type": "expect_too_much"}, {"severity": "grave"}, {"kwargs": {"kolumn": "email"}}], ids=repr
)
def test_a_team_s_suite_that_is_wrong_stops_the_command(
    leadsieve: Callable[..., Ended], tmp_path: Path, changes: dict[str, object]
) -> None:
    own_suite(tmp_path, **changes)
    ended = run_with_own(leadsieve)
    assert ended.status == 2
    assert "expectation 1" in ended.err
    assert not (tmp_path / "out").exists()


def test_a_run_that_only_warns_says_that_it_broke_a_rule(leadsieve: Callable[..., Ended], tmp_path: Path) -> None:
    own_suite(tmp_path, severity="critical")
    ended = leadsieve("run", "leads.csv", "--campaign", CAMPAIGN, "--out", "out", "--validate", "warn")
    assert ended.status == 0
    assert "Warning: the output breaks a rule and was published all the same (--validate warn)." in ended.err
