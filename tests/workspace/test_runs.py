"""Runs are recorded: their rules and counts, no person; and where that cannot be, the run stands."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

import leadsieve as ls
from leadsieve.words import Outcome

ONE = "email,firstName\nann@acme-tools.com,Ann\nbob@acme-tools.com,Bob\nbob@acme-tools.com,Bob\nbroken@@acme,Bro\n"
TWO = "email,firstName\nbob@acme-tools.com,Bob\ncyd@acme-tools.com,Cyd\n"


@pytest.fixture
def workspace(tmp_path: Path) -> ls.Workspace:
    (tmp_path / "Spring.csv").write_text("email,status\nann@acme-tools.com,done\n", "utf-8")
    (tmp_path / "one.csv").write_text(ONE, "utf-8")
    (tmp_path / "two.csv").write_text(TWO, "utf-8")
    workspace = ls.Workspace(tmp_path / "workspace.duckdb", lock_timeout=0.2)
    workspace.load(tmp_path / "Spring.csv")
    return workspace


@pytest.fixture
def result(workspace: ls.Workspace, tmp_path: Path) -> ls.Result:
    lists = [tmp_path / "one.csv", tmp_path / "two.csv"]
    return ls.run(lists, workspace=workspace, campaign="Spring", dedup="workspace", validate="off")


def test_a_published_run_is_recorded_with_its_rules_and_counts(workspace, result, tmp_path):
    result.write(tmp_path / "out")
    row = workspace.runs.row(0, named=True)
    told = {
        name: row[name]
        for name in ("run", "campaign", "snapshot", "dedup", "import_mode", "method", "input_rows", "people")
    }
    assert told == {
        "run": 1,
        "campaign": "Spring",
        "snapshot": 1,
        "dedup": "workspace",
        "import_mode": "create-only",
        "method": "csv",
        "input_rows": 6,
        "people": 3,
    }
    assert row["policy_sha256"] == result.policy.digest()
    assert {o: row[o] for o in Outcome} == result.summary["outcomes"]


def test_each_sources_counts_and_duplicate_rate_are_recorded(workspace, result, tmp_path):
    result.write(tmp_path / "out")
    rates = workspace.duplicate_rates.select(
        "source", "valid", "people", "known_people", "deleted_people", "duplicate_rate"
    )
    assert rates.rows() == [("one", 3, 2, 1, 0, pytest.approx(2 / 3)), ("two", 2, 2, 0, 0, 0.0)]
    assert rates["duplicate_rate"].to_list() == pytest.approx(result.sources["duplicate_rate"].to_list())


def test_the_persons_that_two_sources_share_are_recorded(workspace, result, tmp_path):
    result.write(tmp_path / "out")
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        assert con.execute("select run, source, other, people from overlap").fetchall() == [(1, "one", "two", 1)]


def test_every_count_of_a_source_is_recorded(workspace, result, tmp_path):
    result.write(tmp_path / "out")
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        recorded = con.sql("select * exclude (run, deleted_people) from run_sources").pl()
    assert recorded.equals(result.sources.select(recorded.columns))


def test_no_person_is_recorded(workspace, result, tmp_path):
    before = workspace.path.read_bytes()
    result.write(tmp_path / "out")
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        recorded = str([con.execute(f"from {table}").fetchall() for table in ("runs", "run_sources", "run_overlaps")])
    assert "acme" not in recorded
    assert workspace.path.read_bytes() != before


def test_no_record_leaves_no_trace(workspace, result, tmp_path):
    before = workspace.path.read_bytes()
    result.write(tmp_path / "out", record=False)
    assert workspace.path.read_bytes() == before


def test_a_run_without_a_workspace_is_not_recorded(workspace, tmp_path):
    ls.run(tmp_path / "two.csv", workspace=None, campaign="Spring", validate="off").write(tmp_path / "out")
    assert workspace.runs.height == 0


def test_a_run_whose_workspace_is_in_use_is_published_and_told(workspace, result, tmp_path):
    with (
        duckdb.connect(str(workspace.path), read_only=True),
        pytest.warns(UserWarning, match=r"published but not recorded\. The workspace .+ is held by") as told,
    ):
        out = result.write(tmp_path / "out")
    assert Path(told[0].filename) == Path(__file__)
    assert (out / "manifest.json").is_file()
    assert workspace.runs.height == 0


@pytest.mark.parametrize("why", ["Permission denied", "Read-only file system", "Operation not permitted"])
def test_a_run_whose_workspace_is_read_only_is_published_and_told(result, tmp_path, monkeypatch, why):
    def refuse(*_: object, **__: object) -> None:
        msg = f'IO Error: Cannot open file "workspace.duckdb": {why}'
        raise duckdb.IOException(msg)

    monkeypatch.setattr("leadsieve.workspace.store.connect", refuse)
    with pytest.warns(UserWarning, match=f"cannot be opened: {why}"):
        out = result.write(tmp_path / "out")
    assert (out / "manifest.json").is_file()


def test_the_next_run_knows_the_rules_of_those_before(workspace, result, tmp_path):
    result.write(tmp_path / "out")
    later = ls.run(tmp_path / "two.csv", workspace=workspace, campaign="Spring")
    assert later.sieved.recent_rules == {("workspace", "create-only"): 1}
    assert ls.run(tmp_path / "two.csv", workspace=None, campaign="Spring").sieved.recent_rules == {}


def test_the_history_changes_no_byte_of_the_summary(workspace, result, tmp_path):
    first = result.write(tmp_path / "first") / "summary.json"
    again = ls.run(
        [tmp_path / "one.csv", tmp_path / "two.csv"],
        workspace=workspace,
        campaign="Spring",
        dedup="active",
        validate="off",
    )
    again.write(tmp_path / "second")
    third = ls.run(
        [tmp_path / "one.csv", tmp_path / "two.csv"],
        workspace=workspace,
        campaign="Spring",
        dedup="workspace",
        validate="off",
    )
    assert (third.write(tmp_path / "third") / "summary.json").read_bytes() == first.read_bytes()
    assert isinstance(again.ledger, pl.DataFrame)
