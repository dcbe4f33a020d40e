"""Whatever step of the pipeline is broken, the gate stops the run: seen through the front door."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import leadsieve
from leadsieve import output, pipeline
from leadsieve.errors import ValidationError
from leadsieve.sieve import steps
from validation.in_process_gate import InProcessGate
from validation.small_team import CAMPAIGN, OUTCOMES, write_team

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]

Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("team")
    write_team(folder)
    return folder


def decide(team: Path, **options: Any) -> leadsieve.Result:
    return leadsieve.run(team / "leads.csv", campaign=CAMPAIGN, workspace=team / "workspace.duckdb", **options)


def once(table: str, statement: str) -> Break:
    """Break the sieve by a statement as soon as it has made a table."""

    def break_it(patch: pytest.MonkeyPatch) -> None:
        waiting = [statement]

        def then(con: Any) -> None:
            there = con.execute("select 1 from duckdb_tables() where temporary and table_name = ?", [table]).fetchall()
            if there and waiting:
                con.execute(waiting.pop())

        patch.setattr(steps, "STEPS", tuple(each for step in steps.STEPS for each in (step, then)))

    return break_it


def deciding(*, where: pl.Expr, **wrong: str | None) -> Break:
    """Decide some rows otherwise."""

    def break_it(patch: pytest.MonkeyPatch) -> None:
        right = steps.decide

        def decide(*args: Any, **options: Any) -> pl.DataFrame:
            told = right(*args, **options)
            return told.with_columns(
                pl.when(where).then(pl.lit(word, told.schema[name])).otherwise(name).alias(name)
                for name, word in wrong.items()
            )

        patch.setattr(steps, "decide", decide)

    return break_it


def swapping(patch: pytest.MonkeyPatch) -> None:
    deciding(where=pl.col("row") == 1, outcome="in_progress", reason="active_in_other_campaign")(patch)
    deciding(where=pl.col("row") == 3, outcome="create", reason="new")(patch)


def changing(name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Break:
    """Break a table on its way into its file."""

    def break_it(patch: pytest.MonkeyPatch) -> None:
        right = getattr(output, name)
        patch.setattr(output, name, lambda *args, **options: change(right(*args, **options)))

    return break_it


def placing(**wrong: Any) -> Break:
    """Break the placing of leads into batches by another argument; a policy gets other settings."""

    def break_it(patch: pytest.MonkeyPatch) -> None:
        right = pipeline.place_leads

        def place(lead_list: Any, leads: pl.DataFrame, *, policy: Any, **options: Any) -> Any:
            settings = wrong.get("policy", {})
            told = {**options, **{name: value for name, value in wrong.items() if name != "policy"}}
            return right(lead_list, leads, policy=policy.with_options(**settings), **told)

        patch.setattr(pipeline, "place_leads", place)

    return break_it


def counting_wrong(patch: pytest.MonkeyPatch) -> None:
    right = pipeline.summarise

    def summarise(*args: Any, **options: Any) -> dict[str, Any]:
        told = right(*args, **options)
        return {**told, "outcomes": {**told["outcomes"], "create": 7}}

    patch.setattr(pipeline, "summarise", summarise)


ACTIVE = "Under dedup active, nobody is created who is active in another campaign."
OPTED_OUT = "Nobody is created whom an opt-out names, by address, domain or profile."
LOWER_CASE = "Emails are in lower case."
HELD_BY_LEAD = "Nobody is created whose lead in any campaign bounced or has a status that suppresses."

BROKEN: dict[str, tuple[Break, dict[str, Any], str]] = {
    "an active membership dropped": (
        once("memberships", "delete from memberships where told = 'inProgress'"),
        {},
        ACTIVE,
    ),
    "an active membership taken for an ended one": (
        once("memberships", "update memberships set active = false"),
        {},
        ACTIVE,
    ),
    "an active membership taken for no outreach": (
        once("memberships", "update memberships set counts = false"),
        {},
        ACTIVE,
    ),
    "a membership of the target dropped": (
        once("memberships", "delete from memberships where in_target"),
        {},
        "Nobody is created who is in the target already.",
    ),
    "a known person forgotten under dedup workspace": (
        once("memberships", "delete from memberships where told = 'done'"),
        {"dedup": "workspace"},
        "Under dedup workspace, nobody is created who is in any campaign.",
    ),
    "opt-outs forgotten": (
        once("suppressed", "delete from suppressed where suppressed_by like 'opt-outs%'"),
        {},
        OPTED_OUT,
    ),
    "the opt-out of a domain forgotten": (
        once("suppressed", "delete from suppressed where reason = 'suppressed_domain'"),
        {},
        OPTED_OUT,
    ),
    "bounces forgotten": (once("suppressed", "delete from suppressed where reason = 'bounced'"), {}, HELD_BY_LEAD),
    "an unsubscribed status forgotten": (
        once("suppressed", "delete from suppressed where suppressed_by like 'campaign%'"),
        {},
        HELD_BY_LEAD,
    ),
    "suppressed people let through": (
        deciding(where=pl.col("outcome") == "suppressed", outcome="create", reason="new"),
        {"dedup": "campaign"},
        OPTED_OUT,
    ),
    "two outcomes swapped": (swapping, {}, ACTIVE),
    "duplicates in the list forgotten": (
        once("forward", "delete from forward"),
        {},
        "No email stands in two rows of the batches.",
    ),
    "one duplicate too many": (
        once("forward", "insert into forward values (5, 1)"),
        {},
        "A duplicate in the list is of the same person as the row that it names, or shares an identifier with it.",
    ),
    "a batch cut": (
        changing("make_batch", lambda table: table.head(-1)),
        {},
        "Every batch file holds as many rows as the ledger puts into its batch.",
    ),
    "a batch with a lead twice": (
        changing("make_batch", lambda table: pl.concat([table.head(1), table.head(-1)])),
        {},
        "No email stands in two rows of the batches.",
    ),
    "emails in upper case": (
        changing("make_batch", lambda table: table.with_columns(pl.col("email").str.to_uppercase())),
        {},
        LOWER_CASE,
    ),
    "a variable slipped to the next row": (
        changing("make_batch", lambda table: table.with_columns(pl.col("Colour").shift(1))),
        {},
        "Every row's custom variables are, cell by cell, those of its row in the ledger.",
    ),
    "an excluded row lost": (
        changing("make_excluded", lambda table: table.head(-1)),
        {},
        "Every row that the ledger holds back is in excluded.csv.",
    ),
    "a failed row lost": (
        changing("make_failed", lambda tables: (table.head(0) for table in tables)),
        {},
        "The table failed is not empty where it should hold rows.",
    ),
    "updates without an _id": (
        changing("make_updates", lambda table: table.with_columns(pl.lit(None, pl.String).alias("_id"))),
        {"import_mode": "create-and-update"},
        "Every update names its lead by lemlist's _id.",
    ),
    "the target's members not counted": (
        placing(members={}),
        {"max_batch": 3},
        "No campaign is over its limit, its members counted anew in the workspace.",
    ),
    "the limit forgotten": (placing(policy={"max_batch": 0}), {"max_batch": 2}, "No batch is over its limit."),
    "a wrong count": (counting_wrong, {}, "summary.json counts the outcomes and reasons that the ledger holds."),
}


def suites_with(description: str) -> InProcessGate:
    """Return a gate of the one suite that holds an expectation; the others would only take time."""
    suites = InProcessGate.start().suites
    return InProcessGate(
        tuple(
            suite
            for suite in suites
            if description in (suite.not_empty, *(each.description for each in suite.expectations))
        )
    )


def test_an_unbroken_pipeline_passes(team: Path, tmp_path: Path) -> None:
    out = decide(team).write(tmp_path / "out", gate=InProcessGate.start())
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert {word: count for word, count in summary["outcomes"].items() if count} == OUTCOMES
    results = json.loads((out / "validation" / "results.json").read_text("utf-8"))["results"]
    assert [each["description"] for each in results if each["skipped"] or each["blocks"]] == []


@pytest.mark.parametrize(("break_it", "options", "stopped_by"), BROKEN.values(), ids=BROKEN)
def test_a_broken_step_is_stopped_by_the_gate(
    team: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Break,
    options: dict[str, Any],
    stopped_by: str,
) -> None:
    break_it(monkeypatch)
    result = decide(team, **options)
    with pytest.raises(ValidationError, match="Nothing was published; see "):
        result.write(tmp_path / "out", gate=suites_with(stopped_by))
    assert [path.name for path in tmp_path.iterdir()] == ["out.not-published"]
    told = json.loads((tmp_path / "out.not-published" / "validation" / "results.json").read_text("utf-8"))
    assert stopped_by in [each["description"] for each in told["results"] if each["blocks"]]


@pytest.fixture
def broken(team: Path, monkeypatch: pytest.MonkeyPatch) -> leadsieve.Result:
    BROKEN["emails in upper case"][0](monkeypatch)
    return decide(team)


def test_what_was_stopped_is_kept_for_its_owner_only_and_can_be_asked(broken: leadsieve.Result, tmp_path: Path) -> None:
    with pytest.raises(
        ValidationError, match=r"Emails are in lower case.*out\.not-published/validation/index\.html\.$"
    ):
        broken.write(tmp_path / "out", gate=suites_with(LOWER_CASE))
    kept = tmp_path / "out.not-published"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (kept, *kept.rglob("*"))} == {0o700, 0o600}
    assert json.loads((kept / "manifest.json").read_text("utf-8"))["validated"] == {"mode": "gate", "passed": False}


def test_what_was_stopped_before_makes_room(broken: leadsieve.Result, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ValidationError):
            broken.write(tmp_path / "out", gate=suites_with(LOWER_CASE))
    assert [path.name for path in tmp_path.iterdir()] == ["out.not-published"]


def test_what_somebody_else_put_there_stays(broken: leadsieve.Result, tmp_path: Path) -> None:
    (tmp_path / "out.not-published").mkdir()
    (tmp_path / "out.not-published" / "thesis.txt").write_text("mine")
    with pytest.raises(ValidationError, match=r"Nothing was published\.$"):
        broken.write(tmp_path / "out", gate=suites_with(LOWER_CASE))
    assert [path.name for path in tmp_path.rglob("*")] == ["out.not-published", "thesis.txt"]


def test_a_run_that_only_warns_is_published_and_says_so(
    team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    BROKEN["emails in upper case"][0](monkeypatch)
    out = decide(team, validate="warn").write(tmp_path / "out", gate=suites_with(LOWER_CASE))
    assert json.loads((out / "manifest.json").read_text("utf-8"))["validated"] == {"mode": "warn", "passed": False}


def test_a_run_that_checks_nothing_says_so(team: Path, tmp_path: Path) -> None:
    out = decide(team, validate="off").write(tmp_path / "out")
    assert json.loads((out / "manifest.json").read_text("utf-8"))["validated"] == {"mode": "off", "passed": None}


@pytest.mark.parametrize("mode", ["gate", "warn"])
def test_a_run_whose_great_expectations_cannot_be_imported_publishes_nothing(
    team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    (tmp_path / "great_expectations.py").write_text("import a_module_that_is_missing\n", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)
    with pytest.raises(ValidationError, match="Great Expectations cannot be imported"):
        decide(team, validate=mode).write(tmp_path / "out")
    assert not (tmp_path / "out").exists()
