"""Who ended somewhere a short time ago is left in peace, by the history of all snapshots."""

from pathlib import Path

import pytest

import leadsieve as ls
from workspace.days import ANN, CAST, EVE, Team, lead

DONE = lead(ANN, "done")


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


@pytest.fixture(scope="module")
def done_once(tmp_path_factory: pytest.TempPathFactory) -> Team:
    team = Team(tmp_path_factory.mktemp("done"))
    team.load(Spring=[lead(ANN), CAST])
    for _ in range(3):
        team.load(Spring=[DONE, CAST])
    return team


@pytest.fixture
def done(done_once: Team, tmp_path: Path) -> Team:
    """The team on the fourth day, 2026-01-08: Ann's lead in Spring ran on the first and was done on the second."""
    return done_once.copied_to(tmp_path)


def held(team: Team, days: int, **options: object) -> str | None:
    return team.run(ANN, cooldown=days, **options).ledger["suppressed_by"][0]


def test_who_ended_a_short_time_ago_is_held_back_and_the_day_is_named(done):
    row = done.run(ANN, cooldown=30).ledger.row(0, named=True)
    assert (row["outcome"], row["reason"]) == ("suppressed", "cooldown")
    assert row["suppressed_by"] == "campaign Spring: done since 2026-01-06, may be written to again from 2026-02-05"
    assert [kept["kind"] for kept in row["suppressions"]] == ["cooldown"]


@pytest.mark.parametrize(
    ("days", "reason"), [(0, "re_engage"), (1, "re_engage"), (2, "re_engage"), (3, "cooldown")], ids=str
)
def test_the_days_count_from_the_first_snapshot_that_showed_the_end_to_that_of_the_run(done, days, reason):
    assert done.run(ANN, cooldown=days).ledger["reason"][0] == reason


def test_the_days_count_to_the_snapshot_that_is_decided_by(done):
    assert held(done, 1, snapshot=2) is not None
    assert held(done, 1, snapshot=3) is None


@pytest.mark.parametrize("status", ["running", "paused", "snoozed"])
def test_who_is_active_there_does_not_cool_down(team, status):
    team.load(Spring=[lead(ANN, status), CAST])
    assert held(team, 30) is None


def test_who_never_was_in_a_campaign_does_not_cool_down(done):
    assert done.run("new@acme-tools.com", cooldown=30).ledger["reason"][0] == "new"


def test_another_ended_status_goes_on_with_the_same_end(done):
    done.load(Spring=[lead(ANN, "interested"), CAST])
    assert held(done, 30).startswith("campaign Spring: interested since 2026-01-06")


def test_who_was_active_again_ended_later(done):
    done.load(Spring=[lead(ANN), CAST])
    assert held(done, 30) is None
    done.load(Spring=[DONE, CAST])
    assert held(done, 30).startswith("campaign Spring: done since 2026-01-10")


def test_who_has_left_the_campaign_since_still_cools_down(done):
    done.load(Spring=[CAST])
    row = done.run(ANN, cooldown=30).ledger.row(0, named=True)
    assert (row["reason"], row["in_workspace"]) == ("cooldown", False)
    assert "done since 2026-01-06" in row["suppressed_by"]


def test_who_came_back_ended_did_not_end_anew(done):
    done.load(Spring=[CAST])
    done.load(Spring=[DONE, CAST])
    assert "done since 2026-01-06" in held(done, 30)


def test_who_was_in_a_campaign_that_is_no_more_still_cools_down(done):
    done.load(Autumn=[CAST], complete=True)
    assert "campaign Spring: done since 2026-01-06" in held(done, 30)


def test_who_left_while_the_lead_was_active_was_deleted_and_did_not_end(team):
    team.load(Spring=[lead(ANN), CAST])
    team.load(Spring=[CAST])
    row = team.run(ANN, cooldown=30).ledger.row(0, named=True)
    assert (row["reason"], row["warnings"]) == ("new", ["deleted_earlier"])


def test_of_several_campaigns_the_one_that_holds_longest_is_named(done):
    done.load(Autumn=[lead(ANN, "done", "autumn")])
    assert held(done, 30) == "campaign Autumn: done since 2026-01-09, may be written to again from 2026-02-08"


def test_of_a_persons_two_leads_in_a_campaign_one_may_have_ended(team):
    team.load(Spring=[DONE, lead(ANN, number="twin")])
    assert "done since 2026-01-05" in held(team, 30)


def test_a_lead_is_its_id_whatever_its_address_was(done):
    done.load(Spring=[lead("ann.ash@acme-tools.com", "done"), CAST])
    by_new = done.run("ann.ash@acme-tools.com", cooldown=30).ledger["suppressed_by"][0]
    assert "done since 2026-01-06" in by_new


def test_without_ids_a_lead_is_known_by_its_keys(team):
    header = "email,firstName,status"
    team.load(header, Spring=[f"{ANN},Ann,running"])
    team.load(header, Spring=[f"{ANN},Ann,done"])
    team.load(header, Spring=[f"{ANN},Anna,done"])
    assert "done since 2026-01-06" in held(team, 30)


def test_the_target_counts_too_and_its_update_waits(done):
    options = {"campaign": "Spring", "new_campaign": False, "import_mode": "create-and-update"}
    assert done.run(ANN, cooldown=30, **options).ledger["reason"][0] == "cooldown"
    assert done.run(ANN, cooldown=2, **options).ledger["outcome"][0] == "update"


def test_a_storage_campaign_is_no_outreach(done):
    assert held(done, 30, storage_campaigns=("Spring",)) is None


def test_an_archived_campaign_wrote_all_the_same(done):
    assert held(done, 30, archived="ignore") is not None


def test_what_the_policy_calls_ended_has_ended(team):
    team.load(Spring=[lead(ANN, "snoozed"), CAST])
    assert "snoozed since 2026-01-05" in held(team, 30, statuses={"snoozed": "ended"})


def test_somebody_else_in_the_campaign_holds_nobody_back(done):
    assert done.run(EVE, cooldown=30).ledger["reason"][0] == "active_in_other_campaign"


def test_all_other_reasons_to_hold_back_come_first(team):
    team.load(Spring=[DONE, CAST], Autumn=[lead(ANN, "unsubscribed", "autumn")])
    row = team.run(ANN, cooldown=30).ledger.row(0, named=True)
    assert (row["reason"], [kept["reason"] for kept in row["suppressions"]]) == (
        "unsubscribed",
        ["unsubscribed", "cooldown"],
    )


def test_a_negative_cooldown_is_refused(team):
    with pytest.raises(ls.UsageError, match="`cooldown` cannot be negative"):
        team.run(ANN, cooldown=-1)
