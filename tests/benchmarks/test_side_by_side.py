"""The scripts by hand decide every generated row as leadsieve does, so that their times may stand beside its."""

import subprocess
import sys

import polars as pl
import pytest

import agree
from prepared import HERE

REASONS = {
    "invalid_email", "duplicate_in_list", "unsubscribed", "in_campaign", "active_in_other_campaign", "re_engage", "new",
}  # fmt: skip


def by_hand(script, decided, out):
    command = [
        HERE / "side_by_side" / f"{script}.py",
        *map(decided.folder.joinpath, ("list.csv", "memberships.parquet")),
    ]
    subprocess.run([sys.executable, *command, out], check=True)
    return out


@pytest.fixture(scope="module", params=["by_polars", "by_duckdb", "by_pandas"])
def written(request, decided, tmp_path_factory):
    return by_hand(request.param, decided, tmp_path_factory.mktemp(request.param) / "out")


def rows_of(files):
    return pl.concat([pl.read_csv(file, infer_schema=False) for file in sorted(files)], how="diagonal")


def test_a_script_by_hand_decides_every_row_as_leadsieve_does(written, decided):
    assert set(decided.read()["reason"]) == REASONS
    assert agree.differing(decided.ledger, written / "ledger.parquet") == {}


def test_a_script_by_hand_writes_the_same_leads_into_batches_of_the_same_sizes(written, decided):
    ours = sorted((decided.ledger.parent / "batches").iterdir())
    theirs = sorted((written / "batches").iterdir())
    assert [rows_of([file]).height for file in theirs] == [rows_of([file]).height for file in ours]
    # An email that leadsieve fills from the person's other rows is empty in a script's batch.
    assert rows_of(theirs).drop("email").equals(rows_of(ours).drop("email"))


def test_a_script_by_hand_writes_every_row_that_it_holds_back(written, decided):
    held = (
        decided.read().filter(pl.col("outcome") != "create").select(pl.col("row").cast(pl.String), "outcome", "reason")
    )
    assert rows_of([written / "excluded.csv"]).select(held.columns).equals(held.cast(pl.String))


def test_the_floor_writes_the_list_as_it_is(decided, tmp_path):
    out = by_hand("floor", decided, tmp_path / "floor")
    assert rows_of([out / "list.csv"]).equals(rows_of([decided.folder / "list.csv"]))


def test_a_row_that_is_decided_otherwise_is_counted(decided, tmp_path):
    other = decided.read().with_columns(reason=pl.when(pl.col("row") == 7).then(pl.lit("else")).otherwise("reason"))
    other.write_parquet(tmp_path / "other.parquet")
    assert agree.differing(decided.ledger, tmp_path / "other.parquet") == {"reason": 1}


def test_a_ledger_that_lacks_rows_does_not_agree(decided, tmp_path):
    decided.read().head(10).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(ValueError, match=r"5,000 rows, .* 10\."):
        agree.differing(decided.ledger, tmp_path / "other.parquet")
