"""Workspaces that earlier versions of leadsieve wrote: opened as if written today, with nothing lost."""

import gzip
from pathlib import Path

import duckdb
import pytest

import leadsieve as ls
from leadsieve.workspace.store import SCHEMA_VERSION

DATA = Path(__file__).parent / "data"
EARLIER = range(1, SCHEMA_VERSION)


@pytest.fixture(params=EARLIER, ids=lambda version: f"schema {version}")
def earlier(request, tmp_path) -> ls.Workspace:
    """A workspace as that version wrote it: two campaigns, a load that changed one, two opt-outs."""
    path = tmp_path / "workspace.duckdb"
    path.write_bytes(gzip.decompress((DATA / f"schema_{request.param}.duckdb.gz").read_bytes()))
    return ls.Workspace(path)


def schema_of(path: Path) -> list[tuple[str, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        columns = "select table_name, column_index, column_name, data_type, is_nullable, column_default from duckdb_columns() order by all"
        return con.execute(columns).fetchall()


def test_every_earlier_version_has_its_file():
    assert [p.name for p in sorted(DATA.glob("schema_*"))] == [f"schema_{v}.duckdb.gz" for v in EARLIER]


def test_it_holds_the_same_snapshots_and_opt_outs(earlier):
    assert earlier.snapshots.select("id", "campaigns", "memberships").rows() == [(1, 2, 5), (2, 2, 4)]
    assert earlier.campaigns.select("id", "name", "owner", "leads").rows() == [
        ("cam_b", "Autumn", "Bob", 2),
        ("cam_a", "Spring", "Ann", 2),
    ]
    assert earlier.suppressed["value"].to_list() == ["no@gamma-parts.com", "delta-mills.com"]


def test_it_has_the_schema_of_a_new_one(earlier, tmp_path):
    (tmp_path / "Any.csv").write_text("email,status\nann@acme-tools.com,done\n")
    new = ls.Workspace(tmp_path / "new.duckdb")
    new.load(tmp_path / "Any.csv")
    assert earlier.snapshots.height
    assert schema_of(earlier.path) == schema_of(new.path)


def test_a_run_decides_by_it_as_before(earlier, tmp_path):
    (tmp_path / "list.csv").write_text(
        "email\nada@acme-tools.com\nben@acme-tools.com\ndan@beta-works.com\nno@gamma-parts.com\n"
    )
    result = ls.run(tmp_path / "list.csv", workspace=earlier, campaign="Autumn", snapshot=1)
    assert result.ledger["reason"].to_list() == ["active_in_other_campaign", "re_engage", "in_campaign", "unsubscribed"]


def test_an_unchanged_export_changes_nothing_in_it(earlier, tmp_path):
    """What an earlier version stored is what a load of today shows."""
    (tmp_path / "Spring.csv").write_text(
        "_id,email,firstName,linkedinUrl,status,lastState,source\n"
        "lea_a1,Ada@acme-tools.com,Ada,https://www.linkedin.com/in/ada-acme,done,emailsSent,Fair\n"
        "lea_a2,ben@acme-tools.com,Ben,,done,emailsSent,Fair\n"
    )
    loaded = earlier.load(tmp_path / "Spring.csv")
    assert (loaded.came, loaded.left) == (0, 0)


def test_a_migration_that_fails_leaves_the_file_as_it_was(earlier, monkeypatch):
    before = earlier.path.read_bytes()
    monkeypatch.setattr("leadsieve.workspace.store.statement", lambda _: "select nonsense")
    with pytest.raises(duckdb.Error):
        _ = earlier.snapshots
    assert earlier.path.read_bytes() == before
