"""Many runs added up: folders, records and plain SQL give the same counts, and rates are those of the sums."""

import json
import re
import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

import leadsieve as ls
from leadsieve.errors import InputError, UsageError, WorkspaceError
from leadsieve.reporting import Period, duplicate_rates, markdown, over_runs_page, periods, tell
from leadsieve.reporting.figures import figures
from leadsieve.reporting.over_runs import (
    COUNTS,
    added_up,
    deleted_again,
    published_runs,
    recorded_runs,
    shared_people,
)
from leadsieve.words import ReportBy, Span

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
LISTS = [str(SAMPLES / name) for name in json.loads((SAMPLES / "expected.json").read_text("utf-8"))["lists"]]
DOCS = (Path(__file__).parents[2] / "docs" / "reports.md").read_text("utf-8")
WORST, MONTHLY, DELETED = re.findall(r"```sql\n(.+?)```", DOCS, re.DOTALL)
MADE_AT = ("2026-10-30T23:59:59Z", "2026-11-02T06:00:00Z")
PRICES = {"leads": 500.0, "apollo_export": 900.5}
IN_LEDGERS = """
    with of_each as (
        select run, source, count(*) as rows, count(*) filter (where outcome = 'failed') as failed,
            count(*) filter (where outcome = 'create') as "create", count(distinct person) as people,
            count(distinct person) filter (where in_workspace) as known_people,
            count(distinct person) filter (where active_elsewhere) as active_people,
            count(distinct person) filter (where len(suppressions) > 0) as suppressed_people
        from ledgers group by all
    )
    select source, count(*) as runs, sum(rows)::bigint as rows, sum(failed)::bigint as failed, sum("create")::bigint as "create",
        sum(people)::bigint as people, sum(known_people)::bigint as known_people, sum(active_people)::bigint as active_people,
        sum(suppressed_people)::bigint as suppressed_people,
        1 - (sum(people) - sum(known_people)) / (sum(rows) - sum(failed)) as duplicate_rate
    from of_each group by source order by source"""


def dated(out, made_at):
    """Let the run in `out` be made at another moment."""
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    (out / "manifest.json").write_text(json.dumps(manifest | {"made_at": made_at}), "utf-8")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    place = ls.Workspace(tmp_path_factory.mktemp("team") / "workspace.duckdb")
    place.load(SAMPLES / "workspace" / "*.csv", campaigns=SAMPLES / "campaigns.csv")
    place.suppress(SAMPLES / "unsubscribes.csv")
    return place


@pytest.fixture(scope="module")
def outs(workspace, tmp_path_factory):
    """Two runs of the samples, of October and of November: the second of fewer sources, after the first was imported."""
    folder = tmp_path_factory.mktemp("runs")
    for name, lists, campaign in (("one", LISTS, "Q4 Outreach"), ("two", LISTS[1:4], "Nordics")):
        ls.run(
            lists,
            campaign=campaign,
            new_campaign=campaign == "Nordics",
            workspace=workspace,
            validate="off",
            prices=PRICES,
        ).write(folder / name)
        workspace.imported(folder / name)
    with duckdb.connect(str(workspace.path)) as con:
        for number, (name, made_at) in enumerate(zip(("one", "two"), MADE_AT, strict=True), start=1):
            dated(folder / name, made_at)
            con.execute("update runs set ran_at = ?::timestamp where run = ?", [made_at.rstrip("Z"), number])
    return [folder / "one", folder / "two"]


@pytest.fixture(scope="module")
def both(outs):
    return published_runs(outs)


@pytest.fixture(scope="module")
def recorded(workspace, outs):
    assert outs
    return recorded_runs(workspace)


def summary_of(out):
    return json.loads((out / "summary.json").read_text("utf-8"))


def in_sql(workspace, statement):
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        return con.sql(statement).pl()


# ---------------------------------------------------------------------------------------------------------- they all agree


@pytest.mark.parametrize("number", [0, 1], ids=["the first run", "the second run"])
def test_one_run_has_the_figures_of_its_summary(outs, number):
    told = duplicate_rates(published_runs([outs[number]])).sort("source")
    summary = pl.DataFrame(summary_of(outs[number])["sources"]).sort("source")

    assert told.select(summary.columns).to_dicts() == summary.to_dicts()


def test_one_run_has_the_costs_of_its_page(outs):
    ledger = pl.scan_parquet(outs[0] / "ledger.parquet")
    names = ["source", "only_new_people", "price", "cost_per_new", "cost_per_created", "duplicate_rate"]
    told = duplicate_rates(published_runs([outs[0]]))

    assert told.select(names).rows() == figures(ledger, summary_of(outs[0]), prices=PRICES).sources.select(names).rows()


@pytest.mark.parametrize("name", ["overlap", "known_from", "repeats_of", "failed"])
def test_one_run_has_the_aggregates_of_its_page(outs, name):
    ledger = pl.scan_parquet(outs[0] / "ledger.parquet")
    expected = getattr(figures(ledger, summary_of(outs[0]), prices={}), name)
    told = getattr(published_runs([outs[0]]), name).select(expected.columns)

    assert told.sort(told.columns).equals(expected.sort(expected.columns))


def test_two_runs_have_what_plain_sql_counts_in_their_ledgers(outs, both):
    ledgers = pl.concat(
        (pl.read_parquet(out / "ledger.parquet").with_columns(run=pl.lit(out.name)) for out in outs), how="diagonal"
    )
    with duckdb.connect() as con:
        con.register("ledgers", ledgers.to_arrow())
        counted = con.sql(IN_LEDGERS).pl()
    told = duplicate_rates(both).sort("source").select(counted.columns)

    assert told.to_dicts() == [
        {**row, "duplicate_rate": pytest.approx(row["duplicate_rate"])} for row in counted.to_dicts()
    ]


@pytest.mark.parametrize("by", ReportBy)
@pytest.mark.parametrize("per", [None, *Span])
def test_the_records_of_a_workspace_tell_what_the_folders_tell(both, recorded, by, per):
    only = ("only_new_people", "price", "cost_per_new", "cost_per_created")
    told, folders = (duplicate_rates(runs, by=by, per=per).drop(only) for runs in (recorded, both))

    assert told.to_dicts() == folders.to_dicts()


def test_a_record_has_the_rate_that_its_run_had(workspace, outs):
    rates = {(row["run"], row["source"]): row["duplicate_rate"] for row in workspace.duplicate_rates.to_dicts()}
    told = {
        (number, row["source"]): row["duplicate_rate"]
        for number, out in enumerate(outs, start=1)
        for row in summary_of(out)["sources"]
    }

    assert rates == told


def test_shared_people_are_the_same_from_records_and_folders(both, recorded):
    assert shared_people(recorded).equals(shared_people(both))


@pytest.mark.parametrize(("statement", "per"), [(WORST, None), (MONTHLY, Span.MONTH)], ids=["all", "by month"])
def test_the_queries_of_the_docs_give_what_the_command_gives(workspace, recorded, statement, per):
    answer = in_sql(workspace, statement)
    told = duplicate_rates(recorded, per=per).select(answer.columns)

    assert answer.height
    assert told.sort(told.columns[:2]).to_dicts() == answer.sort(answer.columns[:2]).to_dicts()


# ------------------------------------------------------------------------------------------------------ what is added up


def test_the_rate_is_that_of_the_sums_and_no_average(both):
    (row,) = duplicate_rates(both).filter(pl.col("source") == "apollo_export").to_dicts()
    each = duplicate_rates(both, per=Span.RUN).filter(pl.col("source") == "apollo_export")

    assert row["valid"] == each["valid"].sum()
    assert row["duplicate_rate"] == pytest.approx(1 - (row["people"] - row["known_people"]) / row["valid"])
    assert each.height == row["runs"] == 2


@pytest.mark.parametrize("by", ReportBy)
def test_whatever_it_is_added_up_by_no_row_is_lost(both, by):
    told = duplicate_rates(both, by=by)

    assert told.select(COUNTS).sum().row(0) == both.brought.select(COUNTS).sum().row(0)


@pytest.mark.parametrize(
    ("per", "labels"),
    [
        (None, ["2026-10-30..2026-11-02"]),
        (Span.RUN, ["2026-10-30 23:59:59", "2026-11-02 06:00:00"]),
        (Span.DAY, ["2026-10-30", "2026-11-02"]),
        (Span.WEEK, ["2026-W44", "2026-W45"]),
        (Span.MONTH, ["2026-10", "2026-11"]),
    ],
    ids=str,
)
def test_a_period_is_named_by_its_time(both, per, labels):
    assert duplicate_rates(both, per=per)["period"].unique().sort().to_list() == labels


def test_the_key_is_the_runs_campaign_its_owner_or_its_day(both):
    keys = {by: duplicate_rates(both, by=by)[by.value].to_list() for by in ReportBy}

    assert sorted(keys[ReportBy.CAMPAIGN]) == ["Nordics", "Q4 Outreach"]
    assert None in keys[ReportBy.OWNER]
    assert sorted(keys[ReportBy.DAY]) == ["2026-10-30", "2026-11-02"]


def test_the_owner_is_that_of_the_campaign(workspace, both, recorded):
    owner = workspace.campaigns.filter(pl.col("name") == "Q4 Outreach")["owner"].item()
    of_runs = {runs.recorded: set(runs.brought.filter(campaign="Q4 Outreach")["owner"]) for runs in (both, recorded)}

    assert of_runs == {False: {owner}, True: {owner}}


def test_a_price_counts_once_and_only_over_the_whole_time(both):
    whole = duplicate_rates(both, prices={"apollo_export": 100.0}).filter(pl.col("source") == "apollo_export")
    parts = duplicate_rates(both, per=Span.MONTH, prices={"apollo_export": 100.0})

    assert whole["cost_per_new"].item() == pytest.approx(100.0 / whole["new_people"].item())
    assert parts["price"].null_count() == parts.height


def test_the_same_run_counts_once_also_as_a_copy(outs, both, tmp_path):
    copy = shutil.copytree(outs[0], tmp_path / "copy")

    assert duplicate_rates(published_runs([*outs, copy, outs[0]])).equals(duplicate_rates(both))


def test_an_equal_run_of_another_day_counts_by_itself(outs, tmp_path):
    copy = shutil.copytree(outs[0], tmp_path / "copy")
    dated(copy, "2026-10-31T00:00:00Z")

    assert published_runs([outs[0], copy]).count == 2


@pytest.mark.parametrize(
    ("period", "runs"),
    [
        (Period(last=date(2026, 10, 30)), 1),
        (Period(first=date(2026, 10, 31)), 1),
        (Period(first=date(2026, 10, 30), last=date(2026, 11, 2)), 2),
    ],
    ids=["up to a day", "from a day", "both days included"],
)
def test_a_period_keeps_the_runs_of_its_days(outs, workspace, period, runs):
    kept = published_runs(outs, period=period), recorded_runs(workspace, period=period)

    assert [each.count for each in kept] == [runs, runs]
    assert shared_people(kept[0]).equals(shared_people(kept[1]))


def test_a_period_without_a_run_is_told_with_the_days_that_there_are(outs, workspace):
    period = Period(first=date(2027, 1, 1))
    with pytest.raises(UsageError, match="the runs are from 2026-10-30 to 2026-11-02"):
        published_runs(outs, period=period)
    with pytest.raises(UsageError, match="the runs are from 2026-10-30 to 2026-11-02"):
        recorded_runs(workspace, period=period)


# -------------------------------------------------------------------------------------------------------- deleted leads


@pytest.fixture(scope="module")
def crm(tmp_path_factory):
    """A CRM's list that brings two deleted leads back, twice, the second time held back; and a fair's that brings none."""
    folder = tmp_path_factory.mktemp("crm")
    workspace = ls.Workspace(folder / "workspace.duckdb")
    leads = [f"lea_{name},{name}@acme-tools.com,running" for name in ("ann", "bob", "cyd")]
    for day, rows in ((5, leads), (6, leads[2:])):
        (folder / "Spring.csv").write_text("\n".join(["_id,email,status", *rows]) + "\n", "utf-8")
        workspace.load(folder / "Spring.csv", taken_at=datetime(2026, 1, day))  # noqa: DTZ001 -- a file's day
    (folder / "HubSpot.csv").write_text("email\nann@acme-tools.com\nann@acme-tools.com\nbob@acme-tools.com\n", "utf-8")
    (folder / "Fair.csv").write_text("email\neve@acme-tools.com\n", "utf-8")
    for name, lists, deleted in (
        ("one", ["HubSpot", "Fair"], "warn"),
        ("two", ["HubSpot"], "suppress"),
        ("three", ["Fair"], "warn"),
    ):
        files = [folder / f"{stem}.csv" for stem in lists]
        ls.run(files, campaign="New", new_campaign=True, workspace=workspace, deleted=deleted, validate="off").write(
            folder / name
        )
    return workspace, [folder / name for name in ("one", "two", "three")]


def test_a_source_that_keeps_bringing_deleted_leads_back_is_told(crm):
    (row,) = deleted_again(published_runs(crm[1])).drop("last_at").to_dicts()

    assert row == {"source": "HubSpot", "runs": 2, "runs_with": 2, "most_people": 2, "people": 4}


def test_the_records_and_sql_tell_the_same_of_deleted_leads(crm):
    workspace, outs = crm
    in_records = deleted_again(recorded_runs(workspace))

    assert in_records.height == 1
    assert in_records.drop("last_at").equals(deleted_again(published_runs(outs)).drop("last_at"))
    assert in_sql(workspace, DELETED).to_dicts() == in_records.to_dicts()


def test_what_to_change_in_the_crm_is_told(crm):
    told = markdown(tell(published_runs(crm[1]), prices={}, currency=""))

    assert "| HubSpot | 2 of 2 | 2 | 4 |" in told
    assert '"Do Not Contact"' in told


# ------------------------------------------------------------------------------------------------------------- telling


def sections(runs, **options):
    return {section.title: section for section in tell(runs, prices={}, currency="", **options).sections}


def test_of_one_run_every_source_is_judged(outs):
    judged = sections(published_runs([outs[0]]))["What each source is worth"]

    assert {line[0] for line in judged.lines} == {row["source"] for row in summary_of(outs[0])["sources"]}


def test_over_several_runs_the_worst_source_is_named(both):
    stop = sections(both)["Which source should we stop paying for?"]

    assert stop.lines[0][0] == duplicate_rates(both)["source"][0]


def test_records_say_that_they_are_records_and_show_no_more_than_they_hold(both, recorded):
    assert "as the workspace recorded them" in tell(recorded, prices={}, currency="").about
    assert set(sections(both)) - set(sections(recorded)) == {
        "Known people: where the workspace has them from",
        "Repeats in a list: whose row went forward",
        "Failed rows",
    }


def test_added_up_persons_of_several_runs_are_said_to_be_so(both):
    assert "who is in two of them counts twice" in sections(both)["People whom sources share"].notes[0]


def test_where_people_are_active_is_told_by_campaign_and_owner(outs, both):
    found = sections(both, by=ReportBy.OWNER)["Leads already active elsewhere, by campaign and owner"]
    marked = sum(summary_of(out)["marks"]["active_elsewhere"] for out in outs)

    assert added_up(both.conflicts, "rows")["rows"].sum() == marked
    assert found.names == 2


def test_a_trend_of_many_runs_takes_longer_steps(both):
    many = [both.brought.with_columns(pl.col("ran_at").dt.offset_by(f"{n}h"), run=pl.lit(n)) for n in range(40)]
    wide = tell(
        type(both)(**{**{name: getattr(both, name) for name in both.__slots__}, "brought": pl.concat(many)}),
        prices={},
        currency="",
    )
    (trend,) = (section for section in wide.sections if section.title == "Trend")

    assert {line[1] for line in trend.lines} <= {
        "2026-10-30",
        "2026-10-31",
        "2026-11-01",
        "2026-11-02",
        "2026-11-03",
        "2026-W44",
        "2026-W45",
    }


@pytest.mark.parametrize("write", [markdown, over_runs_page])
@pytest.mark.parametrize("by", ReportBy)
def test_nobody_is_named(both, write, by):
    told = write(tell(both, by=by, prices=PRICES, currency="EUR"))

    assert "@" not in re.sub(r"@(media|page)", "", told)
    assert "linkedin.com" not in told


def test_names_are_no_markup(both):
    evil = both.brought.with_columns(source=pl.lit("a|<b>_c"))
    told = tell(
        type(both)(**{**{name: getattr(both, name) for name in both.__slots__}, "brought": evil}),
        prices={},
        currency="",
    )

    assert r"| a\|\<b\>\_c |" in markdown(told)
    assert "&lt;b&gt;" in over_runs_page(told)
    assert "<b>_c" not in over_runs_page(told)


def test_the_page_needs_no_network(both):
    page = over_runs_page(tell(both, prices={}, currency=""))

    assert not re.search(r"https?://(?!www\.w3\.org/)|<script|@import|url\(", page)


# --------------------------------------------------------------------------------------------------------------- refused


def test_folders_that_no_run_published_are_told_together(outs, tmp_path):
    with pytest.raises(InputError, match=rf"{tmp_path / 'a'}, {tmp_path / 'b'}"):
        published_runs([tmp_path / "a", outs[0], tmp_path / "b"])


@pytest.mark.parametrize("name", ["ledger.parquet", "summary.json"])
def test_a_run_whose_counts_were_changed_is_refused(outs, tmp_path, name):
    copy = shutil.copytree(outs[0], tmp_path / "copy")
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    with pytest.raises(InputError, match="not as the run wrote them"):
        published_runs([copy])


@pytest.mark.parametrize(
    "change",
    [{"checked": False}, {"validated": {"mode": "gate", "passed": False}}],
    ids=["only split", "held by its gate"],
)
def test_a_folder_of_another_kind_is_refused(outs, tmp_path, change):
    copy = shutil.copytree(outs[0], tmp_path / "copy")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | change), "utf-8")
    with pytest.raises(InputError, match="no folder that a run published"):
        published_runs([copy])


def test_a_workspace_without_records_is_told(tmp_path):
    (tmp_path / "Any.csv").write_text("email,status\nann@acme-tools.com,done\n", "utf-8")
    workspace = ls.Workspace(tmp_path / "workspace.duckdb")
    workspace.load(tmp_path / "Any.csv")
    with pytest.raises(WorkspaceError, match="no recorded runs"):
        recorded_runs(workspace)


@pytest.mark.parametrize(
    ("told", "period", "span"),
    [
        ([], Period(), None),
        (["month"], Period(), Span.MONTH),
        (["2026-10-30..2026-11-02"], Period(date(2026, 10, 30), date(2026, 11, 2)), None),
        (["2026-02"], Period(date(2026, 2, 1), date(2026, 2, 28)), None),
        (["2026"], Period(date(2026, 1, 1), date(2026, 12, 31)), None),
        (["2026-10.."], Period(date(2026, 10, 1), None), None),
        (["..2026-10"], Period(None, date(2026, 10, 31)), None),
        (["2026-10-30", "day"], Period(date(2026, 10, 30), date(2026, 10, 30)), Span.DAY),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_period_is_days_or_a_step_or_both(told, period, span):
    assert periods(told) == (period, span)


@pytest.mark.parametrize(
    "told",
    [["soon"], [".."], [""], ["2026-13"], ["2026-02-30"], ["2026-11..2026-10"], ["2026", "2027"], ["day", "week"]],
    ids=" ".join,
)
def test_what_is_no_period_is_refused(told):
    with pytest.raises(UsageError, match="--period"):
        periods(told)
