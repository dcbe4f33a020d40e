"""The questions of lemlist's articles are answered by commands that exist."""

import re
from pathlib import Path

import pytest
import typer

from leadsieve.cli.app import app
from leadsieve.policy import Policy
from leadsieve.words import Advice, Difference

DOCS = Path(__file__).parents[1] / "docs"
QUESTIONS = (DOCS / "questions.md").read_text("utf-8")
WORKSPACE = (DOCS / "workspace.md").read_text("utf-8")
ROWS = [
    row for row in re.findall(r"^\| (.+?) \| (.+) \|$", QUESTIONS, re.MULTILINE) if row[0] not in ("question", "---")
]
USED = sorted(
    {words for text in (QUESTIONS, WORKSPACE) for words in re.findall(r"leadsieve ((?:[a-z]+)(?: [^`\n]*)?)", text)}
)


def command_of(words: list[str]) -> tuple[object, list[str]]:
    """The command that a line names, and what follows it."""
    found, rest = typer.main.get_command(app), words
    while rest and rest[0] in getattr(found, "commands", {}):
        found, rest = found.commands[rest[0]], rest[1:]
    return found, rest


@pytest.mark.parametrize(("question", "answer"), ROWS, ids=[f"row {number}" for number in range(1, len(ROWS) + 1)])
def test_every_question_has_a_command_as_its_answer(question, answer):
    assert question
    assert re.search(r"`leadsieve [a-z]+", answer)


@pytest.mark.parametrize("line", [line for line in USED if f"`leadsieve {line}`" in QUESTIONS + WORKSPACE])
def test_every_command_that_is_named_exists_with_its_options(line):
    command, rest = command_of(line.split())
    assert not hasattr(command, "commands"), f"{line} names no command"
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    assert {word for word in rest if word.startswith("--")} <= known


@pytest.mark.parametrize("name", ["storage_campaigns", "crm_sources", "max_age", "archived", "suppress_columns"])
def test_the_settings_that_are_named_exist(name):
    assert name in QUESTIONS
    assert hasattr(Policy(), name)


@pytest.mark.parametrize("word", [*Difference, *Advice], ids=str)
def test_every_word_of_diff_and_advice_is_explained(word):
    assert f"| `{word}` |" in WORKSPACE
