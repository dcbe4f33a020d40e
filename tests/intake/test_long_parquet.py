"""A long Parquet file is read where it lies, part by part and each time that its records are asked for."""

import gzip
from pathlib import Path

import polars as pl
import pytest

import leadsieve as ls
from leadsieve.intake import read, structured
from leadsieve.spool import SourceSpool

PART = 10
LEADS = pl.DataFrame(
    {
        "email": [f"lead{n}@acme-tools.com" for n in range(37)],
        "seats": range(37),
        "email ": [None if n % 3 else "x" for n in range(37)],
    }
)
TEXTS = LEADS.select("email", pl.col("seats").cast(pl.String), pl.col("email ").fill_null("").alias("email_2"))


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(structured, "PART_ROWS", PART)


@pytest.fixture(params=[1, 4, 10, 15, 37], ids=lambda rows: f"{rows} rows a group")
def file(request, tmp_path) -> Path:
    path = tmp_path / "list.parquet"
    LEADS.write_parquet(path, row_group_size=request.param)
    return path


def test_it_gives_what_was_written(file):
    told = read(file)
    assert isinstance(told.records, SourceSpool)
    assert told.table.rows() == TEXTS.rows()
    assert told.records.height == TEXTS.height
    assert told.records.head(12).rows() == TEXTS.rows()[:12]
    assert all(part.table.height <= PART for part in told.parts())


def test_it_can_be_asked_like_any_table(file):
    told = read(file)
    columns = told.records.columns
    asked = told.records.scan().filter(pl.col("seats") == "21").select(columns[0])
    assert asked.collect().rows() == [("lead21@acme-tools.com",)]
    assert told.records.scan().head(13).collect().height == 13
    assert told.records.without([columns[1]]).collect().columns == [columns[0], columns[2]]


@pytest.mark.parametrize(
    ("groups", "cuts"),
    [
        ([], [(0, 0)]),
        ([10], [(0, 10)]),
        ([4, 4, 4], [(0, 8), (8, 4)]),
        ([25], [(0, 10), (10, 10), (20, 5)]),
        ([3, 25, 3], [(0, 3), (3, 10), (13, 10), (23, 5), (28, 3)]),
        ([6, 6], [(0, 6), (6, 6)]),
    ],
    ids=repr,
)
def test_it_is_cut_between_its_row_groups_where_it_can_be(groups, cuts):
    assert structured._cuts(groups) == cuts


def test_one_that_changes_before_it_is_read_is_refused(file):
    told = read(file)
    LEADS.head(20).write_parquet(file, row_group_size=4)
    with pytest.raises(ls.InputError, match=r"changed while it was read"):
        _ = told.table


def test_one_that_goes_before_it_is_read_is_refused(file):
    told = read(file)
    file.unlink()
    with pytest.raises(ls.InputError, match=r"list\.parquet"):
        _ = told.table


def test_a_damaged_one_is_refused_when_its_records_are_read(file):
    bytes_of = bytearray(file.read_bytes())
    bytes_of[4:40] = b"\xff" * 36
    file.write_bytes(bytes_of)
    told = read(file)
    with pytest.raises(ls.InputError, match=r"is no readable Parquet file"):
        _ = told.table


def test_a_packed_one_is_kept_for_it_does_not_last(file):
    packed = file.with_suffix(".parquet.gz")
    packed.write_bytes(gzip.compress(file.read_bytes()))
    told = read(packed)
    assert not isinstance(told.records, SourceSpool)
    assert told.table.rows() == TEXTS.rows()


def test_a_load_that_meets_a_changed_one_leaves_the_workspace_as_it_was(tmp_path, monkeypatch):
    exports = tmp_path / "Spring.parquet"
    leads = LEADS.select("email", status=pl.lit("running"))
    leads.write_parquet(exports, row_group_size=4)
    workspace = ls.Workspace(tmp_path / "workspace.duckdb")
    workspace.load(exports)
    leads.head(30).write_parquet(exports, row_group_size=4)
    before = workspace.snapshots.rows()
    digest = structured.read_parquet

    def reads_and_changes(*asked, **options):
        pieces = digest(*asked, **options)
        leads.head(25).write_parquet(exports, row_group_size=4)
        return pieces

    monkeypatch.setattr("leadsieve.intake.reading.read_parquet", reads_and_changes)
    with pytest.raises(ls.InputError, match=r"changed while it was read"):
        workspace.load(exports)
    assert workspace.snapshots.rows() == before
    assert workspace.campaigns["leads"].to_list() == [37]


def test_a_run_over_one_decides_as_over_the_same_list_as_csv(tmp_path):
    LEADS.select("email").write_parquet(tmp_path / "list.parquet", row_group_size=4)
    LEADS.select("email").write_csv(tmp_path / "list.csv")
    decided = [
        ls.run(tmp_path / name, workspace=None, campaign="Any", validate="off").ledger.select("row", "email", "outcome")
        for name in ("list.parquet", "list.csv")
    ]
    assert decided[0].equals(decided[1])
