"""What the worker makes of suites and staged files that are wrong: a fault, never a pass, and never a person's cell."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from leadsieve.validation.job import Answer, Job
from leadsieve.validation.suites import Expectation, Severity, Suite, load_suites
from leadsieve.validation.worker import answer_line, run_job
from validation.tiny_run import TinyRun

SUITES = load_suites(Path(__file__).parents[2] / "expectations")
NOT_NULL = "expect_column_values_to_not_be_null"
QUERY = "unexpected_rows_expectation"

# Great Expectations and what it brings are not of our time; in the program they warn inside the child, unheard.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.fixture
def run() -> TinyRun:
    return TinyRun()


@pytest.fixture
def check(run: TinyRun, tmp_path: Path) -> Callable[..., Answer]:
    def checked(*suites: Suite, rewrite: Callable[[Path], object] = lambda _: None) -> Answer:
        staged = run.staged(tmp_path, attached=False)
        rewrite(staged.folder)
        return run_job(Job(staged, suites or SUITES))

    return checked


def expectation(kind: str = NOT_NULL, severity: Severity = Severity.CRITICAL, **kwargs: Any) -> Expectation:
    return Expectation(kind, kwargs, f"{kind} {sorted(kwargs)}", severity, why="Why.", guards="a rule")


def suite(*expectations: Expectation, table: str = "batches", rows: str = "select 0") -> Suite:
    return Suite(table, rows, expectations or (expectation(column="source"),))


REFUSED = {
    "unknown type": (expectation("expect_column_values_to_be_fine"), "has no type 'expect_column_values_to_be_fine'"),
    "unknown argument": (expectation(column="email", kolumn="x"), "takes no kolumn"),
    "argument that softens": (expectation(column="email", catch_exceptions=True), "takes no catch_exceptions"),
    "argument missing": (expectation(), "refuses its arguments"),
    "argument of another kind": (expectation(column="email", mostly="all"), "refuses its arguments"),
}


@pytest.mark.parametrize(("wrong", "said"), REFUSED.values(), ids=REFUSED)
def test_a_suite_that_great_expectations_does_not_understand_is_a_fault(
    check: Callable[..., Answer], wrong: Expectation, said: str
) -> None:
    answer = check(suite(expectation(column="source"), wrong))
    assert answer.error == f"batches, expectation 2: {wrong.type} {said}" or said in (answer.error or "")
    assert answer.results == ()


RAISING = {
    "unknown column": expectation(column="kolumn", severity=Severity.WARNING),
    "query that is no SQL": expectation(QUERY, unexpected_rows_query="selec from {batch}", severity=Severity.WARNING),
    "query of an unknown table": expectation(QUERY, unexpected_rows_query="select 1 from {batch}, nothing"),
    "query that quotes a cell": expectation(
        QUERY, unexpected_rows_query="select position from {batch} where email::integer > 0"
    ),
}


@pytest.mark.parametrize("raising", RAISING.values(), ids=RAISING)
def test_an_expectation_that_raises_blocks_whatever_its_severity(
    check: Callable[..., Answer], raising: Expectation
) -> None:
    answer = check(suite(expectation(column="source"), raising))
    assert [each.success for each in answer.results] == [True, True, False]
    assert answer.results[-1].error
    assert answer.results[-1].blocks
    assert b"example-firm" not in answer.to_line()


def test_an_error_in_a_query_is_told_where_it_quotes_no_cell(check: Callable[..., Answer]) -> None:
    answer = check(suite(expectation(QUERY, unexpected_rows_query="select 1 from {batch}, nothing")))
    assert answer.results[-1].error.startswith("Catalog Error: Table with name nothing does not exist")


def test_a_suite_of_an_unknown_table_blocks(check: Callable[..., Answer]) -> None:
    answer = check(suite(table="nothing"))
    assert [each.blocks for each in answer.results] == [True, True]


def test_an_expectation_that_was_left_out_is_a_fault(
    check: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    import great_expectations as gx

    whole = gx.ExpectationSuite
    monkeypatch.setattr(gx, "ExpectationSuite", lambda name, expectations: whole(name, expectations=expectations[:-1]))
    answer = check(suite(expectation(column="source"), expectation(column="file")))
    assert answer.error == "batches: of 2 expectations 1 were evaluated"


EMPTY = {
    "rows expected": ("select count(*) from ledger where outcome = 'create'", False),
    "none expected": ("select 0", True),
    "expectation that is no number": ("select 'many'", False),
    "expectation that is no SQL": ("many", False),
}


@pytest.mark.parametrize(("rows", "holds"), EMPTY.values(), ids=EMPTY)
def test_an_empty_table_holds_only_where_no_rows_are_expected(
    run: TinyRun, check: Callable[..., Answer], rows: str, holds: object
) -> None:
    run.batches = {}
    answer = check(suite(rows=rows))
    assert answer.results[0].success is holds
    assert answer.results[1].success


WHERE = {
    "an email of a batch": (
        "batches",
        expectation(QUERY, unexpected_rows_query="select position from {batch} where email like 'lead4%'"),
        (4,),
        ("batches/q4-002.csv, record 2",),
    ),
    "a profile of a batch": ("batches", expectation(column="email"), (3,), ("batches/q4-002.csv, record 1",)),
    "a row of the ledger": ("ledger", expectation(column="email_status"), (12,), ()),
    "an update": ("updates", expectation(column="newEmail"), (), ("updates.csv, record 1", "updates.csv, record 2")),
    "a batch file": (
        "batches",
        expectation(QUERY, unexpected_rows_query="select distinct file from {batch} where email is null"),
        (),
        ("batches/q4-002.csv",),
    ),
}


@pytest.mark.parametrize(("table", "breaking", "rows", "places"), WHERE.values(), ids=WHERE)
def test_what_breaks_is_told_by_row_and_record(
    check: Callable[..., Answer], table: str, breaking: Expectation, rows: tuple[int, ...], places: tuple[str, ...]
) -> None:
    result = check(suite(breaking, table=table)).results[-1]
    assert (result.rows, result.places) == (rows, places)
    assert result.unexpected == max(len(rows), len(places))


def test_no_more_than_a_few_rows_are_told(run: TinyRun, check: Callable[..., Answer]) -> None:
    run.ledger = [dict(run.row(13)) | {"row": row, "file": None} for row in range(1, 101)]
    result = check(suite(expectation(column="file"), table="ledger")).results[-1]
    assert result.unexpected == 100
    assert len(result.rows) == 20


def cut_ledger(folder: Path) -> None:
    ledger = folder / "ledger.parquet"
    ledger.write_bytes(ledger.read_bytes()[:-100])


def add_a_cell(folder: Path) -> None:
    with (folder / "batches" / "q4-001.csv").open("a", encoding="utf-8") as lines:
        lines.write("person@example-firm.com" + ",x" * 40 + "\n")


UNREADABLE = {
    "no ledger": (lambda folder: (folder / "ledger.parquet").unlink(), "ledger.parquet"),
    "cut ledger": (cut_ledger, "ledger.parquet"),
    "no summary": (lambda folder: (folder / "summary.json").unlink(), "summary.json"),
    "broken summary": (lambda folder: (folder / "summary.json").write_text("{"), "summary.json"),
    "a record of another length": (add_a_cell, "batches/q4-001.csv"),
}


@pytest.mark.parametrize(("rewrite", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_files_that_cannot_be_read_back_are_a_fault(
    check: Callable[..., Answer], rewrite: Callable[[Path], object], said: str
) -> None:
    answer = check(suite(), rewrite=rewrite)
    assert answer.error
    assert answer.error.startswith(f"{said} cannot be read back")
    assert "example-firm" not in answer.error
    assert answer.results == ()


def test_a_plan_of_unknown_columns_is_a_fault(run: TinyRun, check: Callable[..., Answer]) -> None:
    run.plan[0]["capacity"] = 3
    assert "the plan of the batches cannot be read back" in (check(suite()).error or "")


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b"{}\n", json.dumps({"folder": "x"}).encode()], ids=repr)
def test_a_job_that_is_none_is_a_fault(line: bytes) -> None:
    assert "the check broke off" in (answer_line(line).error or "")


def test_a_job_survives_the_way_to_the_worker(run: TinyRun, tmp_path: Path) -> None:
    job = Job(run.staged(tmp_path), SUITES)
    assert Job.from_line(job.to_line()) == job


def test_the_workspace_can_be_joined_whatever_its_path(run: TinyRun, tmp_path: Path) -> None:
    query = "select position from {batch} b join ws.membership_identifiers i on b.email = i.key"
    place = tmp_path / "it's here"
    place.mkdir()
    answer = run_job(Job(run.staged(place), (suite(expectation(QUERY, unexpected_rows_query=query)),)))
    assert answer.results[-1].rows == (2,)


def test_a_workspace_that_is_none_is_a_fault(run: TinyRun, tmp_path: Path) -> None:
    staged = run.staged(tmp_path, attached=False)
    (tmp_path / "workspace.duckdb").write_text("nothing")
    answer = run_job(Job(replace(staged, attach=tmp_path / "workspace.duckdb"), SUITES))
    assert "cannot be opened as a workspace" in (answer.error or "")
    assert answer.results == ()


def test_a_workspace_that_stays_in_use_is_a_fault(run: TinyRun, tmp_path: Path) -> None:
    staged = run.staged(tmp_path)
    program = f"import duckdb, sys; con = duckdb.connect({str(staged.attach)!r}); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        answer = run_job(Job(replace(staged, lock_timeout=0.2), SUITES))
        holder.communicate()
    assert "is held by process" in (answer.error or "")


def test_two_suites_of_a_table_are_both_checked(check: Callable[..., Answer]) -> None:
    answer = check(suite(expectation(column="source")), suite(expectation(column="email")))
    assert [each.success for each in answer.results] == [True, True, True, False]


@pytest.mark.parametrize(
    ("severity", "blocks"), [(Severity.WARNING, False), (Severity.CRITICAL, True)], ids=lambda each: str(each)
)
def test_an_own_expectation_that_raises_is_told_and_blocks_only_if_it_is_critical(
    check: Callable[..., Answer], severity: Severity, blocks: object
) -> None:
    query = "select position from {batch} where email::integer > 0"
    own = replace(suite(expectation(QUERY, severity=severity, unexpected_rows_query=query)), own=True)
    result = check(own).results[-1]
    assert result.failed
    assert result.error
    assert result.blocks is blocks
