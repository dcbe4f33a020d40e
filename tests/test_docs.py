"""What the docs name exists, and what exists is named."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer

import leadsieve
from leadsieve.cli.app import app
from leadsieve.policy import Policy, policy_template
from leadsieve.schema import DECISION, IDENTITY, MARKS, PLACE
from leadsieve.words import EmailStatus, LinkedInStatus, Outcome, Reason, RowWarning

ROOT = Path(__file__).parents[1]
WORDS = (ROOT / "docs" / "words.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize(
    "word",
    [*Outcome, *Reason, *RowWarning, *EmailStatus, *LinkedInStatus, *MARKS, *PLACE, *IDENTITY, *DECISION],
    ids=str,
)
def test_every_word_of_a_run_is_explained(word):
    assert f"`{word}`" in WORDS


def test_the_gates_table_names_outcomes_and_reasons_that_exist():
    rows = re.findall(r"^\| \d+ \| `(\w+)` \| `(\w+)` \|", WORDS, re.MULTILINE)
    assert {outcome for outcome, _ in rows} == set(Outcome)
    assert {reason for _, reason in rows} == set(Reason)


def test_the_readme_shows_every_command():
    shown = set(re.findall(r"^### leadsieve (\w+)$", README, re.MULTILINE))
    assert shown == set(typer.main.get_command(app).commands)


def test_every_command_that_the_docs_use_exists():
    used = {name for path in DOCS for name in re.findall(r"`leadsieve (\w+)", path.read_text("utf-8"))}
    assert used - set(typer.main.get_command(app).commands) == set()


@pytest.mark.parametrize("name", [f.name for f in fields(Policy)])
def test_the_policy_file_explains_every_setting(name):
    assert re.search(rf"^# .+\n(# .+\n)?\[*{name}\b", policy_template(), re.MULTILINE)


def test_links_in_the_docs_lead_somewhere():
    broken = [
        (path.name, target)
        for path in DOCS
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_the_public_names_are_exactly_these():
    assert sorted(leadsieve.__all__) == [
        "InputError",
        "LeadsieveError",
        "OutputError",
        "Policy",
        "Result",
        "SuiteError",
        "UsageError",
        "ValidationError",
        "Workspace",
        "WorkspaceError",
        "load_policy",
        "read",
        "run",
    ]
