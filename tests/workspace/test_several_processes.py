"""Two scheduled runs, two opt-out loads, a snapshot load and an open notebook at once: nothing is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

import leadsieve as ls

NOTEBOOK = (
    "import sys, leadsieve as ls; ws = ls.Workspace(sys.argv[1], lock_timeout=60); before = ws.campaigns.height; print(before, flush=True); "
    "sys.stdin.read(); print(ws.campaigns.height, ws.runs.height)"
)
PATIENT = ("--lock-timeout", "60")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for campaign in ("Spring", "Autumn"):
        (tmp_path / f"{campaign}.csv").write_text(f"email,status\n{campaign}@acme-tools.com,done\n", "utf-8")
    for number in (1, 2):
        leads = "".join(f"lead{number}.{n}@acme-tools.com\n" for n in range(200))
        (tmp_path / f"leads{number}.csv").write_text(f"email\n{leads}", "utf-8")
        (tmp_path / f"no{number}.csv").write_text(f"value\n{leads.replace('lead', 'no')}", "utf-8")
    ls.Workspace(tmp_path / "workspace.duckdb").load(tmp_path / "Spring.csv")
    return tmp_path


def start(folder: Path, *command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "leadsieve.cli", *command, *PATIENT],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_five_at_once_and_an_open_notebook_lose_nothing(folder):
    notebook = subprocess.Popen(
        [sys.executable, "-c", NOTEBOOK, folder / "workspace.duckdb"],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert notebook.stdout
    assert notebook.stdout.readline() == "1\n"
    commands = [
        *(("run", f"leads{n}.csv", "--campaign", "Spring", "--validate", "off", "--out", f"out{n}") for n in (1, 2)),
        *(("suppress", "add", f"no{n}.csv") for n in (1, 2)),
        ("snapshot", "load", "Autumn.csv"),
    ]
    told = [process.communicate() for process in [start(folder, *command) for command in commands]]
    assert [error for _, error in told] == [""] * 5
    workspace = ls.Workspace(folder / "workspace.duckdb")
    assert workspace.runs["input_rows"].to_list() == [200, 200]
    assert workspace.suppressed.height == 400
    assert workspace.campaigns["name"].to_list() == ["Autumn", "Spring"]
    assert notebook.communicate("")[0] == "2 2\n"
