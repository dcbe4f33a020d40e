"""Nobody holds the workspace longer than a moment, nobody makes it twice, and what a killed process left goes."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

import leadsieve as ls
from leadsieve.scratch import scratch
from leadsieve.sieve import steps
from leadsieve.workspace import store

WRITE = "import sys, leadsieve as ls; ls.Workspace(sys.argv[1], lock_timeout=float(sys.argv[3])).suppress(sys.argv[2])"


@pytest.fixture
def workspace(tmp_path: Path) -> ls.Workspace:
    (tmp_path / "Spring.csv").write_text("email,status\nann@acme-tools.com,done\n", "utf-8")
    (tmp_path / "list.csv").write_text("email\nann@acme-tools.com\nbob@acme-tools.com\n", "utf-8")
    (tmp_path / "no.csv").write_text("value\nno@acme-tools.com\n", "utf-8")
    workspace = ls.Workspace(tmp_path / "workspace.duckdb", lock_timeout=0.3)
    workspace.load(tmp_path / "Spring.csv")
    return workspace


def write_elsewhere(workspace: ls.Workspace, *, lock_timeout: float = 0.0) -> int:
    """Let another process write to the workspace, which it may wait for no longer than that; return its exit status."""
    file = workspace.path.parent / "no.csv"
    return subprocess.run(
        [sys.executable, "-c", WRITE, workspace.path, file, str(lock_timeout)], check=False, stderr=subprocess.DEVNULL
    ).returncode


@pytest.mark.parametrize("step", [0, len(steps.STEPS) - 1], ids=["the first step", "the last step"])
def test_another_process_can_write_while_a_run_is_in(workspace, tmp_path, monkeypatch, step):
    ended = []
    wait = lambda _: ended.append(write_elsewhere(workspace))  # noqa: E731
    monkeypatch.setattr(steps, "STEPS", (*steps.STEPS[:step], wait, *steps.STEPS[step:]))
    result = ls.run(tmp_path / "list.csv", workspace=workspace, campaign="Spring")
    assert ended == [0]
    # What came while the run was at work is not half seen.
    assert result.ledger["outcome"].to_list() == ["duplicate", "create"]
    assert workspace.suppressed.height == 1


def test_another_process_can_write_while_a_check_is_at_work(workspace):
    with duckdb.connect() as con:
        store.attach(con, workspace.path, lock_timeout=0.3)
        assert write_elsewhere(workspace) == 0
        assert con.execute("select count(*) from ws.suppressions").fetchall() == [(0,)]


def test_what_a_run_reads_has_no_name_any_more(workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with duckdb.connect() as con:
        store.attach(con, workspace.path, lock_timeout=0.3)
        assert list(tmp_path.glob("leadsieve-*")) == []
        assert con.execute("select count(*) from ws.memberships").fetchall() == [(1,)]


def test_a_workspace_that_finds_no_room_to_be_read_is_told(workspace, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(ls.WorkspaceError, match=r"No space left on device.+TMPDIR"):
        ls.run(tmp_path / "list.csv", workspace=workspace, campaign="Spring")


def test_what_a_killed_writer_committed_is_read(workspace, tmp_path):
    program = "import duckdb, os, sys; con = duckdb.connect(sys.argv[1]); con.execute(\"update campaigns set owner = 'Ann'\"); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", program, workspace.path], check=False)
    assert (tmp_path / "workspace.duckdb.wal").exists()
    result = ls.run(tmp_path / "list.csv", workspace=workspace, campaign="Spring")
    assert result.ledger["conflicts"].to_list()[0][0]["owner"] == "Ann"


def test_the_threads_of_a_process_wait_for_each_other(workspace):
    with store.writing(workspace.path, lock_timeout=0.3):
        told: list[str] = []
        other = threading.Thread(target=lambda: told.append(failing(workspace)))
        other.start()
        other.join()
    assert "held by another thread of this process" in told[0]
    assert workspace.campaigns.height == 1


def failing(workspace: ls.Workspace) -> str:
    try:
        return str(workspace.campaigns)
    except ls.WorkspaceError as error:
        return str(error)


def test_a_connection_that_this_process_left_open_is_told(workspace):
    with duckdb.connect(str(workspace.path)):
        assert "held by a connection of this process" in failing(workspace)


def test_who_comes_while_another_process_makes_the_workspace_waits_for_it(tmp_path):
    path = tmp_path / "new.duckdb"
    (tmp_path / "no.csv").write_text("value\nno@acme-tools.com\n", "utf-8")
    with store.writing(path, lock_timeout=0.3):
        other = subprocess.Popen([sys.executable, "-c", WRITE, path, tmp_path / "no.csv", "30"])
        time.sleep(1.0)
        assert not path.exists()
    assert other.wait() == 0
    assert ls.Workspace(path).suppressed.height == 1


def test_who_cannot_wait_so_long_is_told(tmp_path):
    path = tmp_path / "new.duckdb"
    (tmp_path / "no.csv").write_text("value\nno@acme-tools.com\n", "utf-8")
    with store.writing(path, lock_timeout=0.3):
        assert write_elsewhere(ls.Workspace(path)) == 1


def test_a_workspace_that_was_not_finished_is_none(tmp_path):
    """What a process that was killed while it made one left does neither count nor stay."""
    (tmp_path / ".workspace.duckdb.new").write_bytes(b"half")
    (tmp_path / ".workspace.duckdb.new.wal").write_bytes(b"half")
    (tmp_path / "no.csv").write_text("value\nno@acme-tools.com\n", "utf-8")
    workspace = ls.Workspace(tmp_path / "workspace.duckdb")
    with pytest.raises(ls.WorkspaceError, match="no workspace at"):
        _ = workspace.suppressed
    workspace.suppress(tmp_path / "no.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["no.csv", "workspace.duckdb"]


def test_two_processes_that_bring_an_old_workspace_up_to_date_do_it_once(workspace, tmp_path):
    with duckdb.connect(str(workspace.path)) as con:
        con.execute("update facts_of_file set value = '0' where name = 'key_version'")
    program = "import sys, leadsieve as ls; print(ls.Workspace(sys.argv[1], lock_timeout=60).campaigns.height)"
    both = [subprocess.Popen([sys.executable, "-c", program, workspace.path], stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[0].strip() for process in both] == [b"1", b"1"]
    assert not (tmp_path / "workspace.duckdb.wal").exists()


@pytest.mark.parametrize(("age", "stays"), [(3600, False), (0, True)], ids=["an hour ago", "just now"])
def test_a_folder_that_a_killed_process_left_goes_with_the_next_start(tmp_path, monkeypatch, age, stays):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "leadsieve-scratch-ab12cd_9"
    left.mkdir()
    (left / "leads").write_text("somebody", "utf-8")
    os.utime(left, (time.time() - age, time.time() - age))
    with scratch():
        assert left.exists() is stays


def test_a_folder_that_is_in_use_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch() as one:
        os.utime(one, (0, 0))
        with scratch() as other:
            assert one.exists()
            assert one != other
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_somebody_elses_making_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = tmp_path / "leadsieve-demo"
    mine.mkdir()
    os.utime(mine, (0, 0))
    with scratch():
        assert mine.exists()
