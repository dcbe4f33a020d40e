"""No message shows what stands in a cell, however broken the file: every cell here is a word that occurs nowhere else."""

import itertools

import pytest

COLUMNS = ("Email", "LinkedIn", "First Name", "Company", "Phone", "Do Not Contact", "Notes")


class Canary:
    """Makes words that occur nowhere else, and finds them again."""

    def __init__(self):
        self._numbers = itertools.count(1)

    def cell(self, form="{}"):
        return form.format(f"zqx{next(self._numbers)}canary")

    def row(self, email="{}@fresh-corp.com", profile="https://www.linkedin.com/in/{}"):
        others = [self.cell() for _ in COLUMNS[2:]]
        return ",".join([self.cell(email), self.cell(profile), *others])


def good(canary, count=6):
    return "".join(canary.row() + "\n" for _ in range(count))


def head():
    return ",".join(COLUMNS) + "\n"


BROKEN = {
    "good": lambda c: head() + good(c),
    "broken emails": lambda c: head() + good(c) + c.row(email="{}@@fresh") + "\n" + c.row(email="{} at fresh") + "\n",
    "several emails": lambda c: head() + good(c) + c.row(email="{0}@a-corp.com; {0}@b-corp.com") + "\n",
    "broken profiles": lambda c: (
        head() + good(c) + c.row(profile="linkedin.com/company/{}") + "\n" + c.row(profile="{}") + "\n"
    ),
    "nothing to go by": lambda c: head() + good(c) + c.row(email="", profile="") + "\n",
    "too many cells": lambda c: head() + good(c) + c.row() + "," + c.cell() + "," + c.cell() + "\n",
    "too few cells": lambda c: head() + good(c) + c.cell("{}@fresh-corp.com") + "\n",
    "an open quote": lambda c: head() + good(c) + c.cell('{0}@fresh-corp.com,"{0}') + "\n" + good(c),
    "no header": good,
    "header of data below a title": lambda c: c.cell() + "\n\n" + good(c),
    "a lone column": lambda c: "".join(c.cell() + "\n" for _ in range(5)),
    "unknown columns": lambda c: "Colour,Size\n" + c.cell() + "," + c.cell() + "\n",
    "two columns for a field": lambda c: (
        "Email,E-mail\n" + c.cell("{}@a-corp.com") + "," + c.cell("{}@b-corp.com") + "\n"
    ),
    "zeros": lambda c: head() + good(c) + c.cell() + "\0\0" + c.cell() + "\n",
    "JSON that ends": lambda c: '[{"email": "' + c.cell("{}@fresh-corp.com") + '", "name": "' + c.cell(),
    "JSON of numbers": lambda c: '[1, 2, "' + c.cell() + '"]',
}

COMMANDS = {
    "run": ["run", "list.csv", "--campaign", "Q4 Outreach", "--validate", "off", "--out", "out"],
    "dry run as JSON": ["run", "list.csv", "--campaign", "Q4 Outreach", "--dry-run", "--json"],
    "compare": ["compare", "list.csv", "--campaign", "Q4 Outreach"],
    "split": ["split", "list.csv", "--out", "out"],
    "clean": ["clean", "list.csv", "--out", "out.csv"],
    "snapshot load": ["snapshot", "load", "list.csv"],
    "snapshot load --campaigns": ["snapshot", "load", "list.csv", "--campaigns", "list.csv"],
    "suppress add": ["suppress", "add", "list.csv"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_nothing_of_a_cell_is_printed(leadsieve, team, broken, command):
    (team / "list.csv").write_text(broken(Canary()), "utf-8")

    ended = leadsieve(*command)

    assert "canary" not in ended.out + ended.err
    assert "bug" not in ended.err
    assert ended.status in {0, 3}


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_nothing_of_a_cell_is_printed_in_the_wrong_encoding(leadsieve, team, encoding):
    (team / "list.csv").write_bytes((head() + good(Canary())).encode(encoding) + b"\xff\xfe\x81")

    ended = leadsieve(*COMMANDS["run"])

    assert "canary" not in ended.out + ended.err
    assert "bug" not in ended.err


def test_the_report_of_a_row_shows_nobody(leadsieve, team):
    canary = Canary()
    row = canary.row()
    (team / "list.csv").write_text(f"{head()}{row}\n{row}\n", "utf-8")
    leadsieve(*COMMANDS["run"])

    assert "canary" not in leadsieve("why", "out", "1").out + leadsieve("why", "out", "2").out


def test_a_value_that_stands_in_a_suppress_file_is_not_printed(leadsieve, team):
    (team / "no.csv").write_text("value,reason,source\nzqx1canary,zqx2canary,zqx3canary\n", "utf-8")

    ended = leadsieve("suppress", "add", "no.csv")

    assert (ended.status, ended.out, "canary" in ended.err) == (3, "", False)


@pytest.mark.usefixtures("team")
def test_a_value_that_could_not_be_removed_is_not_printed(leadsieve):
    ended = leadsieve("suppress", "remove", "zqx1canary")

    assert (ended.status, "canary" in ended.out + ended.err) == (2, False)
