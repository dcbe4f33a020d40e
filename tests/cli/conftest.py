"""A small team and the command line, used as in a terminal, in an empty folder."""

import json
import shutil
from dataclasses import dataclass
from functools import cache

import pytest
import typer.main

from leadsieve.cli import app

EXPORTS = {
    "Q4 Outreach": (
        "_id,email,linkedinUrl,firstName,status\n"
        "lea_in,in.target@acme-corp.com,,Ina,done\n"
        "lea_here,here.too@acme-corp.com,,Hera,done\n"
    ),
    "Nordics": (
        "_id,email,linkedinUrl,firstName,status,lastState\n"
        "lea_run,running@acme-corp.com,,Runa,running,\n"
        "lea_here2,here.too@acme-corp.com,,Hera,running,\n"
        "lea_done,finished@acme-corp.com,,Finn,done,\n"
        "lea_uns,said.no@acme-corp.com,,Uns,unsubscribed,\n"
        "lea_bou,bounced@acme-corp.com,,Bo,done,emailsBounced\n"
        "lea_rev,not.launched@acme-corp.com,,Rev,review,\n"
        "lea_odd,odd@acme-corp.com,,Odd,snoozed,\n"
    ),
}
CAMPAIGNS = "id,name,owner,status,archived\ncam_q4,Q4 Outreach,Ann,running,false\ncam_no,Nordics,Ben,running,false\n"
OPT_OUTS = (
    "value,reason,source\n"
    "listed@acme-corp.com,,lead\n"
    "@shut-corp.com,,user\n"
    "https://www.linkedin.com/in/no-more-mail,do_not_contact,\n"
)
LIST = (
    "Email,LinkedIn,First Name,Company,Colour,Do Not Contact\n"
    "new@fresh-corp.com,,Nora,Fresh,red,\n"
    "new@fresh-corp.com,,Nora again,Fresh,blue,\n"
    "in.target@acme-corp.com,,Ina,Acme,red,\n"
    "running@acme-corp.com,,Runa,Acme,blue,\n"
    "finished@acme-corp.com,,Finn,Acme,red,\n"
    "said.no@acme-corp.com,,Uns,Acme,red,\n"
    "bounced@acme-corp.com,,Bo,Acme,red,\n"
    "listed@acme-corp.com,,Lis,Acme,red,\n"
    "one@shut-corp.com,,Shu,Shut,red,\n"
    ",https://www.linkedin.com/in/no-more-mail,Nom,Acme,red,\n"
    "broken@@acme,https://www.linkedin.com/in/broken-mail,Bro,Acme,red,\n"
    "a@fresh-corp.com; b@fresh-corp.com,,Two,Fresh,red,\n"
    ",,Nobody,Acme,red,\n"
    "column@fresh-corp.com,,Col,Fresh,red,yes\n"
    "other@fresh-corp.com,,Ott,Fresh,blue,\n"
)


built_once = cache(typer.main.get_command)
"""Typer builds all commands anew for each that runs; hundreds run here, of the same ones."""


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to stand in, with a list in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leads.csv").write_text(LIST, "utf-8")
    return tmp_path


@pytest.fixture
def leadsieve(here, capsys, monkeypatch):
    """Run a command in this process; nothing but its exit status and its output comes back."""
    assert here.is_dir()
    monkeypatch.setattr(typer.main, "get_command", built_once)

    def run(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def team_file(tmp_path_factory):
    """The team's workspace, made once by the commands themselves."""
    folder = tmp_path_factory.mktemp("team")
    for name, text in EXPORTS.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    (folder / "campaigns.txt").write_text(CAMPAIGNS, "utf-8")
    (folder / "opt-outs.txt").write_text(OPT_OUTS, "utf-8")
    file = folder / "workspace.duckdb"
    loading = ["snapshot", "load", f"{folder}/*.csv", "--campaigns", f"{folder}/campaigns.txt"]
    for command in (loading, ["suppress", "add", f"{folder}/opt-outs.txt"]):
        with pytest.raises(SystemExit) as ended:
            app.main([*command, "--workspace", str(file)])
        assert not ended.value.code
    return file


@pytest.fixture
def team(here, team_file):
    """The folder with the team's workspace in it."""
    shutil.copy(team_file, here / "workspace.duckdb")
    return here


@pytest.fixture
def decide(leadsieve, team):
    """Run the main job on the list, unvalidated for speed, for the campaign `Q4 Outreach`."""
    assert team.is_dir()

    def run(*options, lists=("leads.csv",), campaign="Q4 Outreach"):
        return leadsieve("run", *lists, "--campaign", campaign, "--validate", "off", *options)

    return run
