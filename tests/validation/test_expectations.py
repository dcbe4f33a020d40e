"""Every expectation of the shipped suites is seen to hold on a right run and to break on a wrong one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leadsieve.validation.job import Answer, Job
from leadsieve.validation.staged import Staged
from leadsieve.validation.suites import load_suites
from validation.mutations import GROUPS, MUTATIONS
from validation.tiny_run import TinyRun, ledger_row

SUITES_FOLDER = Path(__file__).parents[2] / "expectations"
SUITES = load_suites(SUITES_FOLDER)
DESCRIPTIONS = [each.description for suite in SUITES for each in suite.expectations]
UPLOAD_TOTAL = "No CSV upload holds more than 40,000 rows."

Check = Callable[[TinyRun], Answer]

# Great Expectations and what it brings are not of our time; in the program they warn inside the child, unheard.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return a function that stages a run and checks it, in this process: importing GX once is slow enough."""
    from leadsieve.validation.worker import run_job

    def checked(run: TinyRun) -> Answer:
        folder = run.write(tmp_path / "staged")
        return run_job(Job(Staged(folder, {"batch_plan": run.plan}, run.parameters), SUITES))

    return checked


def broken(answer: Answer) -> list[str]:
    assert answer.error is None
    assert [each.error for each in answer.results if each.error] == []
    return sorted(each.description for each in answer.results if not each.success)


def cells_of_persons(answer: Answer) -> list[str]:
    line = answer.to_line().decode().lower()
    return [cell for cell in ("example-firm", "lead-one", "name1", "+336", "path 1", "company/") if cell in line]


def test_a_right_run_breaks_nothing(check: Check) -> None:
    answer = check(TinyRun())
    assert broken(answer) == []
    assert len(answer.results) == len(DESCRIPTIONS) + len(SUITES)


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
    assert broken(check(run)) == [UPLOAD_TOTAL]


def _created(row: int) -> dict[str, object]:
    batch = 1 + row // 10_000
    return ledger_row(row, "create", "new", batch=batch, upload=1, batch_campaign=f"Q4 #{batch}")
