"""kill -9 at random moments: the workspace opens and is as before or as after, a run's folder is whole or absent, leftovers go."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from leadsieve.publishing import refuse, sha256
from leadsieve.scratch import scratch
from leadsieve.workspace import store

pytestmark = pytest.mark.slow

TRIES = 20
"""For each command: 100 in all."""
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "load": ("snapshot", "load", "Spring.csv", "Autumn.csv", "--taken-at", "2026-11-20T06:00"),
    "first load": (
        "snapshot",
        "load",
        "Spring.csv",
        "Autumn.csv",
        "--taken-at",
        "2026-11-20T06:00",
        "--workspace",
        "first.duckdb",
    ),
    "suppress": ("suppress", "add", "no.csv"),
    "imported": ("imported", "made"),
    "run": ("run", "leads.csv", "--campaign", "Spring", "--validate", "off", "--out", "out"),
}
# The imports take longer than the work: the clock starts behind them.
PROGRAM = "import sys; {first}; from leadsieve.cli import app; print(flush=True); app.main(sys.argv[1:])"
# What is longer than a part streams into the workspace, and lies in a scratch folder on its way.
LENGTHS: Mapping[str, str] = {
    "short": "pass",
    "long": "from leadsieve import spool; spool.PART_ROWS, spool._KEPT = 500, 1 << 60",
}
# Times are the clock's, and numbers are given in the order in which threads came.
LEFT_OUT = {
    "snapshots": "loaded_at",
    "suppressions": "added_at, suppression",
    "runs": "ran_at",
    "memberships": "membership",
}
TABLES = (
    *(
        "snapshots",
        "exports",
        "campaigns",
        "memberships",
        "imports",
        "departures",
        "connections",
        "suppressions",
    ),
    *("runs", "run_sources", "run_overlaps", "facts_of_file"),
)
KEYS = """
select m.campaign, m.lead_id, m.from_snapshot, k.key
from memberships m join membership_identifiers k using (membership)
"""
TOMBSTONES = (
    "select m.campaign, m.lead_id, t.snapshot, t.lifted_at from tombstones t join memberships m using (membership)"
)


@dataclass(frozen=True)
class Reference:
    """A folder before a command, how long the command takes in it, and what its workspace then holds."""

    folder: Path
    seconds: Mapping[tuple[str, str], float]
    states: Mapping[tuple[str, str], tuple[object, object]]


def rows(path: Path, prefix: str, count: int) -> None:
    lines = (
        f"lea_{prefix}{n:05},{prefix}{n}@acme-tools.com,{prefix},{'done' if n % 3 else 'running'}" for n in range(count)
    )
    path.write_text("_id,email,firstName,status\n" + "\n".join(lines) + "\n", "utf-8")


def start(folder: Path, *command: str, length: str = "short") -> "subprocess.Popen[bytes]":
    """Start a command and return when it begins to work."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(first=LENGTHS[length]), *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
    )
    assert process.stdout
    assert process.stdout.readline() == b"\n"
    return process


def done(folder: Path, *command: str, length: str = "short") -> float:
    """Let a command do its work; return the seconds that this took."""
    process = start(folder, *command, length=length)
    began = time.monotonic()
    process.communicate()
    assert process.returncode == 0
    return time.monotonic() - began


def file_of(folder: Path, command: str) -> Path:
    return folder / ("first.duckdb" if command == "first load" else "workspace.duckdb")


def state(path: Path) -> object:
    """What a workspace holds, times of the clock aside; nothing for one that is not there."""
    if not path.exists():
        return None
    with store.reading(path, lock_timeout=5) as con:
        asked = {table: f"select * {left_out(table)} from {table}" for table in TABLES}  # noqa: S608 -- names of ours
        asked |= {"keys": KEYS, "tombstones": TOMBSTONES}
        return {name: sorted(map(repr, con.execute(query).fetchall())) for name, query in asked.items()}


def left_out(table: str) -> str:
    return f"exclude ({LEFT_OUT[table]})" if table in LEFT_OUT else ""


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Reference:
    folder = tmp_path_factory.mktemp("reference") / "team"
    (folder / "tmp").mkdir(parents=True)
    for campaign in ("Spring", "Autumn"):
        rows(folder / f"{campaign}.csv", campaign.lower(), 3000)
    (folder / "no.csv").write_text("value\n" + "".join(f"no{n}@beta-works.com\n" for n in range(3000)), "utf-8")
    leads = "".join(f"{name}{n}@acme-tools.com,red\n" for n in range(2000) for name in ("spring", "new"))
    (folder / "leads.csv").write_text(f"email,colour\n{leads}", "utf-8")
    done(folder, *COMMANDS["load"][:4], "--taken-at", "2026-11-19T06:00")
    done(folder, *COMMANDS["run"][:-1], "made")
    for campaign in ("Spring", "Autumn"):
        rows(folder / f"{campaign}.csv", campaign.lower(), 2990)
    seconds, states = {}, {}
    for name, command in COMMANDS.items():
        for length in LENGTHS:
            trial = shutil.copytree(folder, folder.parent / f"{name}, {length}")
            before = state(file_of(trial, name))
            seconds[name, length] = done(trial, *command, length=length)
            states[name, length] = (before, state(file_of(trial, name)))
            assert states[name, length][0] != states[name, length][1]
    return Reference(folder, seconds, states)


@pytest.mark.parametrize("number", range(TRIES))
@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_leaves_what_was_before_or_what_comes_after(reference, tmp_path, monkeypatch, name, number):
    folder = shutil.copytree(reference.folder, tmp_path / "team")
    length = list(LENGTHS)[number % len(LENGTHS)]
    process = start(folder, *COMMANDS[name], length=length)
    time.sleep(random.Random(f"{name} {number}").random() * 1.1 * reference.seconds[name, length])
    process.kill()
    process.communicate()

    found = reference.states[name, length].index(state(file_of(folder, name)))
    if (folder / "out").exists():
        manifest = json.loads((folder / "out" / "manifest.json").read_text("utf-8"))
        assert all(sha256(folder / "out" / item["file"]) == item["sha256"] for item in manifest["files"])

    tidy(folder, monkeypatch, file_of(folder, name))
    assert {path.name for path in folder.iterdir()} - {"out", file_of(folder, name).name} <= {
        path.name for path in reference.folder.iterdir()
    }
    assert list((folder / "tmp").iterdir()) == []
    if found or name != "first load":  # else it is an empty workspace now
        assert reference.states[name, length].index(state(file_of(folder, name))) == found


def tidy(folder: Path, monkeypatch: pytest.MonkeyPatch, workspace: Path) -> None:
    """What the next start of a command does before its work, a minute later."""
    monkeypatch.setattr("tempfile.tempdir", str(folder / "tmp"))
    for path in (folder / "tmp").iterdir():
        os.utime(path, (0, 0))
    with scratch():
        refuse(folder / "out", force=True)
    with store.writing(workspace, lock_timeout=5):
        pass
