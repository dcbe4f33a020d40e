"""`--memory` and `--threads`: what DuckDB and Polars are told, and what a run does with less memory than it would like."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import leadsieve as ls
from leadsieve.resources import USUAL, resources
from leadsieve.sieve import steps
from leadsieve.spool import Room

LEADS = "email,firstName\nann@acme-tools.com,Ann\nbob@acme-tools.com,Bob\n"


@pytest.mark.parametrize(
    ("memory", "told"),
    [("4GB", "2600MB"), ("2.5 gb", "1250MB"), ("1GiB", "536MB"), ("900MB", "450MB"), ("500MB", "250MB")],
)
def test_duckdb_gets_what_the_program_itself_leaves(memory, told):
    assert resources(memory, 0).engine() == {"memory_limit": told}


def test_nobody_says_how_much(monkeypatch):
    monkeypatch.setattr("leadsieve.resources._of_machine", lambda: 64_000_000_000)
    assert resources("", 0).memory == USUAL
    monkeypatch.setattr("leadsieve.resources._of_machine", lambda: 4_000_000_000)
    assert resources("", 0).memory == 2_000_000_000


@pytest.mark.parametrize(("limit", "memory"), [("1500000000\n", 750_000_000), ("max\n", USUAL)])
def test_a_container_has_less_than_its_machine(tmp_path, monkeypatch, limit, memory):
    (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr("leadsieve.resources._CGROUP", tmp_path / "memory.max")
    monkeypatch.setattr("os.sysconf", lambda name: 4096 if name == "SC_PAGE_SIZE" else 10_000_000)
    assert resources("", 0).memory == memory


@pytest.mark.parametrize("memory", ["much", "2 TB", "-1GB", "100MB", "GB"])
def test_what_is_no_memory_is_told(memory):
    with pytest.raises(ls.UsageError, match=r"no amount of memory|too little"):
        ls.Policy().with_options(memory=memory)


def test_threads_cannot_be_negative():
    with pytest.raises(ls.UsageError, match="`threads` cannot be negative"):
        ls.Policy().with_options(threads=-1)


def test_the_machine_is_no_rule():
    plain = ls.Policy()
    assert plain.with_options(memory="1GB", threads=1, lock_timeout=3).digest() == plain.digest()
    assert plain.with_options(cooldown=3).digest() != plain.digest()


def test_a_run_keeps_duckdb_to_it(tmp_path, monkeypatch):
    (tmp_path / "list.csv").write_text(LEADS)
    seen = []

    def look(con):
        asked = "select current_setting('threads'), current_setting('memory_limit')"
        seen.extend(con.execute(asked).fetchall())

    monkeypatch.setattr(steps, "STEPS", (look, *steps.STEPS))
    ls.run(tmp_path / "list.csv", workspace=None, campaign="Spring", memory="800MB", threads=1)
    assert seen == [(1, "381.4 MiB")]


def test_a_load_keeps_duckdb_to_it(tmp_path, monkeypatch):
    (tmp_path / "Spring.csv").write_text(LEADS)
    seen = []
    merge = "leadsieve.workspace.snapshots.conclude_deletions"
    real = ls.workspace.snapshots.conclude_deletions

    def look(con, statuses):
        asked = "select current_setting('threads'), current_setting('memory_limit')"
        seen.extend(con.execute(asked).fetchall())
        return real(con, statuses)

    monkeypatch.setattr(merge, look)
    policy = ls.Policy(memory="800MB", threads=1)
    ls.Workspace(tmp_path / "workspace.duckdb").load(tmp_path / "Spring.csv", policy=policy)
    assert seen == [(1, "381.4 MiB")]


_THREADS = """
import sys
from leadsieve.cli.app import main
try:
    main(sys.argv[1:])
finally:
    import polars
    print(polars.thread_pool_size(), file=sys.stderr)
"""


@pytest.mark.parametrize("command", ["run", "snapshot"])
def test_polars_keeps_to_the_threads(tmp_path, command):
    (tmp_path / "Spring.csv").write_text(LEADS)
    words = {
        "run": ["run", "Spring.csv", "--campaign", "Spring", "--no-workspace", "--dry-run"],
        "snapshot": ["snapshot", "load", "Spring.csv"],
    }[command]
    ended = subprocess.run(
        [sys.executable, "-c", _THREADS, *words, "--threads", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr.split()[-1] == "1"


def test_less_memory_decides_the_same(tmp_path):
    rows = [
        f"lead{n % 70_000}@acme-{n % 300}.com,Ann,https://www.linkedin.com/in/lead-number-{n % 90_000}"
        for n in range(100_000)
    ]
    (tmp_path / "list.csv").write_text("\n".join(["email,firstName,linkedinUrl", *rows]))
    told = [ls.run(tmp_path / "list.csv", workspace=None, campaign="Spring", memory=memory) for memory in ("500MB", "")]
    assert json.dumps(told[0].summary, default=str) == json.dumps(told[1].summary, default=str)
    assert told[0].ledger.equals(told[1].ledger)


def test_spilled_data_is_gone_with_the_run(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "temporary").mkdir()
    (tmp_path / "list.csv").write_text(LEADS)
    spilled = []

    def look(con):
        ((folder,),) = con.execute("select current_setting('temp_directory')").fetchall()
        spilled.append(Path(folder))
        con.execute("set memory_limit = '40MB'")
        con.execute("create temp table much as select i, hash(i) as h, repeat('x', 90) as t from range(1000000) r(i)")
        assert any(Path(folder).iterdir())

    monkeypatch.setattr(steps, "STEPS", (look, *steps.STEPS))
    result = ls.run(tmp_path / "list.csv", workspace=None, campaign="Spring")
    assert result.ledger.height == 2
    assert spilled[0].is_relative_to(tmp_path / "temporary")
    assert not spilled[0].exists()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_of_a_run_keep_their_share_of_it(tmp_path, monkeypatch, kind):
    (tmp_path / "list.csv").write_text(LEADS)
    pl.read_csv(tmp_path / "list.csv").write_parquet(tmp_path / "list.parquet")
    told = []
    real = Room.__init__

    def look(room, memory=USUAL):
        told.append(memory)
        real(room, memory)

    monkeypatch.setattr(Room, "__init__", look)
    ls.run(tmp_path / f"list.{kind}", workspace=None, campaign="Spring", memory="800MB")
    assert told.count(800_000_000) == 3, "the file's, the list's, the sieve's"
