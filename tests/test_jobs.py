"""The examples of docs/jobs.md are what the shell, cron and systemd accept."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from leadsieve.cli.app import app

JOBS = (Path(__file__).parents[1] / "docs" / "jobs.md").read_text("utf-8")
HOME = "/home/team/leads"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", JOBS, re.MULTILINE | re.DOTALL)


def test_the_script_is_one_for_the_shell():
    (script,) = examples("sh")
    checked = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def commands() -> list[list[str]]:
    return [shlex.split(line)[1:] for line in examples("sh")[0].splitlines() if line.startswith("leadsieve ")]


@pytest.mark.parametrize("command", commands(), ids=lambda command: " ".join(command[:2]))
def test_every_command_of_the_script_has_these_options(command):
    group = typer.main.get_command(app)
    while command[0] in getattr(group, "commands", {}):
        group, command = group.commands[command[0]], command[1:]
    known = {option for parameter in group.params for option in parameter.opts}
    assert {word for word in command if word.startswith("--")} <= known


def test_the_script_stops_where_a_step_fails(tmp_path):
    script = tmp_path / "nightly.sh"
    script.write_text(examples("sh")[0], "utf-8")
    script.chmod(0o700)
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "leadsieve"
    fake.write_text('#!/bin/sh\necho "$1" >> said\n[ "$1" != run ] || exit 3\n', "utf-8")
    fake.chmod(0o700)
    ended = subprocess.run([script], env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}, check=False)
    assert (ended.returncode, (tmp_path / "said").read_text("utf-8").split()) == (3, ["snapshot", "suppress", "run"])


def test_cron_is_told_when_and_what():
    lines = examples("crontab")[0].splitlines()
    field = r"(\*|\d+(-\d+)?)(/\d+)?(,\d+)*"
    assert [bool(re.fullmatch(rf"[A-Z]+=\S+|({field} +){{5}}{HOME}/nightly.sh", line)) for line in lines] == [True] * 3


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_accepts_the_units(tmp_path):
    (tmp_path / "nightly.sh").write_text("#!/bin/sh\n", "utf-8")
    (tmp_path / "nightly.sh").chmod(0o700)
    service, timer = (text.replace(HOME, str(tmp_path)) for text in examples("ini"))
    (tmp_path / "leadsieve-nightly.service").write_text(service, "utf-8")
    (tmp_path / "leadsieve-nightly.timer").write_text(timer, "utf-8")
    units = [tmp_path / f"leadsieve-nightly.{kind}" for kind in ("service", "timer")]
    checked = subprocess.run(["systemd-analyze", "verify", *units], text=True, capture_output=True, check=False)
    assert [line for line in checked.stderr.splitlines() if "leadsieve-nightly" in line or str(tmp_path) in line] == []
