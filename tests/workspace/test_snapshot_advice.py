"""What the workspace says should be tidied up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

import leadsieve as ls
from leadsieve.cli.app import app

HEADER = "email,linkedinUrl,status,_id"
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def write(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def lead(name: str, status: str = "running", profile: str = "", at: str = "acme-tools.com") -> str:
    return f"{f'{name}@{at}' if name else ''},{f'linkedin.com/in/{profile}' if profile else ''},{status},"


@pytest.fixture
def load(tmp_path: Path):
    """Load campaigns given as lists of leads, with owner and state where they are told."""

    def load(when: datetime = NOW, told: str = "", **campaigns: list[str]) -> ls.Workspace:
        workspace = ls.Workspace(tmp_path / "workspace.duckdb")
        exports = [write(tmp_path / f"{name}.csv", *lines) for name, lines in campaigns.items()]
        listed = write(tmp_path / "told.csv", *told.split(), header="name,owner,status") if told else None
        workspace.load(*exports, campaigns=listed, taken_at=when)
        return workspace

    return load


def advice(workspace: ls.Workspace, kind: str, **options: object) -> list[tuple[object, ...]]:
    told = workspace.advice(ls.Policy().with_options(**options))
    return [row[1:4] for row in told.rows() if row[0] == kind]


def test_a_campaign_whose_leads_have_all_ended_is_to_be_archived(load):
    workspace = load(A=[lead("ann", "done"), lead("bob", "unsubscribed")], B=[lead("eve", "done"), lead("ida")], C=[])
    assert advice(workspace, "archive") == [("A", None, 2)]


@pytest.mark.parametrize("options", [{}, {"storage_campaigns": ["A"]}], ids=["archived already", "a storage campaign"])
def test_neither_an_archived_nor_a_storage_campaign_is_to_be_archived(load, options):
    workspace = load(told="" if options else "A,,archived", A=[lead("ann", "done")])
    assert advice(workspace, "archive", **options) == []


def test_the_teams_own_words_say_what_has_ended(load):
    workspace = load(A=[lead("ann", "meeting booked")])
    assert advice(workspace, "archive") == []
    assert advice(workspace, "archive", statuses={"meeting booked": "ended"}) == [("A", None, 1)]


def test_people_who_are_in_progress_in_two_campaigns_are_counted_by_pair(load):
    both = [lead("ann"), lead("bob", "paused"), lead("eve", "done")]
    workspace = load(A=both, B=both, C=[lead("ann")])
    assert advice(workspace, "active_twice") == [("A", "B", 2), ("A", "C", 1), ("B", "C", 1)]


def test_a_person_is_known_through_records_that_tie_identifiers(load):
    workspace = load(A=[lead("ann")], B=[lead("", profile="ann-example")], C=[lead("ann", "done", "ann-example")])
    assert advice(workspace, "active_twice") == [("A", "B", 1)]


def test_a_shared_address_ties_nobody(load):
    workspace = load(
        A=[lead("info", profile="ann-p1")],
        B=[lead("info", profile="bob-p2")],
        C=[lead("info", "done", "eve-p3"), lead("x")],
    )
    assert advice(workspace, "active_twice") == []


@pytest.mark.parametrize(
    "options", [{"storage_campaigns": ["B"]}, {"archived": "ignore"}], ids=["storage", "archived are ignored"]
)
def test_campaigns_that_take_no_part_in_the_marks_overlap_with_none(load, options):
    workspace = load(told="B,,archived", A=[lead("ann")], B=[lead("ann")])
    assert advice(workspace, "active_twice") == [("A", "B", 1)]
    assert advice(workspace, "active_twice", **options) == []


def test_owners_who_have_the_same_people_are_told_of(load):
    told = "A,Lena,running\nB,Ole,running\nC,Lena,running\nD,,running"
    workspace = load(
        told=told, A=[lead("ann"), lead("bob")], B=[lead("ann"), lead("bob", "done")], C=[lead("ann")], D=[lead("ann")]
    )
    assert advice(workspace, "owners_overlap") == [("Lena", "Ole", 2)]
    assert workspace.advice().filter(advice="owners_overlap")["what_to_do"].to_list() == [
        "Lena and Ole both have 2 people in their campaigns, 1 of them in progress with both: agree who writes to whom."
    ]


@pytest.mark.parametrize(
    ("leads", "near"), [(1_799, []), (1_800, ["salesforce 2000"]), (9_000, ["salesforce 2000", "csv 10000"])]
)
def test_a_campaign_is_near_a_limit_from_nine_tenths_of_it(load, leads, near):
    workspace = load(A=[lead(f"p{n}") for n in range(leads)])
    said = " ".join(workspace.advice().filter(advice="near_limit")["what_to_do"])
    assert all(limit in said for limit in near)
    assert bool(said) == bool(near)


def test_a_campaign_that_lags_behind_the_newest_load_is_told_of(load):
    load(A=[lead("ann")], B=[lead("bob")])
    workspace = load(NOW + timedelta(days=2), B=[lead("bob"), lead("eve")])
    assert advice(workspace, "not_loaded") == [("A", None, 1)]
    assert advice(workspace, "not_loaded", max_age=72) == []
    assert advice(workspace, "not_loaded", max_age=0) == []


def test_the_command_says_what_to_do(load):
    workspace = load(A=[lead("ann", "done")])
    told = CliRunner().invoke(app, ["snapshot", "advice", "--workspace", str(workspace.path)])
    assert told.stdout == "\nCampaigns to archive\n  • The only lead of A has ended: archive it in lemlist.\n"


def test_a_tidy_workspace_is_told_so(load):
    workspace = load(A=[lead("ann")])
    assert workspace.advice().height == 0
    told = CliRunner().invoke(app, ["snapshot", "advice", "--workspace", str(workspace.path)])
    assert told.stdout == "Nothing to tidy up.\n"
