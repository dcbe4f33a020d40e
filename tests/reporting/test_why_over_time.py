"""What `why` promises of leads that were deleted, or that ended a short time ago; and the CRM that brings them back."""

from datetime import UTC, datetime, timedelta

import pytest

import leadsieve as ls
from leadsieve.reporting import Act, Issue
from leadsieve.words import Outcome

FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
HEADER = "_id,email,status"
ANN, BOB = "ann@acme-corp.com", "bob@acme-corp.com"


class Team:
    """A workspace that is loaded day by day, and lists of emails that are run against it."""

    def __init__(self, folder):
        self.folder, self.workspace = folder, ls.Workspace(folder / "workspace.duckdb")

    def load(self, day, campaign, *leads):
        file = self.folder / f"{campaign}.csv"
        file.write_text("\n".join([HEADER, *leads, ""]), "utf-8")
        self.workspace.load(file, taken_at=FIRST_DAY + timedelta(days=day))

    def run(self, *lines, stem="list", **options):
        lists = self.folder / f"{stem}.csv"
        lists.write_text("\n".join(["email,name", *lines, ""]), "utf-8")
        return ls.run(lists, campaign="New", new_campaign=True, workspace=self.workspace, **options)


@pytest.fixture
def deleted(tmp_path):
    """Ann was deleted from Spring while she was in progress there."""
    team = Team(tmp_path)
    team.load(0, "Spring", f"lea_1,{ANN},running", f"lea_2,{BOB},running")
    team.load(1, "Spring", f"lea_2,{BOB},running")
    return team


@pytest.fixture
def ended(tmp_path):
    """Ann's lead in Spring ended on the second day, four days before the newest snapshot."""
    team = Team(tmp_path)
    team.load(0, "Spring", f"lea_1,{ANN},running", f"lea_2,{BOB},running")
    team.load(1, "Spring", f"lea_1,{ANN},done", f"lea_2,{BOB},running")
    team.load(5, "Spring", f"lea_1,{ANN},done", f"lea_2,{BOB},running")
    return team


FED = {
    "by the setting": ({"deleted": "suppress"}, {"deleted": "warn"}),
    "by a CRM": ({"crm_sources": ("list",)}, {"deleted": "ignore"}),
    "by both": ({"deleted": "suppress", "crm_sources": ("list",)}, {"deleted": "ignore"}),
}


@pytest.mark.parametrize(("options", "settings"), FED.values(), ids=FED)
def test_a_deleted_lead_comes_back_with_the_least_change(deleted, options, settings):
    result = deleted.run(f"{ANN},Ann", **options)
    told = result.why(1)

    assert result.ledger["reason"].to_list() == ["deleted_earlier"]
    assert told.settings == settings
    after = deleted.run(f"{ANN},Ann", **{**options, **told.settings})
    assert after.ledger["outcome"].to_list() == [told.promises] == [Outcome.CREATE]


def test_a_deletion_that_is_taken_back_holds_nobody(deleted):
    told = deleted.run(f"{ANN},Ann", deleted="suppress").why(1)

    assert "or take the deletion back (`leadsieve deleted lift VALUE`)" in told.remedy
    deleted.workspace.lift_deleted(ANN)
    assert deleted.run(f"{ANN},Ann", deleted="suppress").ledger["outcome"].to_list() == [told.promises]


def test_a_repeat_of_a_deleted_lead_takes_both_changes(deleted):
    lines = (f"{ANN},first", f"{ANN},second")
    told = deleted.run(*lines, deleted="suppress").why(2)

    assert [change.act for change in told.changes] == [Act.MOVE, Act.SET]
    after = deleted.run(*reversed(lines), **told.settings)
    assert after.ledger["outcome"][0] == told.promises == Outcome.CREATE
    assert deleted.run(*reversed(lines), deleted="suppress").ledger["outcome"][0] == Outcome.SUPPRESSED


def test_a_repeat_that_a_crm_brings_is_judged_by_its_own_source_once_it_goes_forward(deleted):
    """The fair's row goes forward and is only warned of; in its place the CRM's would be held back."""
    deleted.run(f"{ANN},crm", stem="HubSpot")
    fair, crm = (deleted.folder / f"{stem}.csv" for stem in ("Fair", "HubSpot"))
    fair.write_text(f"email,name\n{ANN},fair\n", "utf-8")
    options = {"campaign": "New", "new_campaign": True, "workspace": deleted.workspace, "crm_sources": ("HubSpot",)}
    told = ls.run([fair, crm], **options).why(2)

    assert told.settings == {"deleted": "ignore"}
    assert ls.run([crm, fair], **options).ledger["outcome"][0] == Outcome.SUPPRESSED
    assert ls.run([crm, fair], **options, **told.settings).ledger["outcome"][0] == told.promises


def test_a_cooldown_is_shortened_to_the_days_that_have_passed(ended):
    result = ended.run(f"{ANN},Ann", cooldown=30)
    told = result.why(1)

    assert result.ledger["reason"].to_list() == ["cooldown"]
    assert told.settings == {"cooldown": 4}
    assert "or wait until 2026-02-05" in told.remedy
    assert ended.run(f"{ANN},Ann", cooldown=5).ledger["outcome"].to_list() == [Outcome.SUPPRESSED]
    assert ended.run(f"{ANN},Ann", cooldown=4).ledger["outcome"].to_list() == [told.promises] == [Outcome.CREATE]


def test_a_cooldown_and_a_strict_mode_take_both_changes(ended):
    options = {"cooldown": 30, "dedup": "workspace"}
    told = ended.run(f"{ANN},Ann", **options).why(1)

    assert told.settings == {"cooldown": 4, "dedup": "active"}
    after = ended.run(f"{ANN},Ann", **{**options, **told.settings})
    assert after.ledger["outcome"].to_list() == [told.promises]


@pytest.mark.parametrize("setting", ["warn", "suppress"])
def test_deleted_leads_that_come_back_are_told_with_their_source(deleted, setting):
    (told,) = deleted.run(f"{ANN},Ann", "new@fresh-corp.com,New", stem="HubSpot", deleted=setting).summary["troubles"]

    assert (told["code"], told["rows"]) == (Issue.DELETED_COME_BACK, 1)
    assert "HubSpot: 1" in told["text"]
    assert "@" not in told["text"] + told["fix"]


@pytest.mark.parametrize(
    ("line", "options"),
    [(f"{ANN},Ann", {"deleted": "ignore"}), ("new@fresh-corp.com,New", {})],
    ids=["nobody asks", "somebody new"],
)
def test_where_nobody_deleted_comes_back_nothing_is_told(deleted, line, options):
    assert deleted.run(line, **options).summary["troubles"] == []
