"""Exports that were loaded before, that the browser renamed, or that are another campaign's."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

import leadsieve as ls

HEADER = "email,linkedinUrl,source,status,_id"
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 5, tzinfo=UTC) for month in (1, 2, 3))
SPRING = ["ann@acme-tools.com,,,running,lea_1", "bob@acme-tools.com,,,done,lea_2", "n/a,,,done,lea_3"]
AUTUMN = ["eve@acme-tools.com,,,running,lea_9"]


def write(path: Path, lines: list[str], header: str = HEADER) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> ls.Workspace:
    return ls.Workspace(tmp_path / "workspace.duckdb")


@pytest.fixture
def spring(tmp_path: Path) -> Path:
    return write(tmp_path / "Spring.csv", SPRING)


@pytest.fixture
def autumn(tmp_path: Path) -> Path:
    return write(tmp_path / "Autumn.csv", AUTUMN)


def test_the_same_exports_in_another_order_are_known_and_not_loaded(workspace, spring, autumn):
    first = workspace.load(spring, autumn, taken_at=JANUARY)
    again = workspace.load(autumn, spring)
    assert (first.known, again.known) == (False, True)
    assert (again.snapshot, again.taken_at) == (1, JANUARY.replace(tzinfo=None))
    assert (again.campaigns, again.memberships, again.no_identifier, again.came, again.left) == (2, 4, 1, 0, 0)
    assert workspace.snapshots.height == 1


def test_a_taken_at_says_that_they_were_exported_anew(workspace, spring):
    workspace.load(spring, taken_at=JANUARY)
    assert workspace.load(spring, taken_at=FEBRUARY).known is False
    assert workspace.campaigns["as_of"].to_list() == [FEBRUARY.replace(tzinfo=None)]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {"complete": True},
        lambda _: {"campaign": "Summer"},
        lambda spring: {"campaigns": write(spring.parent / "c" / "c.csv", ["cam_1,Spring,Lena"], "id,name,owner")},
    ],
    ids=["complete", "another campaign", "a campaigns file"],
)
def test_the_same_file_under_other_words_is_another_load(workspace, spring, change):
    (spring.parent / "one.csv").write_text("email,status,_id\nann@acme-tools.com,done,\n")
    workspace.load(spring.parent / "one.csv", campaign="Spring", taken_at=JANUARY)
    options = {"campaign": "Spring", **change(spring)}
    assert workspace.load(spring.parent / "one.csv", **options).known is False


def test_older_exports_are_refused_once_newer_ones_of_their_campaigns_are_there(workspace, spring, autumn):
    workspace.load(spring, autumn, taken_at=JANUARY)
    write(spring, SPRING[:1])
    workspace.load(spring, taken_at=FEBRUARY)
    write(spring, SPRING)
    with pytest.raises(ls.WorkspaceError, match=r"are snapshot 1 .* already, and snapshot 2 is newer"):
        workspace.load(spring, autumn)
    assert workspace.load(spring, autumn, taken_at=MARCH).known is False


def test_older_exports_are_known_as_long_as_nothing_newer_of_them_was_loaded(workspace, spring, autumn):
    workspace.load(spring, taken_at=JANUARY)
    workspace.load(autumn, taken_at=FEBRUARY)
    assert workspace.load(spring).snapshot == 1


def test_older_exports_said_to_be_complete_are_refused_after_any_load(workspace, spring, autumn):
    workspace.load(spring, taken_at=JANUARY, complete=True)
    workspace.load(autumn, taken_at=FEBRUARY)
    with pytest.raises(ls.WorkspaceError, match="snapshot 2 is newer"):
        workspace.load(spring, complete=True)


def test_what_was_dropped_is_not_known_any_more(workspace, spring, autumn):
    workspace.load(autumn, taken_at=JANUARY)
    workspace.load(spring, taken_at=FEBRUARY)
    workspace.drop(2)
    assert workspace.load(spring, taken_at=None).known is False


@pytest.mark.parametrize(
    "name",
    [
        "Spring (1).csv",
        "Spring(2).csv",
        "Spring (1).csv.gz",
        "Spring Kopie.csv",
        "Spring copy 2.csv",
        "Spring - Copy.csv",
    ],
)
def test_a_second_copy_by_the_browsers_name_is_refused(workspace, spring, tmp_path, name):
    content = spring.read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with pytest.raises(ls.InputError, match=r"named like a second copy of Spring\. Rename it .* --campaign"):
        workspace.load(tmp_path / name)
    assert not workspace.path.exists()


@pytest.mark.parametrize("name", ["Q4 (EMEA).csv", "Copy.csv", "Photocopy.csv", "Fair (2026).csv"])
def test_a_name_that_only_looks_a_little_like_it_is_a_campaigns(workspace, spring, tmp_path, name):
    spring.rename(tmp_path / name)
    workspace.load(tmp_path / name)
    assert workspace.campaigns["name"].to_list() == [name.removesuffix(".csv")]


def test_a_campaign_that_is_really_called_so_loads(workspace, spring, tmp_path):
    copy = spring.rename(tmp_path / "Spring (1).csv")
    workspace.load(copy, campaign="Spring (1)", taken_at=JANUARY)
    write(copy, SPRING[:1])
    workspace.load(copy, taken_at=FEBRUARY)
    assert workspace.campaigns.select("name", "leads").rows() == [("Spring (1)", 1)]


def test_a_campaign_that_the_campaigns_file_calls_so_loads(workspace, spring, tmp_path):
    copy = spring.rename(tmp_path / "Spring (1).csv")
    workspace.load(copy, campaigns=write(tmp_path / "c" / "c.csv", ["cam_1,Spring (1)"], "id,name"))
    assert workspace.campaigns["id"].to_list() == ["cam_1"]


def test_a_file_with_a_campaign_column_may_be_called_anything(workspace, tmp_path):
    file = write(tmp_path / "all (1).csv", ["ann@acme-tools.com,done,A"], "email,status,campaign")
    workspace.load(file)
    assert workspace.campaigns["name"].to_list() == ["A"]


def test_a_file_with_another_campaigns_leads_is_refused_and_names_it(workspace, spring, tmp_path):
    workspace.load(spring, taken_at=JANUARY)
    before = workspace.campaigns
    wrong = write(tmp_path / "Summer.csv", SPRING)
    with pytest.raises(
        ls.InputError, match=r"Summer\.csv brings leads that the campaign Spring has \(2 of 3, by their _id\)"
    ):
        workspace.load(wrong, taken_at=FEBRUARY)
    assert workspace.campaigns.equals(before)


def test_a_campaign_that_was_renamed_is_known_by_its_id(workspace, spring, tmp_path):
    workspace.load(spring, campaigns=write(tmp_path / "c" / "c.csv", ["cam_1,Spring"], "id,name"), taken_at=JANUARY)
    renamed = spring.rename(tmp_path / "Spring 2026.csv")
    told = write(tmp_path / "c" / "c.csv", ["cam_1,Spring 2026"], "id,name")
    workspace.load(renamed, campaigns=told, taken_at=FEBRUARY)
    assert workspace.campaigns.select("name", "leads").rows() == [("Spring 2026", 3)]


def test_a_complete_load_takes_the_old_name_away_with_its_leads(workspace, spring, tmp_path):
    workspace.load(spring, taken_at=JANUARY)
    workspace.load(spring.rename(tmp_path / "Spring 2026.csv"), taken_at=FEBRUARY, complete=True)
    assert workspace.campaigns["name"].to_list() == ["Spring 2026"]


def test_a_campaign_that_the_same_load_brings_without_them_may_lose_its_leads(workspace, spring, tmp_path):
    workspace.load(spring, taken_at=JANUARY)
    moved = write(tmp_path / "Summer.csv", SPRING)
    write(spring, ["zoe@acme-tools.com,,,running,lea_7"])
    assert workspace.load(spring, moved, taken_at=FEBRUARY).campaigns == 2


def test_two_files_of_one_load_with_the_same_leads_are_refused(workspace, spring, tmp_path):
    with pytest.raises(ls.InputError, match=r"Spring\.csv and .*Summer\.csv bring the same leads"):
        workspace.load(spring, write(tmp_path / "Summer.csv", SPRING))


def test_two_files_of_one_campaign_with_the_same_leads_are_refused(workspace, spring, tmp_path):
    with pytest.raises(ls.InputError, match="bring the same leads"):
        workspace.load(spring, write(tmp_path / "older" / "Spring.csv", SPRING))


def test_two_campaigns_of_one_file_with_the_same_leads_are_refused(workspace, tmp_path):
    lines = [f"{line},{campaign}" for campaign in ("A", "B") for line in SPRING]
    with pytest.raises(ls.InputError, match="the same leads in the campaigns A and B"):
        workspace.load(write(tmp_path / "all.csv", lines, f"{HEADER},campaign"))


def test_equal_ids_of_different_people_are_nobodys_mistake(workspace, spring, tmp_path):
    others = [line.replace("acme-tools", "beta-works") for line in SPRING]
    workspace.load(spring, taken_at=JANUARY)
    assert workspace.load(write(tmp_path / "Summer.csv", others), taken_at=FEBRUARY).memberships == 3


def test_half_of_the_leads_is_not_yet_another_campaign(workspace, spring, tmp_path):
    workspace.load(spring, taken_at=JANUARY)
    mixed = [*SPRING[:2], "ida@acme-tools.com,,,running,lea_4", "kim@acme-tools.com,,,running,lea_5"]
    assert workspace.load(write(tmp_path / "Summer.csv", mixed), taken_at=FEBRUARY).memberships == 4


def test_a_lead_that_is_twice_in_its_own_campaign_stays_twice(workspace, tmp_path):
    assert workspace.load(write(tmp_path / "Twice.csv", [SPRING[0]] * 2)).memberships == 2
