"""One is told in the singular, wherever a sentence counts."""

import re

import pytest

import leadsieve as ls
from leadsieve.counts import Count, counted


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (counted(1, "lead"), "1 lead"),
        (counted(0, "lead"), "0 leads"),
        (counted(2000, "batch", "batches"), "2,000 batches"),
        (f"{Count(1):row repeats|rows repeat}", "1 row repeats"),
        ("{n:row repeats|rows repeat} {n:,} {n}".format(n=Count(2000)), "2,000 rows repeat 2,000 2,000"),
    ],
)
def test_a_count_agrees_with_what_is_counted(told, expected):
    assert told == expected


WRONG = re.compile(
    r"(?<![\d,.])1 (rows|leads|people|campaigns|profiles|emails|opt-outs|LinkedIn profiles|lines|runs)\b|\b1 row (repeat|bring|are) "
)


@pytest.fixture
def alone(tmp_path):
    """A workspace with one lead that has ended and one in the target, and a list in which everything happens once."""
    (tmp_path / "Q4.csv").write_text("_id,email,status\nlea_1,in.target@acme-corp.com,snoozed\n", "utf-8")
    (tmp_path / "leads.csv").write_text(
        "email,linkedin\nin.target@acme-corp.com,\nAnn@Fresh-Corp.com,http://linkedin.com/in/ann-ash/\nann@fresh-corp.com,\n",
        "utf-8",
    )
    place = ls.Workspace(tmp_path / "workspace.duckdb")
    place.load(tmp_path / "Q4.csv")
    return place, tmp_path / "leads.csv"


def test_a_run_in_which_everything_happens_once_says_so(alone):
    place, leads = alone
    result = ls.run(leads, campaign="Q4", workspace=place)
    told = [t for issue in result.summary["troubles"] for t in (issue["text"], issue["fix"])]
    told += [note["text"] for note in result.summary["advice"]]

    assert [sentence for sentence in told if WRONG.search(sentence)] == []
    assert any(sentence.startswith("1 row repeats a person of the list") for sentence in told)
    assert any(sentence.startswith("1 lead of the workspace has a status") for sentence in told)
    assert WRONG.search(result._repr_html_()) is None
