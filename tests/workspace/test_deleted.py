"""Leads that somebody deleted in lemlist: what is concluded when a campaign is loaded again, and what a run makes of it."""

from pathlib import Path

import duckdb
import pytest

import leadsieve as ls
from workspace.days import ANN, CAST, EVE, Team, lead
from workspace.stored import spoil_keys


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


@pytest.fixture(scope="module")
def deleted_once(tmp_path_factory: pytest.TempPathFactory) -> Team:
    team = Team(tmp_path_factory.mktemp("deleted"))
    team.load(Spring=[lead(ANN), CAST])
    team.load(Spring=[CAST])
    return team


@pytest.fixture
def deleted(deleted_once: Team, tmp_path: Path) -> Team:
    """The team after Ann was deleted from the campaign Spring, between the first and the second day."""
    return deleted_once.copied_to(tmp_path)


def test_a_lead_that_left_while_it_was_active_is_warned_of_when_a_list_brings_it_back(deleted):
    row = deleted.run(ANN).ledger.row(0, named=True)
    assert (row["outcome"], row["reason"], row["warnings"]) == ("create", "new", ["deleted_earlier"])
    assert row["suppressed_by"] is None


def test_the_load_counts_what_was_deleted(team):
    team.load(Spring=[lead(ANN), CAST])
    (departure,) = team.load(Spring=[CAST]).departures
    assert (departure.campaign, departure.before, departure.gone, departure.confirmed) == ("Spring", 2, 1, True)


def test_a_suppressed_one_names_the_campaign_and_the_days_between_which_it_was_deleted(deleted):
    row = deleted.run(ANN, deleted="suppress").ledger.row(0, named=True)
    assert (row["outcome"], row["reason"], row["warnings"]) == ("suppressed", "deleted_earlier", [])
    assert row["suppressed_by"] == "deleted from campaign Spring between 2026-01-05 and 2026-01-06"


def test_ignored_deletions_neither_warn_nor_hold_back_even_from_a_crm(deleted):
    row = deleted.run(ANN, deleted="ignore", crm_sources=("list",)).ledger.row(0, named=True)
    assert (row["outcome"], row["warnings"]) == ("create", [])


def test_a_source_that_a_crm_feeds_is_held_back_and_another_is_warned_of(deleted):
    fed = deleted.run(ANN, stem="HubSpot", crm_sources=(" hubspot ",)).ledger.row(0, named=True)
    other = deleted.run(ANN, stem="Fair", crm_sources=("HubSpot",)).ledger.row(0, named=True)
    assert (fed["reason"], other["reason"], other["warnings"]) == ("deleted_earlier", "new", ["deleted_earlier"])


@pytest.mark.parametrize(
    ("order", "outcome"),
    [(("crm", "fair"), "suppressed"), (("fair", "crm"), "create")],
    ids=["crm first", "crm second"],
)
def test_of_a_persons_rows_the_one_that_goes_forward_says_whether_a_crm_brought_it_back(
    deleted, tmp_path, order, outcome
):
    for stem in order:
        (tmp_path / f"{stem}.csv").write_text(f"email\n{ANN}\n", "utf-8")
    lists = [tmp_path / f"{stem}.csv" for stem in order]
    result = ls.run(lists, workspace=deleted.workspace, campaign="New", new_campaign=True, crm_sources=("crm",))
    assert result.ledger["outcome"].to_list() == [outcome, "duplicate"]


@pytest.mark.parametrize("reason", ["unsubscribed", "bounced"])
def test_other_reasons_to_hold_back_come_first(deleted, tmp_path, reason):
    (tmp_path / "stop.csv").write_text(f"value,reason\n{ANN},{reason}\n", "utf-8")
    deleted.workspace.suppress(tmp_path / "stop.csv")
    row = deleted.run(ANN, deleted="suppress").ledger.row(0, named=True)
    assert row["reason"] == reason
    assert [held["reason"] for held in row["suppressions"]] == [reason, "deleted_earlier"]


def test_a_run_as_of_before_the_deletion_knows_nothing_of_it(deleted):
    assert deleted.run(ANN, snapshot=1).ledger["reason"][0] == "active_in_other_campaign"


def test_the_same_person_under_another_identifier_of_the_list_is_found(team):
    profile = "https://www.linkedin.com/in/ann-ash-1"
    team.load(Spring=[lead("", profile=profile), CAST])
    team.load(Spring=[CAST])
    (team.folder / "list.csv").write_text(f"email,linkedinUrl\n{ANN},{profile}\n", "utf-8")
    result = ls.run(team.folder / "list.csv", workspace=team.workspace, campaign="New", new_campaign=True)
    assert result.ledger["warnings"][0].to_list() == ["deleted_earlier"]


STAYED = {
    "a lead whose content changed": {"before": lead(ANN), "after": [lead(ANN, "paused")]},
    "a lead whose address changed": {"before": lead(ANN), "after": [lead("ann.ash@acme-tools.com")]},
    "a lead that was deleted and added anew at once": {"before": lead(ANN), "after": [lead(ANN, number="again")]},
    "one of two leads of a person": {
        "before": lead(ANN),
        "after": [lead(ANN, number="twin")],
        "beside": [lead(ANN, number="twin")],
    },
    "a lead that had ended": {"before": lead(ANN, "done"), "after": []},
    "a lead that had unsubscribed": {"before": lead(ANN, "unsubscribed"), "after": []},
}


@pytest.mark.parametrize("case", STAYED.values(), ids=STAYED)
def test_nobody_is_deleted(team, case):
    team.load(Spring=[case["before"], *case.get("beside", []), CAST])
    loaded = team.load(Spring=[*case["after"], CAST])
    assert loaded.departures == ()
    team.load(Spring=[CAST.replace("running", "paused")])
    assert not team.is_deleted(deleted="warn", snapshot=2)


@pytest.mark.parametrize(
    ("status", "is_deleted"),
    [
        ("paused", True),
        ("review", True),
        ("snoozed", True),
        ("", True),
        ("interested", False),
        ("notInterested", False),
    ],
    ids=lambda told: str(told) or "empty",
)
def test_only_a_lead_that_has_not_ended_can_be_deleted(team, status, is_deleted):
    team.load(Spring=[lead(ANN, status), CAST])
    team.load(Spring=[CAST])
    assert team.is_deleted() is is_deleted


def test_a_paused_lead_is_active_whatever_its_status_is(team):
    header = "_id,email,status,isPaused"
    team.load(header, Spring=[f"lea_ann,{ANN},done,true", f"lea_eve,{EVE},done,false"])
    team.load(header, Spring=[f"lea_eve,{EVE},done,false"])
    assert team.is_deleted()


def test_what_the_policy_calls_ended_has_ended(team):
    team.load(Spring=[lead(ANN, "snoozed"), CAST])
    assert team.load(Spring=[CAST], statuses={"snoozed": "ended"}).departures == ()


def test_a_lead_that_turns_up_in_another_campaign_was_moved(team):
    team.load(Spring=[lead(ANN), CAST])
    assert team.load(Spring=[CAST], Autumn=[lead(ANN, number="moved")]).departures == ()


def test_a_lead_that_another_campaign_has_already_was_not_deleted(team):
    team.load(Spring=[lead(ANN), CAST], Autumn=[lead(ANN, "done", "autumn")])
    assert team.load(Spring=[CAST]).departures == ()


def test_a_lead_that_is_seen_in_another_campaign_later_was_moved_and_may_leave_that_one_for_good(deleted):
    deleted.load(Autumn=[lead(ANN, "done", "moved")])
    assert deleted.workspace.deleted["state"].to_list() == ["put_back"]
    deleted.load(Autumn=[lead("bob@acme-tools.com", "done", "bob")])
    assert not deleted.is_deleted()


def test_a_campaign_that_was_not_loaded_again_deletes_nobody(team):
    team.load(Spring=[lead(ANN)], Autumn=[CAST])
    assert team.load(Autumn=[CAST]).departures == ()
    assert team.workspace.deleted.height == 0


def test_a_campaign_that_does_not_exist_any_more_deletes_nobody(team):
    team.load(Spring=[lead(ANN)], Autumn=[CAST])
    assert team.load(Autumn=[CAST], complete=True).departures == ()
    assert not team.is_deleted()


def test_without_ids_a_lead_is_known_by_its_keys(team):
    header = "email,firstName,status"
    team.load(header, Spring=[f"{ANN},Ann,running", f"{EVE},Eve,running"])
    loaded = team.load(header, Spring=[f"{EVE.upper()},Eva,running"])
    assert [(d.before, d.gone) for d in loaded.departures] == [(2, 1)]
    assert (team.is_deleted(ANN), team.is_deleted(EVE)) == (True, False)


def test_an_export_that_lacks_the_ids_deletes_nobody(team):
    team.load(Spring=[lead(ANN), CAST])
    assert team.load("email,status", Spring=[f"{ANN},running", f"{EVE},running"]).departures == ()


def test_colleagues_who_share_a_role_address_are_told_apart_by_their_ids(team):
    both = [
        lead("info@acme-tools.com", number=n, profile=f"https://www.linkedin.com/in/colleague-{n}")
        for n in ("one", "two")
    ]
    team.load(Spring=both)
    assert [d.gone for d in team.load(Spring=both[1:]).departures] == [1]
    team.load(Spring=[both[1].replace("running", "paused")])
    assert team.workspace.deleted["state"].to_list() == ["in_force"]


def test_a_lead_that_nothing_identifies_cannot_come_back(team):
    team.load(Spring=[lead("n/a"), CAST])
    assert team.load(Spring=[CAST]).departures == ()


def many(count: int, start: int = 0) -> list[str]:
    return [lead(f"p{n}@acme-tools.com", number=str(n)) for n in range(start, start + count)]


@pytest.mark.parametrize(
    ("before", "gone", "confirmed"),
    [(100, 5, True), (100, 6, False), (99, 60, True), (200, 10, True), (200, 11, False)],
    ids=lambda told: str(told),
)
def test_a_mass_of_leads_that_left_at_once_must_be_confirmed(team, before, gone, confirmed):
    team.load(Spring=many(before))
    (departure,) = team.load(Spring=many(before - gone, start=gone)).departures
    assert (departure.before, departure.gone, departure.confirmed) == (before, gone, confirmed)
    assert team.is_deleted("p0@acme-tools.com") is confirmed


def test_a_mass_counts_once_it_is_confirmed(team):
    team.load(Spring=many(100))
    team.load(Spring=many(90, start=10))
    assert team.workspace.deleted.select("state", "leads").rows() == [("to_confirm", 10)]
    assert team.workspace.confirm_deleted("Spring") == 10
    assert team.workspace.deleted["state"].to_list() == ["in_force"]
    assert team.is_deleted("p0@acme-tools.com")


def test_a_mass_that_comes_back_was_a_filtered_export(team):
    team.load(Spring=many(100))
    team.load(Spring=many(90, start=10))
    team.load(Spring=many(100))
    with pytest.raises(
        ls.UsageError, match=r"No deleted leads of a campaign Spring wait to be confirmed\. .* none does"
    ):
        team.workspace.confirm_deleted("Spring")


def test_a_lifted_deletion_is_none_any_more(deleted):
    assert deleted.workspace.lift_deleted(f" {ANN.upper()}") == 1
    assert deleted.workspace.deleted["state"].to_list() == ["lifted"]
    assert not deleted.is_deleted()
    assert deleted.workspace.lift_deleted(ANN) == 0


@pytest.mark.parametrize("value", ["lea_ann", "https://linkedin.com/in/Ann-Ash-1/"], ids=["_id", "profile"])
def test_a_deletion_is_lifted_by_id_and_by_profile(team, value):
    team.load(Spring=[lead(ANN, profile="https://www.linkedin.com/in/ann-ash-1"), CAST])
    team.load(Spring=[CAST])
    assert team.workspace.lift_deleted(value) == 1


def test_a_lead_that_was_put_back_and_left_when_it_had_ended_is_not_deleted(deleted):
    deleted.load(Spring=[lead(ANN, "done", "again"), CAST])
    assert not deleted.is_deleted()
    deleted.load(Spring=[CAST])
    assert not deleted.is_deleted()


def test_a_lead_that_was_put_back_and_deleted_again_is_deleted(deleted):
    deleted.load(Spring=[lead(ANN, number="again"), CAST])
    deleted.load(Spring=[CAST])
    assert deleted.workspace.deleted.select("state", "leads").rows() == [("put_back", 1), ("in_force", 1)]
    held = deleted.run(ANN, deleted="suppress").ledger["suppressed_by"][0]
    assert held == "deleted from campaign Spring between 2026-01-07 and 2026-01-08"


def test_a_deletion_survives_new_rules_for_keys(deleted):
    with duckdb.connect(str(deleted.workspace.path)) as con:
        spoil_keys(con)
    assert deleted.is_deleted()


def test_what_was_deleted_is_told_by_campaign_and_source_without_persons(team):
    team.load(Spring=[lead(ANN), lead("bob@acme-tools.com", number="bob", source="CRM"), CAST])
    team.load(Spring=[CAST])
    rows = team.workspace.deleted.select("campaign", "source", "snapshot", "state", "leads").rows()
    assert rows == [("Spring", "CRM", 2, "in_force", 1), ("Spring", "Fair", 2, "in_force", 1)]


def test_persons_whose_lead_was_deleted_are_counted_by_source_whatever_the_policy_says(deleted):
    result = deleted.run(ANN, ANN, EVE, stem="crm", deleted="ignore")
    assert result.sieved.deleted_by_source == {"crm": 1}
    assert "deleted_people" not in result.summary["sources"][0]
