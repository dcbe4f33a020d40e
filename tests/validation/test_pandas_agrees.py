"""The verdicts of DuckDB are those that Great Expectations comes to on pandas frames of the same tables."""

from typing import Any

import pytest

import leadsieve
from leadsieve.bundled import bundled
from leadsieve.validation.job import Staged
from leadsieve.validation.staged import open_staged
from leadsieve.validation.suites import Expectation, Severity, Suite, load_suites
from validation.in_process_gate import InProcessGate

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
]

QUERY = "unexpected_rows_expectation"
LISTS = ("leads.csv", "apollo_export.csv", "sales_navigator_evaboot.csv", "hubspot_contacts.csv", "event_booth.csv")


def failing(kind: str, **kwargs: Any) -> Expectation:
    return Expectation(kind, kwargs, f"{kind} {sorted(kwargs)}", Severity.WARNING, why="", guards="")


# The samples break little; these break many rows, so that counts are compared and not only verdicts.
MORE = Suite(
    "input",
    "select 0",
    (
        failing("expect_column_values_to_match_regex", column="email_raw", regex="^[a-z.]+@[a-z.]+$"),
        failing("expect_column_values_to_not_match_regex", column="linkedin_raw", regex="/in/"),
        failing("expect_column_values_to_be_unique", column="email_raw"),
        failing("expect_column_values_to_not_be_null", column="linkedin_raw"),
        failing("expect_column_values_to_be_between", column="line", min_value=100),
        failing("expect_column_values_to_be_in_set", column="outcome", value_set=["create"]),
    ),
)


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Staged:
    """The samples, decided and staged, with what the gate was told of them."""
    folder, samples, told = tmp_path_factory.mktemp("samples"), bundled("samples"), []
    workspace = leadsieve.Workspace(folder / "workspace.duckdb")
    workspace.load(samples / "workspace" / "*.csv", campaigns=samples / "campaigns.csv")
    workspace.suppress(samples / "unsubscribes.csv")
    result = leadsieve.run(
        [samples / name for name in LISTS],
        campaign="Q4 Outreach",
        workspace=workspace,
        import_mode="create-and-update",
    )
    gate = InProcessGate.start()
    right = gate.check
    gate.check = lambda out, brief: told.append(brief) or right(out, brief)  # type: ignore[method-assign]
    out = result.write(folder / "out", gate=gate)  # type: ignore[arg-type]
    (brief,) = told
    return Staged(out, brief.tables, brief.parameters, brief.attach)


def of_columns(suite: Suite) -> Suite:
    """Return a suite without its queries, which pandas cannot answer."""
    chosen = tuple(each for each in suite.expectations if each.type != QUERY)
    return Suite(suite.table, suite.rows_expected, chosen)


def on_pandas(connection: Any, suite: Suite) -> list[tuple[str, bool, Any]]:
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas(f"{suite.table} {len(suite.expectations)}").add_dataframe_asset("frame")
    frame = connection.execute(f"from {suite.table}").df()  # a table of ours
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    found = []
    for each in suite.expectations:
        told = batch.validate(get_expectation_impl(each.type)(**each.kwargs))
        found.append((each.description, told.success, told.result["unexpected_count"]))
    return found


@pytest.mark.parametrize(
    "suite",
    [suite for suite in map(of_columns, (*load_suites(bundled("expectations")), MORE)) if suite.expectations],
    ids=lambda suite: f"{suite.table} {len(suite.expectations)}",
)
def test_duckdb_and_pandas_come_to_the_same_verdict(staged: Staged, suite: Suite) -> None:
    from leadsieve.validation.engine import evaluate

    with open_staged(staged) as connection:
        found = evaluate(connection, (suite,), attached=True)[1:]
        assert [(each.description, each.success, each.unexpected) for each in found] == on_pandas(connection, suite)
