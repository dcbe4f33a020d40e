"""Every expectation of the shipped suites is seen to hold on a right run and to break on a wrong one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leadsieve.validation.job import Answer, Job
from leadsieve.validation.suites import Suite, load_suites
from validation.mutations import GROUPS, MUTATIONS
from validation.tiny_run import NORDICS, STORAGE, TARGET, TinyRun, TinyWorkspace, ledger_row

SHIPPED = load_suites(Path(__file__).parents[2] / "expectations")
# Shares of a list are another matter than rules of a run: thirteen rows have none.
SUITES = tuple(suite for suite in SHIPPED if suite.table != "input")
OF_THE_LIST = tuple(suite for suite in SHIPPED if suite.table == "input")
DESCRIPTIONS = [each.description for suite in SUITES for each in suite.expectations]
UPLOAD_TOTAL = "No CSV upload holds more than 40,000 rows."

Check = Callable[..., Answer]

# Great Expectations and what it brings are not of our time; in the program they warn inside the child, unheard.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return a function that stages a run and checks it, in this process: importing GX once is slow enough."""
    from leadsieve.validation.worker import run_job

    def checked(run: TinyRun, suites: tuple[Suite, ...] = SUITES, *, attached: bool = True) -> Answer:
        return run_job(Job(run.staged(tmp_path, attached=attached), suites))

    return checked


def broken(answer: Answer) -> list[str]:
    assert answer.error is None
    assert [each.error for each in answer.results if each.error] == []
    return sorted(each.description for each in answer.results if each.failed)


def cells_of_persons(answer: Answer) -> list[str]:
    line = answer.to_line().decode().lower()
    return [
        cell
        for cell in ("example-firm", "lead-one", "name1", "+336", "path 1", "company/", "shut-corp")
        if cell in line
    ]


def test_a_right_run_breaks_nothing(check: Check) -> None:
    answer = check(TinyRun())
    assert broken(answer) == []
    assert len(answer.results) == len(DESCRIPTIONS) + len(SUITES)
    assert [each for each in answer.results if each.skipped] == []


def test_without_a_workspace_what_needs_one_is_told_as_not_applicable(check: Check) -> None:
    answer = check(TinyRun(), attached=False)
    assert broken(answer) == []
    needing = [each.description for suite in SUITES for each in suite.expectations if each.needs_workspace]
    skipped = [each for each in answer.results if each.skipped == "the run had no workspace"]
    assert [each.description for each in skipped if each.expectation != "rows_expected"] == needing
    assert [each.table for each in skipped if each.expectation == "rows_expected"] == ["snapshot", "suppression"]
    assert {each.success for each in skipped} == {None}


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_a_group_of_faults_is_noticed_by_their_expectations_and_no_other(check: Check, group: int) -> None:
    run = TinyRun()
    for description in GROUPS[group]:
        MUTATIONS[description](run)
    answer = check(run)
    assert broken(answer) == sorted(GROUPS[group])
    assert cells_of_persons(answer) == []


@pytest.mark.slow
@pytest.mark.parametrize("description", MUTATIONS, ids=lambda description: MUTATIONS[description].__name__)
def test_a_fault_is_noticed_by_its_expectation_and_no_other(check: Check, description: str) -> None:
    run = TinyRun()
    MUTATIONS[description](run)
    assert broken(check(run)) == [description]


def test_every_expectation_has_a_fault_that_breaks_it() -> None:
    assert sorted([*MUTATIONS, UPLOAD_TOTAL]) == sorted(DESCRIPTIONS)


def test_an_upload_over_forty_thousand_rows_is_noticed(check: Check) -> None:
    run = TinyRun(ledger=[_created(row) for row in range(1, 40_002)], limit=10_001)
    run.workspace.memberships.clear()
    run.workspace.opt_outs.clear()
    assert broken(check(run)) == [UPLOAD_TOTAL]


def _created(row: int) -> dict[str, object]:
    batch = 1 + row // 10_000
    return ledger_row(row, "create", "new", batch=batch, upload=1, batch_campaign=f"Q4 #{batch}")


IN_TARGET = "Nobody is created who is in the target already."
ACTIVE = "Under dedup active, nobody is created who is active in another campaign."
OPTED_OUT = "Nobody is created whom an opt-out names, by address, domain or profile."
HELD_BY_LEAD = "Nobody is created whose lead in any campaign bounced or has a status that suppresses."
NO_DOT = "Domains of opt-outs are in lower case, without @, with a dot."
# What a workspace's own faults and the files' rules break besides is told by the faults above.
OF_WORKSPACE = tuple(
    replace(suite, expectations=tuple(each for each in suite.expectations if each.needs_workspace))
    for suite in SUITES
    if any(each.needs_workspace for each in suite.expectations)
)
LEAD4 = "lead4@example-firm.com"

KNOWN: dict[str, tuple[Callable[[TinyWorkspace], object], list[str]]] = {
    "a status that nobody classified is active": (lambda w: w.add(NORDICS, "snoozed", LEAD4), [ACTIVE]),
    "an empty status is active": (lambda w: w.add(NORDICS, None, LEAD4), [ACTIVE]),
    "an ended one is not": (lambda w: w.add(NORDICS, "interested", LEAD4), []),
    "a member number of a row counts": (lambda w: w.add(NORDICS, "paused", "urn:li:member:5"), [ACTIVE]),
    "a part that is none is another campaign": (lambda w: w.add(STORAGE, "running", LEAD4), [ACTIVE]),
    "a bounced one suppresses": (lambda w: w.memberships[2].update(last_state="emailsBounced"), [HELD_BY_LEAD]),
    "an opt-out of the address": (lambda w: w.opt_out("email", LEAD4), [OPTED_OUT]),
    "an opt-out of the profile": (
        lambda w: w.opt_out("linkedin", "https://www.linkedin.com/in/lead-one-é"),
        [OPTED_OUT],
    ),
    "an opt-out of the domain": (lambda w: w.opt_out("domain", "example-firm.com"), [OPTED_OUT]),
    "an opt-out of a domain above": (lambda w: w.opt_out("domain", "com"), [OPTED_OUT, NO_DOT]),
    "an opt-out of a domain below": (lambda w: w.opt_out("domain", "mail.example-firm.com"), []),
    "an opt-out of a domain that ends alike": (lambda w: w.opt_out("domain", "firm.com"), []),
}


@pytest.mark.parametrize(("know", "breaking"), KNOWN.values(), ids=KNOWN)
def test_what_the_workspace_knows_of_somebody_who_is_created_breaks(
    check: Check, know: Callable[[TinyWorkspace], object], breaking: list[str]
) -> None:
    run = TinyRun(limit=10)
    know(run.workspace)
    assert broken(check(run, OF_WORKSPACE)) == sorted(breaking)


def test_a_storage_campaign_is_no_outreach_unless_it_is_the_target(check: Check) -> None:
    run = TinyRun(limit=10, storage_campaigns=("Nordics", "cam_1"))
    run.workspace.add(NORDICS, "running", LEAD4)
    run.workspace.add(TARGET, "done", "lead2@example-firm.com")
    assert broken(check(run, OF_WORKSPACE)) == [IN_TARGET]


@pytest.mark.parametrize(("archived", "breaking"), [("count", [ACTIVE]), ("ignore", [])])
def test_an_archived_campaign_counts_unless_the_policy_ignores_it(
    check: Check, archived: str, breaking: list[str]
) -> None:
    run = TinyRun()
    run.workspace.archived = True
    run.parameters["archived"] = archived
    run.workspace.add(NORDICS, "running", LEAD4)
    assert broken(check(run, OF_WORKSPACE)) == breaking


def spoiled(reason: str | None, count: int, **cells: object) -> list[dict[str, object]]:
    """Return a list of a hundred rows, so many of which have that reason and those cells."""
    told = {"reason": reason, "outcome": "failed"} if reason else {}
    return [_created(row) | (told | cells if row <= count else {}) for row in range(1, 101)]


OF_LISTS = {
    "At most 5 of 100 records of the list have a broken email.": ("invalid_email", 5, {"email_status": "invalid"}),
    "At most 5 of 100 records of the list have several emails in one cell.": (
        "multiple_emails",
        5,
        {"email_status": "multiple"},
    ),
    "At most 1 of 100 records of the list could not be read.": ("unreadable_row", 1, {"email_status": None}),
    "At most 10 of 100 records of the list have neither an email nor a LinkedIn profile.": ("no_identifier", 10, {}),
    "At most 20 of 100 records of the list repeat a person of the list.": ("duplicate_in_list", 20, {}),
    "At most 5 of 100 records of the list have a LinkedIn cell that is no person's profile.": (
        None,
        5,
        {"linkedin_status": "non_person"},
    ),
    "No source's duplicate rate is above 80 of 100, from 50 valid rows on.": (None, 80, {"in_workspace": True}),
    "At most half of the columns of a file are empty.": (None, 100, {"firstName": None}),
}


def test_every_expectation_of_lists_has_a_list_that_breaks_it() -> None:
    assert sorted(OF_LISTS) == sorted(each.description for suite in OF_THE_LIST for each in suite.expectations)


@pytest.mark.parametrize(("description", "told"), OF_LISTS.items(), ids=lambda told: str(told)[:40])
def test_a_list_over_a_threshold_is_warned_of(
    check: Check, description: str, told: tuple[str | None, int, dict[str, object]]
) -> None:
    reason, most, cells = told
    columns = [{"file": "leads.csv", "becomes": name} for name in ("FirstName", "email", "companyName", "phone")]
    run = TinyRun(ledger=spoiled(reason, min(most + 1, 100), **cells), columns=columns[: 2 if most < 100 else 4])
    assert broken(check(run, OF_THE_LIST)) == [description]


def test_a_list_at_its_thresholds_is_not_warned_of(check: Check) -> None:
    answer = check(TinyRun(ledger=spoiled("invalid_email", 5, email_status="invalid")), OF_THE_LIST)
    assert broken(answer) == []
