"""Run suites through Great Expectations over an open database.

Importing this module imports GX, which takes seconds: only the worker does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import duckdb
import great_expectations as gx
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.exceptions.exceptions import ExpectationNotFoundError
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation as GxExpectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.registry import get_expectation_impl

from leadsieve.errors import SuiteError
from leadsieve.validation import dialect
from leadsieve.validation.suites import Expectation, Severity, Suite
from leadsieve.validation.verdict import Result

ROWS_SHOWN = 20
# The first pass keeps no value of a person; only what failed is asked again, for its places alone.
COUNTS_ONLY = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
INDEX_COLUMNS = {"ledger": "row", "input": "row"}
DEFAULT_INDEX_COLUMN = "position"
PLACES = {"snapshot": "lead {} of the workspace", "suppression": "opt-out {} of the workspace"}
WITHOUT_WORKSPACE = "the run had no workspace"
# Set by the loader or the worker, or apt to soften or reshape a check in silence.
RESERVED_KWARGS = {
    "batch_id",
    "catch_exceptions",
    "description",
    "id",
    "meta",
    "notes",
    "rendered_content",
    "result_format",
    "severity",
    "windows",
}
# These kinds of DuckDB messages speak of the statement; others may quote a cell.
TELLABLE_ERROR = re.compile(r"\b(?:Binder|Catalog|Parser) Error: [^\n\\]*")


class _CountedRows(UnexpectedRowsExpectation):
    """`UnexpectedRowsExpectation` that runs its query once: GX also fetches the rows, whatever the result format."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002 # the signature is GX's
        execution_engine: object | None = None,  # noqa: ARG002 # the signature is GX's
    ) -> dict[str, Any]:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}


@dataclass(frozen=True, slots=True)
class _Places:
    """Where an expectation did not hold, without a cell."""

    rows: tuple[int, ...] = ()
    places: tuple[str, ...] = ()


def evaluate(connection: duckdb.DuckDBPyConnection, suites: tuple[Suite, ...], *, attached: bool) -> list[Result]:
    """Return one result an expectation, and before those of a suite one that its table is not empty.

    What needs a workspace is skipped unless one is `attached`. Raises `SuiteError` before anything is checked where a
    type or an argument is unknown, and afterwards where GX left an expectation out.
    """
    built = [[_build(suite, number) for number in range(len(suite.expectations))] for suite in suites]
    source = _source(connection)
    results = []
    for suite, expectations in zip(suites, built, strict=True):
        missing = suite.needs_workspace and not attached
        results.append(_skipped(suite, None) if missing else _has_rows(connection, suite))
        chosen = [n for n, each in enumerate(suite.expectations) if attached or not each.needs_workspace]
        found = _evaluated(connection, source, suite, {number: expectations[number] for number in chosen})
        results += [
            found[number] if number in found else _skipped(suite, each)
            for number, each in enumerate(suite.expectations)
        ]
    return results


def _build(suite: Suite, number: int, *, rows: bool = False) -> GxExpectation:
    """Return an expectation in GX's form; with `rows`, in the form that tells which rows break it."""
    expectation = suite.expectations[number]
    where = f"{suite.table}, expectation {number + 1}"
    kind = _kind(expectation, where)
    quick = _CountedRows if kind is UnexpectedRowsExpectation and not rows else kind
    try:
        return quick(
            **expectation.kwargs,
            description=expectation.description,
            severity=FailureSeverity(expectation.severity.value),
            meta={"number": number},
        )
    except (TypeError, ValueError) as error:
        message = f"{where}: {expectation.type} refuses its arguments"
        raise SuiteError(message) from error


def _kind(expectation: Expectation, where: str) -> type[GxExpectation]:
    try:
        kind = get_expectation_impl(expectation.type)
    except ExpectationNotFoundError as error:
        message = f"{where}: Great Expectations has no type {expectation.type!r}"
        raise SuiteError(message) from error
    unknown = sorted(expectation.kwargs.keys() - (kind.__fields__.keys() - RESERVED_KWARGS))
    if unknown:
        message = f"{where}: {expectation.type} takes no {', '.join(unknown)}"
        raise SuiteError(message)
    return kind


def _source(connection: duckdb.DuckDBPyConnection) -> SQLDatasource:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_sql(  # type: ignore[call-arg] # kwargs go to create_engine; the stub lacks them
        "staged",
        connection_string=dialect.URL,
        kwargs={"creator": lambda: dialect.borrowed(connection)},
        create_temp_table=False,
    )


def _has_rows(connection: duckdb.DuckDBPyConnection, suite: Suite) -> Result:
    found = _number(connection, f"select count(*) from {suite.table}")  # noqa: S608 # the name of a file of ours
    expected = _number(connection, suite.rows_expected)
    error = "the table or the number of its rows cannot be read" if found is None or expected is None else None
    return Result(
        table=suite.table,
        expectation="rows_expected",
        description=suite.not_empty,
        why="An empty table passes every other check.",
        guards="no file is lost",
        severity=Severity.CRITICAL,
        success=error is None and not (found == 0 and (expected or 0) > 0),
        unexpected=expected if found == 0 else 0,
        error=error,
        own=suite.own,
    )


def _skipped(suite: Suite, expectation: Expectation | None) -> Result:
    """Return the result of an expectation, or of the table's being empty, that does not apply."""
    return Result(
        table=suite.table,
        expectation=expectation.type if expectation else "rows_expected",
        description=expectation.description if expectation else suite.not_empty,
        why=expectation.why if expectation else "An empty table passes every other check.",
        guards=expectation.guards if expectation else "no file is lost",
        severity=expectation.severity if expectation else Severity.CRITICAL,
        success=None,
        skipped=WITHOUT_WORKSPACE,
        own=suite.own,
    )


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int | None:
    try:
        row = connection.cursor().execute(query).fetchone()
    except duckdb.Error:
        return None
    return row[0] if row and isinstance(row[0], int) else None


def _evaluated(
    connection: duckdb.DuckDBPyConnection, source: SQLDatasource, suite: Suite, built: Mapping[int, GxExpectation]
) -> dict[int, Result]:
    """Return the results of a suite's expectations by their numbers."""
    if not built:
        return {}
    try:
        batch = _batch(source, suite.table)
    except Exception as error:  # noqa: BLE001 # whatever GX raises here, nothing of this suite was checked
        return {number: _result(suite, suite.expectations[number], error=_tellable(str(error))) for number in built}
    asked = gx.ExpectationSuite(name=suite.table, expectations=list(built.values()))
    found = batch.validate(asked, result_format=COUNTS_ONLY)
    by_number = {_number_of(each): each for each in found.results}
    if len(found.results) != len(built) or by_number.keys() != built.keys():
        message = f"{suite.table}: of {len(built)} expectations {len(by_number)} were evaluated"
        raise SuiteError(message)
    return {number: _judged(connection, batch, suite, number, by_number[number]) for number in built}


def _number_of(found: ExpectationValidationResult) -> int | None:
    config = found.expectation_config
    return config.meta["number"] if config and config.meta else None


def _batch(source: SQLDatasource, table: str) -> Batch:
    # A team may bring a second suite of a table; GX wants every asset under a name of its own.
    asset = source.add_table_asset(f"{table} {len(source.assets)}", table_name=table)
    # Not by a batch definition: adding one makes GX write down all that it has, which nobody reads.
    return asset.get_batch(asset.build_batch_request())


def _judged(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    suite: Suite,
    number: int,
    found: ExpectationValidationResult,
) -> Result:
    expectation = suite.expectations[number]
    raised = list(_raised(found.exception_info))
    if raised or not found.result:
        return _result(suite, expectation, error=_tellable(" ".join(raised)))
    if found.success is True:
        return _result(suite, expectation, success=True, unexpected=_count(found.result))
    places = _places(connection, batch, suite.table, _build(suite, number, rows=True))
    return _result(suite, expectation, unexpected=_count(found.result), places=places)


def _raised(info: object) -> Iterator[str]:
    """Yield the messages of all exceptions; GX nests them by metric, or not."""
    if not isinstance(info, Mapping):
        return
    if info.get("raised_exception"):
        yield str(info.get("exception_message") or "")
    for nested in info.values():
        yield from _raised(nested)


def _tellable(message: str) -> str:
    known = TELLABLE_ERROR.search(message)
    return known.group(0) if known else "it could not be evaluated"


def _count(result: Mapping[str, Any]) -> int | None:
    count = result.get("unexpected_count", result.get("observed_value"))
    return count if isinstance(count, int) else None


def _result(
    suite: Suite,
    expectation: Expectation,
    *,
    success: bool = False,
    unexpected: int | None = None,
    places: _Places = _Places(),  # frozen and empty
    error: str | None = None,
) -> Result:
    return Result(
        table=suite.table,
        expectation=expectation.type,
        description=expectation.description,
        why=expectation.why,
        guards=expectation.guards,
        severity=expectation.severity,
        success=success,
        unexpected=unexpected,
        rows=places.rows,
        places=places.places,
        error=error,
        own=suite.own,
    )


def _places(connection: duckdb.DuckDBPyConnection, batch: Batch, table: str, built: GxExpectation) -> _Places:
    """Return where an expectation fails: of all that GX says of a bad row, only numbers and names of batch files."""
    index = INDEX_COLUMNS.get(table, DEFAULT_INDEX_COLUMN)
    form = {
        "result_format": "COMPLETE",
        "partial_unexpected_count": ROWS_SHOWN,
        "unexpected_index_column_names": [index],
        "exclude_unexpected_values": True,
    }
    found = batch.validate(built, result_format=form).result
    records = found.get("unexpected_index_list") or found.get("details", {}).get("unexpected_rows") or []
    rows = _integers(records, "row")
    positions = _integers(records, "position")
    if table == "batches":
        files = _files(connection, records)
        return _Places(rows or _ledger_rows(connection, positions), (*files, *_records(connection, positions)))
    place = PLACES.get(table, f"{table}.csv, record {{}}")
    return _Places(rows, tuple(place.format(position) for position in positions))


def _values(records: list[Any], key: str) -> Iterator[object]:
    """Yield what stands under a key; GX gives a record for each bad row, or one with the list of all."""
    for record in records:
        value = record.get(key) if isinstance(record, Mapping) else None
        yield from value if isinstance(value, list) else [value]


def _integers(records: list[Any], key: str) -> tuple[int, ...]:
    numbers = {value for value in _values(records, key) if isinstance(value, int)}
    return tuple(sorted(numbers)[:ROWS_SHOWN])


def _files(connection: duckdb.DuckDBPyConnection, records: list[Any]) -> tuple[str, ...]:
    query = "select file from batch_plan union select file from batches"
    known = {row[0] for row in connection.cursor().execute(query).fetchall()}
    named = {value for value in _values(records, "file") if isinstance(value, str)}
    return tuple(sorted(named & known)[:ROWS_SHOWN])


LEDGER_ROWS_OF_BATCH_RECORDS = """
    select distinct created.row
    from batches
    join created
        on batches.email = created.email
        or batches."linkedinUrl" = created.linkedin_url
    where list_contains(?, batches.position)
    order by created.row
    limit ?
"""

PLACES_OF_BATCH_RECORDS = """
    with starts as (select file, min(position) as start from batches group by file)
    select batches.file || ', record ' || (batches.position - starts.start + 1)
    from batches
    join starts using (file)
    where list_contains(?, batches.position)
    order by batches.file, batches.position
    limit ?
"""


def _ledger_rows(connection: duckdb.DuckDBPyConnection, positions: tuple[int, ...]) -> tuple[int, ...]:
    found = connection.cursor().execute(LEDGER_ROWS_OF_BATCH_RECORDS, [list(positions), ROWS_SHOWN]).fetchall()
    return tuple(row[0] for row in found)


def _records(connection: duckdb.DuckDBPyConnection, positions: tuple[int, ...]) -> tuple[str, ...]:
    found = connection.cursor().execute(PLACES_OF_BATCH_RECORDS, [list(positions), ROWS_SHOWN]).fetchall()
    return tuple(row[0] for row in found)
