"""`report`: what sources brought over runs, as people and programs read it."""

import csv
import io
import json
import re
import shutil

import duckdb
import polars as pl
import pytest

IN_SQL = """
    select source, sum(valid)::bigint as valid, 1 - (sum(people) - sum(known_people)) / nullif(sum(valid), 0) as duplicate_rate
    from duplicate_rates group by source order by source"""
FAIR = "Email,First Name\nnew@fresh-corp.com,Nora\nrunning@acme-corp.com,Runa\n"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the runs are kept once they are made."""
    return tmp_path_factory.mktemp("kept") / "here"


@pytest.fixture
def runs(decide, here, kept):
    """Two recorded runs of September and October, in `runs`: of one list, then of two."""
    if not kept.exists():
        (here / "fair.csv").write_text(FAIR, "utf-8")
        decide("--out", "runs/one")
        decide("--out", "runs/two", lists=("leads.csv", "fair.csv"), campaign="Nordics")
        date_runs(here, {"one": "2026-09-30", "two": "2026-10-01"})
        shutil.copytree(here, kept)
    shutil.copytree(kept, here, dirs_exist_ok=True)


def date_runs(here, days):
    with duckdb.connect(str(here / "workspace.duckdb")) as con:
        for number, (name, day) in enumerate(days.items(), start=1):
            manifest = here / "runs" / name / "manifest.json"
            told = json.loads(manifest.read_text("utf-8")) | {"made_at": f"{day}T12:00:00Z"}
            manifest.write_text(json.dumps(told), "utf-8")
            con.execute("update runs set ran_at = ?::timestamp where run = ?", [f"{day} 12:00", number])


def rates(ended):
    assert ended.status == 0, ended.err
    return list(csv.DictReader(io.StringIO(ended.out)))


@pytest.mark.usefixtures("runs")
def test_folders_or_a_glob_tell_the_same(leadsieve):
    told = leadsieve("report", "runs/one", "runs/two")

    assert (told.status, told.err) == (0, "")
    assert told.out == leadsieve("report", "runs/*").out
    assert "2 runs from 2026-09-30 to 2026-10-01 (UTC), for 2 campaigns." in told.out


@pytest.mark.usefixtures("runs")
def test_it_shows_rates_beside_counts_and_the_trend(leadsieve):
    told = leadsieve("report", "runs/*").out

    assert "Which source should we stop paying for?" in told
    assert re.search(r"^leads +2 +\d+ % +\d+ +\d+", told, re.MULTILINE)
    assert re.search(r"^leads +2026-10-01 12:00:00 +\d+ % +\d+", told, re.MULTILINE)


@pytest.mark.usefixtures("runs")
def test_csv_from_folders_and_from_records_equals_plain_sql(leadsieve, here):
    folders = rates(leadsieve("report", "runs/*", "--format", "csv"))
    recorded = rates(leadsieve("report", "--workspace", "workspace.duckdb", "--format", "csv"))
    with duckdb.connect(str(here / "workspace.duckdb"), read_only=True) as con:
        in_sql = con.execute(IN_SQL).fetchall()

    for told in (folders, recorded):
        shown = sorted((row["source"], int(row["valid"]), float(row["duplicate_rate"])) for row in told)
        assert shown == [(source, valid, pytest.approx(rate)) for source, valid, rate in in_sql]


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("by", ["source", "campaign", "owner", "day"])
def test_the_key_has_its_own_column(leadsieve, by):
    told = rates(leadsieve("report", "runs/*", "--by", by, "--format", "csv"))

    assert list(told[0])[:3] == ["period", by, "runs"]
    assert {row["period"] for row in told} == {"2026-09-30..2026-10-01"}


@pytest.mark.usefixtures("runs")
def test_campaigns_and_owners_are_those_of_the_runs(leadsieve):
    by = {key: rates(leadsieve("report", "runs/*", "--by", key, "--format", "csv")) for key in ("campaign", "owner")}

    assert {row["campaign"] for row in by["campaign"]} == {"Q4 Outreach", "Nordics"}
    assert {row["owner"] for row in by["owner"]} == {"Ann", "Ben"}


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("period", "labels"),
    [
        (["month"], {"2026-09", "2026-10"}),
        (["2026-10"], {"2026-10-01"}),
        (["2026-09-30..2026-09-30", "week"], {"2026-W40"}),
    ],
    ids=["by month", "of a month", "of a day, by week"],
)
def test_a_period_chooses_runs_and_parts_them(leadsieve, period, labels):
    asked = [word for each in period for word in ("--period", each)]

    assert {row["period"] for row in rates(leadsieve("report", "runs/*", *asked, "--format", "csv"))} == labels


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("name", ["rates.csv", "rates.parquet", "rates.md", "rates.html"])
def test_a_file_is_written_as_its_name_says_and_replaced_only_by_force(leadsieve, here, name):
    told = leadsieve("report", "runs/*", "--out", name)
    before = (here / name).read_bytes()

    assert (told.status, told.out) == (0, f"Written to {name}.\n")
    assert leadsieve("report", "runs/*", "--out", name).status == 2
    assert leadsieve("report", "runs/one", "--out", name, "--force").status == 0
    assert (here / name).read_bytes() != before
    assert (here / name).stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("runs")
def test_parquet_and_csv_hold_the_same(leadsieve, here):
    leadsieve("report", "runs/*", "--period", "month", "--out", "rates.parquet")
    leadsieve("report", "runs/*", "--period", "month", "--out", "rates.csv")
    parquet = pl.read_parquet(here / "rates.parquet")

    assert pl.read_csv(here / "rates.csv", schema=parquet.schema).equals(parquet)


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("written_as", ["text", "csv", "markdown", "html"])
@pytest.mark.parametrize("by", ["source", "owner"])
def test_nobody_is_named(leadsieve, written_as, by):
    told = leadsieve("report", "runs/*", "--by", by, "--format", written_as)

    assert told.status == 0
    assert not re.search(r"corp\.com|linkedin\.com|Nora|Runa", told.out)


@pytest.mark.usefixtures("runs")
def test_prices_are_the_policys(leadsieve, here):
    (here / "ours.toml").write_text('currency = "EUR"\n[prices]\nleads = 90\n', "utf-8")
    (row,) = [
        row
        for row in rates(leadsieve("report", "runs/*", "--policy", "ours.toml", "--format", "csv"))
        if row["source"] == "leads"
    ]

    assert float(row["price"]) == 90
    assert float(row["cost_per_new"]) == pytest.approx(90 / int(row["new_people"]))
    assert "90.00 EUR" in leadsieve("report", "--workspace", "workspace.duckdb", "--policy", "ours.toml").out


@pytest.mark.usefixtures("runs")
def test_a_source_that_a_spreadsheet_would_run_is_guarded(leadsieve, decide):
    decide("--out", "runs/three", "--source", "=1+1")

    assert "'=1+1" in {row["source"] for row in rates(leadsieve("report", "runs/*", "--format", "csv"))}


REFUSED = {
    "nothing is named": ((), 2, "Name either the folders"),
    "both are named": (("runs/one", "--workspace", "workspace.duckdb"), 2, "Name either the folders"),
    "no such folder": (("runs/none",), 3, "There is no folder runs/none"),
    "a glob without a match": (("none/*",), 3, "There is no folder none/*"),
    "a folder of another kind": (("runs/one", "."), 3, "no folder that a run published"),
    "no such workspace": (("--workspace", "none.duckdb"), 3, "none.duckdb"),
    "no run of the period": (("runs/*", "--period", "2020"), 2, "the runs are from 2026-09-30 to 2026-10-01"),
    "no period": (("runs/*", "--period", "soon"), 2, "is no span of time"),
    "parquet on a screen": (("runs/*", "--format", "parquet"), 2, "--out"),
    "an unknown ending": (("runs/*", "--out", "rates.xls"), 2, "say --format"),
    "text as a file": (("runs/*", "--out", "rates.txt"), 2, "say --format"),
}


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_one_sentence(leadsieve, here, case):
    arguments, status, told = REFUSED[case]
    ended = leadsieve("report", *arguments)

    assert (ended.status, ended.out) == (status, "")
    assert told in ended.err
    assert not list(here.glob("rates*"))
