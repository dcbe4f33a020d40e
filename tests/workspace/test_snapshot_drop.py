"""Dropping snapshots: all others keep exactly what they hold."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import leadsieve as ls
from leadsieve.cli.app import app
from workspace.stored import put_membership

HEADER = "email,linkedinUrl,status,_id"
START = datetime(2026, 1, 5, tzinfo=UTC)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    return path


def lead(name: str, status: str = "running") -> str:
    return f"{name}@acme-tools.com,,{status},lea_{name}"


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def content(path: Path) -> dict[int, list[object]]:
    """What every snapshot holds, as a run reads it: campaigns, memberships with their identifiers."""
    with duckdb.connect(str(path), read_only=True) as con:
        campaigns = con.execute(
            "select s.id, c.* exclude (from_snapshot, until_snapshot) from snapshots s join campaigns c "
            "on from_snapshot <= s.id and (until_snapshot is null or until_snapshot > s.id) order by all"
        ).fetchall()
        memberships = con.execute(
            "select s.id, m.* exclude (from_snapshot, until_snapshot), (select list(key order by key) from membership_identifiers i "
            "where i.membership = m.membership) from snapshots s join memberships m "
            "on from_snapshot <= s.id and (until_snapshot is null or until_snapshot > s.id) order by all"
        ).fetchall()
        numbers = [number for (number,) in con.execute("select id from snapshots").fetchall()]
    return {n: [row for row in (*campaigns, *memberships) if row[0] == n] for n in numbers}


def live(path: Path) -> list[object]:
    """What the next load compares with."""
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(
            "select campaign, lead_id, status from memberships where until_snapshot is null order by all"
        ).fetchall()


@pytest.fixture
def workspace(tmp_path: Path) -> ls.Workspace:
    """Three loads: bob ends and eve comes with the second, ann ends and bob leaves with the third."""
    workspace = ls.Workspace(tmp_path / "workspace.duckdb")
    spring = tmp_path / "Spring.csv"
    workspace.load(write(spring, lead("ann"), lead("bob")), taken_at=day(0))
    workspace.load(write(spring, lead("ann"), lead("bob", "done"), lead("eve")), taken_at=day(1))
    workspace.load(write(spring, lead("ann", "done"), lead("eve")), taken_at=day(2))
    return workspace


@pytest.mark.parametrize("gone", [(1,), (2,), (3,), (1, 2), (2, 3), (1, 3)], ids=str)
def test_the_others_keep_what_they_hold(workspace, gone):
    before = content(workspace.path)
    workspace.drop(*gone)
    assert content(workspace.path) == {number: rows for number, rows in before.items() if number not in gone}


def test_without_the_newest_the_one_before_it_is_what_the_next_load_goes_on_from(workspace, tmp_path):
    workspace.drop(3)
    assert [row[1:] for row in live(workspace.path)] == [
        ("lea_ann", "running"),
        ("lea_bob", "done"),
        ("lea_eve", "running"),
    ]
    loaded = workspace.load(tmp_path / "Spring.csv", taken_at=day(3))
    assert (loaded.snapshot, loaded.came, loaded.left, loaded.changed) == (4, 0, 1, 1)


def test_only_what_no_other_snapshot_shows_is_removed(workspace):
    assert workspace.drop(2).memberships == 1
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        kept = con.execute("select lead_id, status from memberships order by all").fetchall()
    assert kept == [("lea_ann", "done"), ("lea_ann", "running"), ("lea_bob", "running"), ("lea_eve", "running")]


def test_keys_of_people_who_are_nowhere_any_more_are_removed(workspace):
    workspace.drop(1, 2)
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        keys = con.execute("select distinct key from membership_identifiers order by key").fetchall()
    assert keys == [("ann@acme-tools.com",), ("eve@acme-tools.com",)]


def test_a_deleted_leads_tombstone_outlives_the_snapshots_that_showed_the_lead(workspace, tmp_path):
    workspace.load(write(tmp_path / "Spring.csv", lead("ann", "done")), taken_at=day(3))
    assert workspace.deleted_leads["lead_id"].to_list() == ["lea_eve"]
    workspace.drop(2, 3)
    told = workspace.deleted_leads.select("lead_id", "campaign", "state", "email").rows()
    assert told == [("lea_eve", "Spring", "in_force", "eve@acme-tools.com")]


def test_a_deletion_that_only_the_newest_load_showed_did_not_happen(workspace, tmp_path):
    workspace.load(write(tmp_path / "Spring.csv", lead("ann", "done")), taken_at=day(3))
    workspace.drop(4)
    assert workspace.deleted_leads.height == 0


def test_a_deletion_that_the_next_load_shows_too_goes_over_to_it(workspace, tmp_path):
    workspace.load(write(tmp_path / "Spring.csv", lead("ann", "done")), taken_at=day(3))
    workspace.load(write(tmp_path / "Spring.csv", lead("ann", "interested")), taken_at=day(4))
    workspace.drop(4)
    assert workspace.deleted_leads.select("lead_id", "snapshot", "state").rows() == [("lea_eve", 5, "in_force")]


def test_a_deletion_that_a_wrong_load_showed_goes_with_it(workspace, tmp_path):
    workspace.load(write(tmp_path / "Spring.csv", lead("ann", "done")), taken_at=day(3))
    workspace.load(write(tmp_path / "Spring.csv", lead("ann", "done"), lead("eve")), taken_at=day(4))
    workspace.drop(4)
    assert workspace.deleted_leads.height == 0


def test_the_last_snapshot_cannot_be_dropped(workspace):
    with pytest.raises(ls.UsageError, match="No snapshot would be left"):
        workspace.drop(1, 2, 3)
    assert workspace.snapshots.height == 3


def test_a_snapshot_that_there_is_not_is_refused_with_all_others(workspace):
    with pytest.raises(ls.WorkspaceError, match="no snapshot 7"):
        workspace.drop(1, 7)
    assert workspace.snapshots["id"].to_list() == [1, 2, 3]


def test_an_import_that_still_counts_is_not_dropped(workspace):
    with duckdb.connect(str(workspace.path)) as con:
        con.execute(
            "insert into snapshots select 4, taken_at, loaded_at, false, '', 'import' from snapshots where id = 3"
        )
        put_membership(con, membership=99, campaign=1, from_snapshot=4, email_key="any@acme-tools.com")
    with pytest.raises(ls.UsageError, match=r"Snapshot 4 tells of an import .* --undo"):
        workspace.drop(4)


def test_the_command_says_what_it_removed(workspace):
    told = CliRunner().invoke(app, ["snapshot", "drop", "2", "--workspace", str(workspace.path)])
    assert told.stdout == "Removed snapshot 2, and 1 state of a lead that no other snapshot shows.\n"


LEADS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["running", "done"]))
STEPS = st.lists(
    st.tuples(st.sampled_from(["Spring", "Autumn"]), LEADS, st.booleans()) | st.integers(0, 5), min_size=2, max_size=9
)


@settings(max_examples=10, deadline=None)
@given(STEPS)
def test_whatever_is_loaded_and_dropped_every_remaining_snapshot_stays_as_it_was_loaded(steps):
    with TemporaryDirectory() as folder:
        workspace = ls.Workspace(Path(folder) / "workspace.duckdb")
        loaded: dict[int, list[object]] = {}
        for number, step in enumerate(steps):
            if isinstance(step, int):
                if len(loaded) < 2:
                    continue
                gone = sorted(loaded)[step % len(loaded)]
                workspace.drop(gone)
                del loaded[gone]
            else:
                campaign, leads, complete = step
                file = write(Path(folder) / f"{campaign}.csv", *(lead(campaign[0] + n, s) for n, s in leads.items()))
                snapshot = workspace.load(file, taken_at=day(number), complete=complete).snapshot
                loaded[snapshot] = content(workspace.path)[snapshot]
        if loaded:
            assert content(workspace.path) == loaded
