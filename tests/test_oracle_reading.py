"""The oracle has to be trusted before anything is measured by it: hand-worked answers, sentence by sentence."""

import base64
import csv
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from oracle.oracle_reading import (
    DEDUP_MODES,
    IMPORT_MODES,
    Campaign,
    Decision,
    Membership,
    Row,
    Settings,
    Suppressed,
    decide,
    home,
    shared_identifiers,
)
from oracle.oracle_strategies import LIST_STEM, SALES_TOKEN, Example, examples, member_token, render

HERE = Campaign("Here", id="cam_here", as_of=1)
HERE_2 = Campaign("Here #2", as_of=1)
THERE = Campaign("There", as_of=1)
ELSEWHERE = Campaign("Elsewhere", as_of=2)
BOX = Campaign("Box", as_of=1)
OLD = Campaign("Old", archived=True, as_of=1)
CAMPAIGNS = (HERE, HERE_2, THERE, ELSEWHERE, BOX, OLD)
PLAIN = Settings("Here")
quick = hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def email(name: str) -> str:
    return name if "@" in name else f"{name}@alpha-tools.com"


def profile(slug: str) -> str:
    return slug if ":" in slug else f"https://www.linkedin.com/in/{slug}"


def row(mail: str | None = None, slug: str | None = None, member: int | None = None, **more: object) -> Row:
    """A row by short names: `ann` is ann@alpha-tools.com, a slug is a vanity URL, a number a member's token."""
    cells = {
        "email": mail and email(mail),
        "email_status": "valid" if mail else "empty",
        "linkedin_key": slug and profile(slug),
        "linkedin_status": "person_vanity" if slug else "empty",
        "linkedin_writable": bool(slug),
        "member_key": f"urn:li:member:{member}" if member else None,
        "member_writable": bool(member),
    }
    return Row(**{**cells, **more})


def lead(campaign: str, mail: str | None = None, slug: str | None = None, **more: object) -> Membership:
    cells = {"emails": (email(mail),) if mail else (), "linkedin_keys": (profile(slug),) if slug else ()}
    return Membership(campaign, **{**cells, **more})


def answer(
    rows: list[Row],
    members: list[Membership] | None = None,
    suppressed: list[Suppressed] | None = None,
    settings: Settings = PLAIN,
) -> list[Decision]:
    return decide(rows, CAMPAIGNS, members or [], suppressed or [], settings)


def verdicts(decisions: list[Decision]) -> list[tuple[str, str]]:
    return [(decision.outcome, decision.reason) for decision in decisions]


def one(record: Row, *members: Membership, suppressed: tuple[Suppressed, ...] = (), **settings: object) -> Decision:
    """The only row's decision under settings that differ from the plain ones."""
    return answer([record], list(members), list(suppressed), replace(PLAIN, **settings))[0]


DUPLICATE = ("duplicate", "duplicate_in_list")
NEW = ("create", "new")


class TestPersonsAreComponentsOfListAndSnapshot:
    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)], ids=str)
    def test_two_rows_that_a_third_ties_are_one_person_in_any_order(self, order):
        rows = [row("e1", "l1"), row("e2", "l2"), row("e1", "l2")]

        decisions = answer([rows[n] for n in order])

        assert len({decision.person for decision in decisions}) == 1
        assert verdicts(decisions) == [NEW, DUPLICATE, DUPLICATE]
        assert [decision.duplicate_of for decision in decisions] == [None, 1, 1]

    def test_a_chain_of_a_thousand_rows_is_one_person(self):
        decisions = answer([row(f"e{(n + 1) // 2}", f"l{n // 2}") for n in range(1000)])

        assert len({decision.person for decision in decisions}) == 1
        assert [decision.outcome for decision in decisions].count("create") == 1

    def test_an_ended_membership_ties_a_row_to_one_that_is_in_progress(self):
        decision = one(row("e1"), lead("There", "e1", "l1", status="done"), lead("Elsewhere", None, "l1"))

        assert (decision.outcome, decision.reason) == ("in_progress", "active_in_other_campaign")
        assert decision.conflicts == (("Elsewhere", "inProgress", "link"), ("There", "done", "email"))

    def test_two_rows_are_one_person_when_only_the_workspace_ties_them(self):
        decisions = answer([row("e1"), row(None, "l1")], [lead("Box", "e1", "l1")])

        assert decisions[0].person == decisions[1].person
        assert decisions[1].duplicate_of == 1

    def test_every_address_of_a_membership_identifies_and_links(self):
        members = [lead("There", emails=(email("e1"), email("e2")), status="done")]

        decisions = answer([row("e1"), row("e2")], members)

        assert verdicts(decisions) == [("create", "re_engage"), DUPLICATE]

    def test_a_vanity_url_and_a_member_key_of_one_row_are_one_person(self):
        decisions = answer([row("e1", "l1"), row(None, None, 7), row(None, "l1", 7)])

        assert [decision.duplicate_of for decision in decisions] == [None, 1, 1]

    def test_different_people_stay_apart(self):
        decisions = answer([row("e1", "l1"), row("e2", "l2")])

        assert verdicts(decisions) == [NEW, NEW]
        assert decisions[0].person != decisions[1].person

    def test_names_never_identify(self):
        fields = {"firstName": "Ann", "lastName": "Ash"}

        assert verdicts(answer([row("e1", fields=fields), row("e2", fields=fields)])) == [NEW, NEW]

    def test_nothing_never_matches_nothing(self):
        decisions = answer([row("e1"), row("e2"), row(None, "l1"), row(None, "l2")], [lead("There"), lead("Here")])

        assert verdicts(decisions) == [NEW] * 4
        assert not any(decision.in_workspace for decision in decisions)


class TestTheBrake:
    def test_a_role_address_beside_two_profiles_links_nobody_and_one_row_goes_forward(self):
        rows = [row("info", f"l{n}") for n in range(300)]

        decisions = answer(rows)

        assert verdicts(decisions) == [NEW] + [DUPLICATE] * 299
        assert len({decision.person for decision in decisions}) == 300
        assert {decision.duplicate_of for decision in decisions[1:]} == {1}
        assert all(decision.warnings == {"shared_identifier"} for decision in decisions)

    @pytest.mark.parametrize(
        ("mail", "profiles", "is_shared"),
        [("ann", 3, False), ("ann", 4, True), ("info", 1, False), ("info", 2, True)],
        ids=["three", "four", "role with one", "role with two"],
    )
    def test_an_email_is_shared_beyond_its_number_of_profiles(self, mail, profiles, is_shared):
        decisions = answer([row(mail, f"l{n}") for n in range(profiles)])

        assert ("shared_identifier" in decisions[0].warnings) is is_shared
        assert (len({decision.person for decision in decisions}) > 1) is is_shared

    def test_a_profile_beside_four_emails_is_shared(self):
        decisions = answer([row(f"e{n}", "l1") for n in range(4)])

        assert verdicts(decisions) == [NEW, DUPLICATE, DUPLICATE, DUPLICATE]
        assert len({decision.person for decision in decisions}) == 4

    def test_the_same_profile_many_times_is_one_neighbour(self):
        shared = shared_identifiers([[("email", "info@x"), ("linkedin", "l1")]] * 9, PLAIN)

        assert shared == set()

    def test_a_vanity_url_and_a_member_key_are_two_neighbours(self):
        assert "shared_identifier" in one(row("info", "l1", 7)).warnings

    def test_emails_of_one_record_are_no_neighbours_of_each_other(self):
        record = [("email", f"e{n}@x") for n in range(9)]

        assert shared_identifiers([record], PLAIN) == set()

    def test_memberships_count_for_the_brake(self):
        decisions = answer([row("info", "l1"), row(None, "l2")], [lead("Box", "info", "l2", status="done")])

        assert verdicts(decisions) == [("create", "re_engage")] * 2
        assert decisions[0].person != decisions[1].person

    def test_a_failed_row_does_not_count_for_the_brake(self):
        rows = [row("info", "l1"), row(None, "l2", email_status="invalid"), row("info")]

        assert answer(rows)[2].warnings == frozenset()

    def test_a_row_with_nothing_but_a_shared_identifier_is_its_person(self):
        rows = [row("info", "l1"), row("info", "l2"), row("info")]

        decisions = answer(rows)

        assert decisions[2].person == ("email", email("info"))
        assert decisions[2].duplicate_of == 1

    def test_such_a_row_goes_forward_when_it_comes_first_and_takes_the_identifier(self):
        decisions = answer([row("info"), row("info", "l1"), row("info", "l2"), row(None, "l2")])

        assert verdicts(decisions) == [NEW, DUPLICATE, DUPLICATE, NEW]
        assert [decision.duplicate_of for decision in decisions] == [None, 1, 4, None]

    def test_the_email_names_the_person_before_the_profile(self):
        shared = {("email", "info@x"), ("linkedin", "l")}

        assert home([("email", "info@x"), ("linkedin", "l")], shared) == ("email", "info@x")

    def test_a_row_names_its_own_persons_row_before_the_one_that_took_the_shared_identifier(self):
        decisions = answer([row("info", "l1"), row("info", "l2"), row(None, "l2")])

        assert [decision.duplicate_of for decision in decisions] == [None, 3, None]

    def test_the_links_of_other_identifiers_in_the_record_hold(self):
        rows = [row("info", "l1"), row("info", "l2", 7), row(None, None, 7)]

        assert answer(rows)[1].person == answer(rows)[2].person

    def test_it_matches_a_membership_directly_and_no_further(self):
        members = [
            lead("There", "info", "l1", status="done"),
            lead("There", "info", "l2", status="done"),
            lead("Elsewhere", None, "l1"),
        ]

        decision = one(row("info"), *members)

        assert (decision.outcome, decision.reason) == ("create", "re_engage")
        assert decision.conflicts == (("There", "done", "email"),) * 2

    def test_what_it_matches_holds_for_all_rows_of_the_person(self):
        members = [lead("Elsewhere", "info", "l9"), lead("There", "info", "l8", status="done")]

        decisions = answer([row("ann", "l1"), row("info", "l1")], members)

        assert decisions[0].person == decisions[1].person
        assert [decision.active_elsewhere for decision in decisions] == [True, True]
        assert [decision.matched_on for decision in decisions] == ["link", "email"]

    def test_one_that_stands_on_a_membership_alone_matches_nothing_for_the_person(self):
        members = [
            lead("Box", "info", "l1", status="done"),
            lead("Elsewhere", "info", "l2"),
        ]

        decision = one(row(None, "l1"), *members)

        assert decision.conflicts == (("Box", "done", "linkedin"),)
        assert decision.active_elsewhere is False

    def test_it_matches_a_suppression_directly(self):
        rows = [row("info", "l1"), row("info", "l2"), row(None, "l1")]

        decisions = answer(rows, suppressed=[Suppressed("email", email("info"), "unsubscribed")])

        assert [decision.suppressed_reason for decision in decisions] == ["unsubscribed"] * 3

    def test_one_that_stands_on_a_membership_alone_suppresses_nobody(self):
        members = [lead("Box", "info", "l1", status="done"), lead("Box", "info", "l2", status="done")]

        decision = one(row(None, "l1"), *members, suppressed=(Suppressed("email", email("info"), "unsubscribed"),))

        assert decision.suppressed_reason is None


class TestGoingForward:
    def test_first_keeps_list_order(self):
        rows = [row("e1"), row("e1", "l1", fields={"firstName": "Ann"})]

        assert verdicts(answer(rows)) == [NEW, DUPLICATE]

    def test_fullest_tries_the_row_with_most_fields_first(self):
        rows = [row("e1"), row("e1", "l1", fields={"firstName": "Ann"}), row("e1", "l1", phone="+442079460018")]

        decisions = answer(rows, settings=replace(PLAIN, keep="fullest"))

        assert [decision.duplicate_of for decision in decisions] == [2, None, 2]

    def test_fullest_takes_persons_by_their_first_rows(self):
        rows = [row(None, "l1"), row("info", "l2"), row("info", "l1")]

        by_person = answer(rows, settings=replace(PLAIN, keep="fullest"))
        by_row = answer(rows)

        assert [decision.duplicate_of for decision in by_person] == [3, 3, None]
        assert [decision.duplicate_of for decision in by_row] == [None, None, 1]

    def test_fullest_goes_on_to_the_next_row_when_a_shared_identifier_is_taken(self):
        rows = [row("info", "l1"), row(None, "l2"), row("info", "l2")]

        decisions = answer(rows, settings=replace(PLAIN, keep="fullest"))

        assert [decision.duplicate_of for decision in decisions] == [None, None, 2]

    def test_a_later_row_of_a_held_back_person_is_still_a_duplicate(self):
        decisions = answer([row("e1"), row("e1")], [lead("Here", "e1")])

        assert verdicts(decisions) == [("duplicate", "in_campaign"), DUPLICATE]

    def test_a_suppressed_row_keeps_its_place(self):
        decisions = answer([row("e1"), row("e1")], suppressed=[Suppressed("email", email("e1"))])

        assert verdicts(decisions) == [("suppressed", "do_not_contact"), DUPLICATE]


class TestFilling:
    def test_identifiers_and_names_that_all_other_rows_agree_on_are_taken(self):
        names = {"firstName": "Ann", "lastName": "Ash", "companyName": "Alpha"}
        rows = [row("e1"), row("e1", "l1", 7, fields=names, phone="+442079460018"), row("e1")]

        filled = answer(rows)[0].filled

        assert filled == {
            "linkedin": profile("l1"),
            "member": "urn:li:member:7",
            "firstName": "Ann",
            "lastName": "Ash",
        }

    def test_all_takes_every_field_and_none_takes_nothing(self):
        rows = [row("e1"), row("e1", fields={"companyName": "Alpha"}, phone="+442079460018")]

        everything = answer(rows, settings=replace(PLAIN, fill="all"))[0].filled
        nothing = answer(rows, settings=replace(PLAIN, fill="none"))[0].filled

        assert everything == {"companyName": "Alpha", "phone": "+442079460018"}
        assert nothing == {}

    def test_nothing_is_taken_where_the_others_disagree_or_something_stands(self):
        rows = [
            row("e1", fields={"lastName": "Ash"}),
            row("e1", "l1", fields={"lastName": "Birch"}),
            row("e1", "l2"),
        ]

        assert answer(rows)[0].filled == {}

    def test_no_shared_identifier_is_taken(self):
        rows = [row(None, "l1"), row("info", "l1"), row("info", "l2")]

        assert answer(rows)[0].filled == {}

    def test_a_key_that_cannot_be_written_is_not_taken(self):
        rows = [row("e1"), row("e1", None, 7, member_writable=False)]

        assert answer(rows)[0].filled == {}

    def test_a_failed_row_gives_nothing(self):
        assert answer([row("e1"), row("e1", "l1", email_status="invalid")])[0].filled == {}

    def test_only_the_row_that_goes_forward_is_filled(self):
        assert answer([row("e1", "l1"), row("e1")])[1].filled == {}


class TestFactsHoldForThePerson:
    def test_a_profile_on_the_second_row_that_is_active_elsewhere_holds_the_kept_first(self):
        decisions = answer([row("e1"), row("e1", "l1")], [lead("There", None, "l1")])

        assert verdicts(decisions) == [("in_progress", "active_in_other_campaign"), DUPLICATE]
        assert [decision.matched_on for decision in decisions] == ["link", "linkedin"]
        assert all("active_elsewhere" in decision.warnings for decision in decisions)

    def test_a_suppressed_profile_on_the_second_row_suppresses_the_kept_first(self):
        decisions = answer([row("e1"), row("e1", "l1")], suppressed=[Suppressed("linkedin", profile("l1"))])

        assert verdicts(decisions) == [("suppressed", "do_not_contact"), DUPLICATE]

    def test_a_failed_row_has_no_facts_and_gives_none(self):
        failed = row(None, "l1", email_status="invalid")

        decisions = answer([row("e1"), failed, row("e1", "l2")], [lead("There", None, "l1")])

        assert verdicts(decisions) == [NEW, ("failed", "invalid_email"), DUPLICATE]
        assert (decisions[1].person, decisions[1].in_workspace, decisions[1].blocked_by_active) == (None, None, None)
        assert decisions[1].modes == {}

    @pytest.mark.parametrize(
        ("record", "says"),
        [
            (row("e1"), "email"),
            (row(None, "l1"), "linkedin"),
            (row("e1", "l1"), "both"),
            (row("e2", None, 7), "linkedin"),
            (row("e9"), None),
        ],
        ids=["email", "profile", "both", "member key", "stranger"],
    )
    def test_matched_on_says_which_of_the_rows_own_identifiers_matched(self, record, says):
        member = lead("There", "e1", linkedin_keys=(profile("l1"), "urn:li:member:7"))

        assert one(record, member).matched_on == says


MARKS = {
    "nowhere": ((), (False, False, False), (False, False, False)),
    "target": ((lead("Here", "e1"),), (True, False, True), (True, True, True)),
    "target ended": ((lead("Here", "e1", status="done"),), (True, False, True), (True, True, True)),
    "part": ((lead("Here #2", "e1"),), (True, False, True), (True, True, True)),
    "active elsewhere": ((lead("There", "e1"),), (False, True, True), (False, True, True)),
    "ended elsewhere": ((lead("There", "e1", status="done"),), (False, False, True), (False, False, True)),
    "both": ((lead("There", "e1"), lead("Here", "e1")), (True, True, True), (True, True, True)),
    "archived": ((lead("Old", "e1"),), (False, True, True), (False, True, True)),
}


class TestMarks:
    @pytest.mark.parametrize(("members", "marks", "blocked"), MARKS.values(), ids=MARKS)
    def test_marks_follow_from_where_the_person_is(self, members, marks, blocked):
        decision = one(row("e1"), *members)

        assert (decision.in_campaign, decision.active_elsewhere, decision.in_workspace) == marks
        blocks = (decision.blocked_by_campaign, decision.blocked_by_active, decision.blocked_by_workspace)
        assert blocks == blocked

    @pytest.mark.parametrize(
        ("status", "word", "is_active"),
        [
            ("inProgress", "inProgress", True),
            (" RUNNING ", "inProgress", True),
            ("paused", "paused", True),
            ("reviewed", "reviewed", True),
            ("scheduled", "scheduled", True),
            ("review", "review", True),
            ("scanning", "scanning", True),
            ("snoozed", "snoozed", True),
            (" ", "(empty)", True),
            ("Done", "done", False),
            ("interested", "interested", False),
            ("NotInterested", "notInterested", False),
        ],
    )
    def test_a_status_is_read_in_the_words_of_a_run(self, status, word, is_active):
        decision = one(row("e1"), lead("There", "e1", status=status))

        assert (decision.conflict_status, decision.active_elsewhere) == (word, is_active)

    def test_paused_is_active_whatever_the_status_says(self):
        decision = one(row("e1"), lead("There", "e1", status="done", is_paused=True))

        assert (decision.conflict_status, decision.active_elsewhere) == ("paused", True)

    def test_a_team_classifies_statuses_its_own_way(self):
        members = lead("There", "e1", status="Snoozed"), lead("There", "e1", status="done")

        assert one(row("e1"), *members, statuses={"snoozed": "ended"}).active_elsewhere is False
        assert one(row("e1"), members[1], statuses={"done": "active"}).active_elsewhere is True

    @pytest.mark.parametrize(
        ("member", "settings"),
        [(lead("Box", "e1"), {"storage_campaigns": ("Box",)}), (lead("Old", "e1"), {"archived": "ignore"})],
        ids=["storage", "archived"],
    )
    def test_campaigns_that_do_not_count_leave_no_marks_and_no_conflicts(self, member, settings):
        decision = one(row("e1"), member, **settings)

        assert (decision.reason, decision.in_workspace, decision.conflicts) == ("new", False, ())

    @pytest.mark.parametrize(
        ("target", "settings"),
        [("Here", {"storage_campaigns": ("Here",)}), ("Old", {"archived": "ignore"})],
        ids=["storage", "archived"],
    )
    def test_the_target_always_counts(self, target, settings):
        assert one(row("e1"), lead(target, "e1"), campaign=target, **settings).in_campaign is True

    def test_a_storage_campaign_still_links_and_suppresses(self):
        members = [lead("Box", "e1", "l1", last_state="emailsBounced"), lead("There", None, "l1")]

        decision = one(row("e1"), *members, storage_campaigns=("Box",))

        assert (decision.active_elsewhere, decision.suppressed_reason) == (True, "bounced")

    @pytest.mark.parametrize(
        ("name", "is_target"),
        [
            ("Here", True),
            ("Here #2", True),
            ("Here #10", True),
            ("Here #1", False),
            ("Here 2", False),
            ("There", False),
        ],
    )
    def test_the_target_is_the_campaign_and_its_parts(self, name, is_target):
        known = [*CAMPAIGNS, Campaign(name)]

        decision = decide([row("e1")], known, [lead(name, "e1")], [], PLAIN)[0]

        assert decision.in_campaign is is_target

    def test_a_campaign_can_be_given_by_id(self):
        assert one(row("e1"), lead("Here #2", "e1"), campaign="cam_here").in_campaign is True

    def test_an_unknown_target_has_no_members(self):
        assert one(row("e1"), lead("There", "e1"), campaign="Brand new").in_campaign is False


class TestTheConflictThatWeighsMost:
    def test_an_active_one_elsewhere_before_the_target_before_an_ended_one(self):
        active, target, ended = lead("There", "e1"), lead("Here", "e1"), lead("Elsewhere", "e1", status="done")

        assert one(row("e1"), ended, target, active).conflict_campaign == "There"
        assert one(row("e1"), ended, target).conflict_campaign == "Here"
        assert one(row("e1"), ended).conflict_campaign == "Elsewhere"

    def test_then_the_newest_then_the_name(self):
        members = [lead("There", "e1"), lead("Elsewhere", "e1"), lead("Box", "e1")]

        assert one(row("e1"), *members).conflict_campaign == "Elsewhere"
        assert one(row("e1"), members[0], members[2]).conflict_campaign == "Box"

    def test_memberships_that_weigh_the_same_are_all_named(self):
        decision = one(row("e1"), lead("There", "e1", status="paused"), lead("There", "e1", status="review"))

        assert decision.conflict_ties == {("There", "paused", "email"), ("There", "review", "email")}


class TestGates:
    @pytest.mark.parametrize(
        ("record", "settings", "reason"),
        [
            (row(None, "l1", email_status="invalid"), {}, "invalid_email"),
            (row("a@x.com;b@x.com", email_status="multiple"), {}, "multiple_emails"),
            (row("e1"), {"required": ("companyName",)}, "missing_required_field"),
            (row(None, "l1", email_status="invalid"), {"required": ("companyName",)}, "invalid_email"),
            (row(), {"required": ("companyName",)}, "missing_required_field"),
            (row("e1"), {"required": ("email", "linkedinUrl")}, "missing_required_field"),
            (row(), {}, "no_identifier"),
            (row(linkedin_status="non_person"), {}, "no_identifier"),
            (row(None, "urn:li:member:7", linkedin_writable=False), {}, "no_identifier"),
            (row(None, None, 7, member_writable=False), {}, "no_identifier"),
            (row(None, None, email_status="invalid"), {"invalid_email": "drop"}, "no_identifier"),
        ],
    )
    def test_rows_fail_by_the_first_gate_that_applies(self, record, settings, reason):
        decision = one(record, **settings)

        assert (decision.outcome, decision.reason) == ("failed", reason)

    @pytest.mark.parametrize(
        "record",
        [
            row("e1", "urn:li:member:7", linkedin_writable=False),
            row(None, None, 7),
            row("e1", linkedin_status="non_person"),
            row("e1", fields={"companyName": "Alpha"}),
        ],
        ids=["email and number", "token in the second column", "company page", "no name"],
    )
    def test_rows_pass_with_one_identifier_that_can_be_written(self, record):
        assert one(record).outcome == "create"

    def test_dropping_an_invalid_email_goes_on_with_the_profile(self):
        dropped = row(None, "l1", email_status="invalid")

        decision = one(dropped, lead("Here", None, "l1"), invalid_email="drop")

        assert (decision.outcome, decision.matched_on) == ("duplicate", "linkedin")

    def test_the_first_of_several_emails_identifies_when_the_policy_says_so(self):
        several = row("e1@x.com;e2@x.com", email_status="multiple")

        first, second = (one(several, lead("Here", mail), multiple_emails="first") for mail in ("e1@x.com", "e2@x.com"))

        assert (first.in_campaign, second.in_campaign) == (True, False)

    @pytest.mark.parametrize("status", ["non_person", "shortlink", "invalid"])
    def test_a_cell_that_is_no_profile_is_warned_of(self, status):
        assert one(row("e1", linkedin_status=status)).warnings == {"linkedin_not_a_profile"}

    def test_every_gate_comes_before_the_next(self):
        member, entry = lead("Here", "e1"), Suppressed("email", email("e1"))
        rows = [row("e1", email_status="invalid"), row("e1"), row("e1")]

        decisions = answer(rows, [member], [entry])

        assert verdicts(decisions) == [("failed", "invalid_email"), ("suppressed", "do_not_contact"), DUPLICATE]


IN_TARGET = (lead("Here", "e1"),)
ACTIVE = (lead("There", "e1"),)
ENDED = (lead("There", "e1", status="done"),)
CREATING = ("create-only", "create-and-update")
OUTCOMES = [
    *((IN_TARGET, dedup, "create-only", "duplicate", "in_campaign") for dedup in DEDUP_MODES),
    *((IN_TARGET, dedup, mode, "update", "in_campaign") for dedup in DEDUP_MODES for mode in IMPORT_MODES[1:]),
    *((where, d, "update-only", "skipped", "not_in_campaign") for where in ((), ACTIVE, ENDED) for d in DEDUP_MODES),
    *(((), dedup, mode, "create", "new") for dedup in DEDUP_MODES for mode in CREATING),
    *((ACTIVE, "campaign", mode, "create", "active_elsewhere") for mode in CREATING),
    *((ACTIVE, "active", mode, "in_progress", "active_in_other_campaign") for mode in CREATING),
    *((ACTIVE, "workspace", mode, "duplicate", "in_other_campaign") for mode in CREATING),
    *((ENDED, "campaign", mode, "create", "re_engage") for mode in CREATING),
    *((ENDED, "active", mode, "create", "re_engage") for mode in CREATING),
    *((ENDED, "workspace", mode, "duplicate", "in_other_campaign") for mode in CREATING),
]


class TestOutcomesOfAllNineSettings:
    @pytest.mark.parametrize(("members", "dedup", "mode", "outcome", "reason"), OUTCOMES)
    def test_gates_seven_to_twelve(self, members, dedup, mode, outcome, reason):
        decision = one(row("e1"), *members, dedup=dedup, import_mode=mode)

        assert (decision.outcome, decision.reason) == (outcome, reason)
        assert decision.modes[dedup] == outcome

    def test_each_mode_says_what_it_would_have_decided(self):
        assert one(row("e1"), *ACTIVE).modes == {
            "campaign": "create",
            "active": "in_progress",
            "workspace": "duplicate",
        }

    @pytest.mark.parametrize("dedup", DEDUP_MODES)
    def test_active_elsewhere_is_warned_of_in_every_mode(self, dedup):
        assert "active_elsewhere" in one(row("e1"), *ACTIVE, *IN_TARGET, dedup=dedup).warnings

    def test_an_identity_conflict_is_warned_of_on_all_rows(self):
        decisions = answer([row("e1", "l1"), row("e2", "l1"), row("e1", "l2")])

        assert all("identity_conflict" in decision.warnings for decision in decisions)

    @pytest.mark.parametrize("second", [row("e2", "l1"), row("e1", "l2")], ids=["two emails", "two profiles"])
    def test_two_of_one_kind_alone_are_no_conflict(self, second):
        assert answer([row("e1", "l1"), second])[0].warnings == frozenset()


class TestSuppression:
    @pytest.mark.parametrize(
        ("entry", "reason"),
        [
            (Suppressed("email", "ann@alpha-tools.com", "unsubscribed"), "unsubscribed"),
            (Suppressed("email", "x@x.com;ann@alpha-tools.com", "bounced"), "bounced"),
            (Suppressed("domain", "alpha-tools.com"), "suppressed_domain"),
            (Suppressed("domain", "tools.com"), None),
            (Suppressed("linkedin", profile("l1"), "do_not_contact"), "do_not_contact"),
            (Suppressed("linkedin", profile("l2"), "do_not_contact"), None),
            (Suppressed("phone", "+442079460018", "do_not_contact"), "do_not_contact"),
        ],
        ids=["email", "one of several", "domain", "lookalike", "profile", "other profile", "phone"],
    )
    def test_entries_hold_by_their_kind(self, entry, reason):
        decision = one(row("ann", "l1", phone="+442079460018"), suppressed=(entry,))

        assert decision.suppressed_reason == reason
        assert decision.outcome == ("suppressed" if reason else "create")

    def test_a_domain_holds_for_its_subdomains(self):
        decision = one(row("ann@mail.alpha-tools.com"), suppressed=(Suppressed("domain", "alpha-tools.com"),))

        assert decision.reason == "suppressed_domain"

    def test_an_identifier_that_only_the_workspace_knows_suppresses(self):
        entry = Suppressed("domain", "beta-works.de")

        decision = one(row(None, "l1"), lead("There", "ann@beta-works.de", "l1", status="done"), suppressed=(entry,))

        assert decision.reason == "suppressed_domain"

    def test_the_lists_own_columns_suppress_the_person(self):
        decisions = answer([row("e1"), row("e1", list_says="unsubscribed")])

        assert verdicts(decisions) == [("suppressed", "unsubscribed"), DUPLICATE]

    @pytest.mark.parametrize("campaign", ["Here", "There"])
    def test_memberships_that_bounced_or_unsubscribed_suppress(self, campaign):
        bounced = one(row("e1"), lead(campaign, "e1", last_state="emailsBounced"), import_mode="create-and-update")
        unsubscribed = one(row("e1"), lead(campaign, "e1", status="Unsubscribed"), dedup="workspace")

        assert (bounced.outcome, bounced.reason) == ("suppressed", "bounced")
        assert (unsubscribed.outcome, unsubscribed.reason) == ("suppressed", "unsubscribed")

    def test_unsubscribed_stays_an_ended_status_in_the_marks(self):
        decision = one(row("e1"), lead("There", "e1", status="unsubscribed"))

        assert (decision.active_elsewhere, decision.in_workspace) == (False, True)

    def test_the_policy_can_leave_unsubscribed_ones_to_the_marks(self):
        decision = one(row("e1"), lead("There", "e1", status="unsubscribed"), suppress_statuses=())

        assert (decision.outcome, decision.reason) == ("create", "re_engage")

    def test_the_reasons_have_an_order(self):
        entries = [Suppressed("domain", "alpha-tools.com"), Suppressed("linkedin", profile("l1"), "bounced")]
        stronger = [*entries, Suppressed("phone", "+442079460018", "do_not_contact")]
        record = row("ann", "l1", phone="+442079460018")

        assert one(record, suppressed=tuple(entries)).reason == "bounced"
        assert one(record, suppressed=tuple(stronger)).reason == "do_not_contact"
        assert one(replace(record, list_says="unsubscribed"), suppressed=tuple(stronger)).reason == "unsubscribed"

    def test_suppression_comes_before_updates(self):
        decision = one(row("e1"), *IN_TARGET, suppressed=(Suppressed("email", email("e1")),), import_mode="update-only")

        assert decision.outcome == "suppressed"


def decided(example: Example) -> list[Decision]:
    return decide(example.rows, example.campaigns, example.memberships, example.suppressed, example.settings)


def facts_of(decision: Decision) -> tuple:
    marks = (decision.in_campaign, decision.active_elsewhere, decision.in_workspace)
    evidence = (decision.conflicts, decision.conflict_ties, decision.suppressed_reason, decision.warnings)
    return (decision.person, *marks, *evidence)


class TestLaws:
    @quick
    @given(examples())
    def test_the_order_of_list_and_workspace_changes_nothing_but_who_goes_forward(self, example):
        turned = replace(example, rows=example.rows[::-1], memberships=example.memberships[::-1])
        forward, backward = decided(example), decided(turned)[::-1]

        assert [facts_of(one) for one in forward] == [facts_of(one) for one in backward]

    @quick
    @given(examples())
    def test_nobody_goes_forward_twice_and_every_duplicate_names_a_row_that_does(self, example):
        decisions = decided(example)
        forward = [n for n, one in enumerate(decisions, start=1) if one.person and one.duplicate_of is None]

        assert len({decisions[n - 1].person for n in forward}) == len(forward)
        assert {one.duplicate_of for one in decisions if one.duplicate_of} <= set(forward)


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestRendering:
    @quick
    @given(examples())
    def test_every_record_is_written_once(self, example):
        with TemporaryDirectory() as folder:
            files = render(example, Path(folder))
            exported = [line for load in files.loads for export in load.exports for line in read_table(export)]
            suppressed = read_table(files.suppression) if files.suppression else []
            rows = read_table(files.leads)

        assert len(rows) == len(example.rows)
        assert sorted(line["_id"] for line in exported) == sorted(
            m.lead_id for m in (*example.memberships, *example.past)
        )
        assert len(suppressed) == len(example.suppressed)

    @quick
    @given(examples())
    def test_spellings_keep_the_key_and_say_no_more_than_the_row(self, example):
        with TemporaryDirectory() as folder:
            cells = read_table(render(example, Path(folder)).leads)

        for row_of_example, line in zip(example.rows, cells, strict=True):
            address = row_of_example.email if row_of_example.email_status in ("valid", "repaired") else None
            assert address is None or address in line["Email"].lower()
            slug = (row_of_example.linkedin_key or "").partition("/in/")[2]
            assert slug in line["LinkedIn URL"].lower()
            assert bool(row_of_example.member_key) is bool(line["Sales Navigator URL"])

    def test_without_a_source_column_the_files_name_is_the_source(self):
        example = Example((row("e1", source=LIST_STEM),), (0,), (HERE,), (), (), (), PLAIN, has_source_column=False)

        with TemporaryDirectory() as folder:
            files = render(example, Path(folder))
            assert files.leads.stem == LIST_STEM
            assert files.source_column is None

    def test_a_campaign_that_the_workspace_lacks_is_new(self):
        example = Example((row("e1"),), (0,), (THERE,), (), (), (), PLAIN, has_source_column=False)

        assert example.is_new_campaign
        assert not replace(example, campaigns=(HERE,)).is_new_campaign

    @pytest.mark.parametrize("number", [1, 70011001, 2**31 + 5, 2**32 - 1])
    def test_a_member_token_has_the_real_layout(self, number):
        token = member_token(number, kind=SALES_TOKEN)
        raw = base64.urlsafe_b64decode(token + "=")

        assert re.fullmatch(r"A[A-P][AEIMQUYcgkosw048]AA[A-P][A-Za-z0-9_-]{33}", token)
        assert token.startswith("ACw")
        assert (raw[0], raw[2:4], raw[8]) == (0, b"\x00\x00", 1)
        assert int.from_bytes(raw[4:8], "big") == number
