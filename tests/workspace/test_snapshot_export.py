"""A snapshot's backup: what is loaded from it is, byte for byte, what was exported."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import leadsieve as ls
from leadsieve.cli.app import app
from workspace.stored import put_membership

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 5, 6, 7, 8, tzinfo=UTC) for month in (1, 2, 3))


def write(path: Path, rows: list[dict[str, str | None]]) -> Path:
    pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    return path


def content(workspace: ls.Workspace) -> list[list[object]]:
    """The newest snapshot, its numbers aside."""
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        return [
            con.execute(question).fetchall()
            for question in (
                "select id, name, owner, status, archived, as_of, no_identifier from campaigns where until_snapshot is null order by all",
                "select c.name, c.id, m.* exclude (membership, campaign, from_snapshot, until_snapshot), (select list((key, role) order by key) "
                "from membership_identifiers i where i.membership = m.membership) "
                "from memberships m join campaigns c using (campaign) where m.until_snapshot is null and c.until_snapshot is null order by all",
                "select distinct identifier, kind, key, role from membership_identifiers semi join "
                "(from memberships where until_snapshot is null) using (membership) order by all",
                "select taken_at from snapshots order by id desc limit 1",
            )
        ]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def restored(workspace: ls.Workspace, folder: Path) -> ls.Workspace:
    """The workspace that its backup makes, after both were seen to give the same files."""
    workspace.export(folder / "backup")
    again = ls.Workspace(folder / "again.duckdb")
    again.load(folder / "backup")
    again.export(folder / "backup2")
    assert files_of(folder / "backup2") == files_of(folder / "backup")
    return again


@pytest.fixture
def workspace(tmp_path: Path) -> ls.Workspace:
    return ls.Workspace(tmp_path / "workspace.duckdb")


@pytest.fixture
def odd(workspace: ls.Workspace, tmp_path: Path) -> ls.Workspace:
    """A workspace with everything that a CSV file could lose."""
    (tmp_path / "in").mkdir()
    lead = {
        "email": "ann@acme-tools.com",
        "status": "running",
        "isPaused": "",
        "_id": "lea_1",
        "source": "Fair",
        "phone": "'+33199001234",
    }
    leads = [
        {**lead, "Phone 2": "0033 1 99", "Work Mail": "second@acme-tools.com", "fields": "f", "icebreaker": 'a "b",\nc\r\nd'},
        {**lead, "_id": "", "email": "a@acme-tools.com; b@acme-tools.com", "isPaused": "true", "icebreaker": "=1+1", "source": " Q4 "},
        {**lead, "_id": "", "email": "info@acme-tools.com", "icebreaker": "'quoted"},
        {**lead, "_id": "", "email": "info@acme-tools.com", "icebreaker": "'quoted"},
        {**lead, "_id": "lea_4", "email": "n/a", "status": ""},
        {**lead, "_id": "lea_5", "email": "", "linkedinUrl": "https://www.linkedin.com/in/eve-example/", "lastState": "emailsBounced"},
        {**lead, "_id": "lea_6", "email": "", "linkedinUrlSalesNav": "urn:li:member:77"},
    ]  # fmt: skip
    campaigns = write(
        tmp_path / "in" / "campaigns.csv",
        [
            {"id": "cam_1", "name": "A/B: test? #1", "owner": "Lena", "status": "running", "archived": ""},
            {"id": "cam_2", "name": "Twin", "owner": "", "status": "archived", "archived": "true"},
            {"id": "cam_3", "name": "Twin", "owner": "Ole", "status": "paused", "archived": ""},
        ],
    )
    write(tmp_path / "in" / "cam_1.csv", leads)
    write(
        tmp_path / "in" / "cam_2.csv",
        [{"email": "two@acme-tools.com", "phone": "+33 1", "status": "done", "_id": "lea_20"}],
    )
    workspace.load(*(tmp_path / "in" / f"cam_{n}.csv" for n in (1, 2)), campaigns=campaigns, taken_at=JANUARY)
    write(tmp_path / "in" / "cam_3.csv", [{"email": "three@acme-tools.com", "status": "done", "_id": "lea_30"}])
    (tmp_path / "in" / "Empty.csv").write_text("email,status,_id\n")
    workspace.load(tmp_path / "in" / "cam_3.csv", tmp_path / "in" / "Empty.csv", campaigns=campaigns, taken_at=FEBRUARY)
    with duckdb.connect(str(workspace.path)) as con:
        ((campaign, snapshot),) = con.execute(
            "select campaign, from_snapshot from memberships where lead_id = 'lea_20'"
        ).fetchall()
        put_membership(
            con,
            membership=9000,
            campaign=campaign,
            from_snapshot=snapshot,
            email_key="told@acme-tools.com",
            status="scheduled",
        )
    return workspace


def test_a_new_workspace_that_loads_it_holds_the_same_and_exports_the_same_files(odd, tmp_path):
    assert content(restored(odd, tmp_path)) == content(odd)


def test_the_same_exports_change_nothing_after_it(odd, tmp_path):
    again = restored(odd, tmp_path)
    loaded = again.load(tmp_path / "in" / "cam_1.csv", campaigns=tmp_path / "in" / "campaigns.csv", taken_at=MARCH)
    assert (loaded.came, loaded.left) == (0, 0)


def test_an_older_snapshot_is_backed_up_as_it_was(odd, tmp_path):
    told = odd.export(tmp_path / "january", snapshot=1)
    assert (told.snapshot, told.campaigns, told.leads) == (1, 2, 8 + 1)


def test_it_is_a_folder_of_readable_csv_files(odd, tmp_path):
    odd.export(tmp_path / "backup")
    assert sorted(files_of(tmp_path / "backup")) == [
        "campaigns.csv",
        "leads/001-a-b-test-1.csv",
        "leads/003-twin-1.csv",
        "leads/003-twin-2.csv",
        "leads/004-twin.csv",
        "manifest.json",
    ]
    campaigns = pl.read_csv(tmp_path / "backup" / "campaigns.csv")
    assert campaigns["name"].to_list() == ["A/B: test? #1", "Empty", "Twin", "Twin"]
    leads = pl.read_csv(tmp_path / "backup" / "leads" / "001-a-b-test-1.csv")
    assert {
        "campaign",
        "_id",
        "email",
        "linkedinUrl",
        "status",
        "isPaused",
        "lastState",
        "source",
        "phone",
        "Phone 2",
    } <= set(leads.columns)


def test_nobody_else_can_read_it(odd, tmp_path):
    odd.export(tmp_path / "backup")
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "backup").rglob("*")}
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
    assert modes == {0o600, 0o700}


def test_an_existing_folder_is_replaced_only_by_force(odd, tmp_path):
    odd.export(tmp_path / "backup", snapshot=1)
    with pytest.raises(ls.UsageError, match="exists already"):
        odd.export(tmp_path / "backup")
    odd.export(tmp_path / "backup", force=True)
    assert pl.read_csv(tmp_path / "backup" / "campaigns.csv").height == 4


def test_somebody_elses_folder_is_never_replaced(odd, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("kept")
    with pytest.raises(ls.UsageError, match="no folder that a run made"):
        odd.export(tmp_path / "notes", force=True)


def test_the_same_backup_loaded_twice_is_known_again(odd, tmp_path):
    again = restored(odd, tmp_path)
    assert again.load(tmp_path / "backup").known
    assert again.snapshots.height == 1


def test_a_workspace_that_went_on_refuses_an_older_backup(odd, tmp_path):
    odd.export(tmp_path / "backup", snapshot=1)
    with pytest.raises(ls.WorkspaceError, match="older"):
        odd.load(tmp_path / "backup")


@pytest.mark.parametrize("change", ["edit", "remove"])
def test_a_backup_that_was_changed_is_refused(odd, tmp_path, change):
    odd.export(tmp_path / "backup")
    file = tmp_path / "backup" / "leads" / "001-a-b-test-1.csv"
    file.write_text("changed") if change == "edit" else file.unlink()
    with pytest.raises(ls.InputError, match=r"001-a-b-test-1\.csv is not as the backup's manifest says"):
        ls.Workspace(tmp_path / "again.duckdb").load(tmp_path / "backup")


@pytest.mark.parametrize("manifest", [None, "no json", '{"files": []}', "[]"])
def test_a_folder_that_is_no_backup_is_refused(workspace, tmp_path, manifest):
    (tmp_path / "exports").mkdir()
    if manifest is not None:
        (tmp_path / "exports" / "manifest.json").write_text(manifest)
    with pytest.raises(ls.InputError, match="is a folder, but no backup"):
        workspace.load(tmp_path / "exports")


def test_a_backup_of_a_newer_leadsieve_is_refused(odd, tmp_path):
    odd.export(tmp_path / "backup")
    manifest = tmp_path / "backup" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    with pytest.raises(ls.InputError, match="newer leadsieve"):
        ls.Workspace(tmp_path / "again.duckdb").load(tmp_path / "backup")


def test_its_files_load_like_any_exports(odd, tmp_path):
    odd.export(tmp_path / "backup")
    again = ls.Workspace(tmp_path / "again.duckdb")
    again.load(tmp_path / "backup" / "leads" / "*.csv", campaigns=tmp_path / "backup" / "campaigns.csv")
    assert again.campaigns.select("id", "name", "leads").sort("id", nulls_last=True).rows() == [
        ("cam_1", "A/B: test? #1", 7), ("cam_2", "Twin", 2), ("cam_3", "Twin", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("fields", ['{"n":1}', '{"a":"1","a":"2"}', '{ "a": "1" }', '{"":"x"}'])
def test_fields_that_are_no_plain_cells_are_kept_as_they_stand(odd, tmp_path, fields):
    with duckdb.connect(str(odd.path)) as con:
        con.execute("update stored_memberships set fields = ? where lead_id = 'lea_30'", [fields])
    assert content(restored(odd, tmp_path)) == content(odd)


def test_the_commands_write_it_and_take_it_back(odd, tmp_path):
    backup, again = str(tmp_path / "backup"), str(tmp_path / "again.duckdb")
    wrote = CliRunner().invoke(app, ["snapshot", "export", backup, "--workspace", str(odd.path)])
    assert wrote.stdout == (
        f"Snapshot 2 written to {backup}: 10 leads of 4 campaigns. `leadsieve snapshot load {backup}` takes it back.\n"
    )
    took = CliRunner().invoke(app, ["snapshot", "load", backup, "--workspace", again])
    assert "10 leads of 4 campaigns" in took.stdout


CELL = (
    st.none()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    | st.sampled_from(["", " ", '"', "\r", "\n", "'", "=", "\ufeff", "a,b", "\x00", "null"])
)
ROW = st.fixed_dictionaries(
    {"lead_id": CELL, "email": CELL, "linkedin_url": CELL, "status": CELL, "source": CELL, "x": CELL, "y": CELL}
)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(ROW, min_size=1, max_size=4),
    st.lists(
        st.sampled_from(["Email", "source", "_id", "campaign", "a b", "fields", "Ä"]),
        min_size=2,
        max_size=2,
        unique=True,
    ),
)
def test_whatever_stands_in_the_cells_comes_back(rows, names):
    with TemporaryDirectory() as folder:
        workspace = ls.Workspace(Path(folder) / "workspace.duckdb")
        (Path(folder) / "Any.csv").write_text("email,status\nann@acme-tools.com,done\n")
        workspace.load(Path(folder) / "Any.csv", taken_at=JANUARY)
        with duckdb.connect(str(workspace.path)) as con:
            con.execute("delete from stored_memberships; delete from membership_states")
            for number, row in enumerate(rows, 1):
                put_membership(
                    con,
                    membership=number,
                    campaign=1,
                    from_snapshot=1,
                    lead_id=row["lead_id"],
                    email_cell=row["email"],
                    linkedin_cell=row["linkedin_url"],
                    status=row["status"],
                    source=row["source"],
                    fields=json.dumps(
                        {names[0]: row["x"], names[1]: row["y"]}, ensure_ascii=False, separators=(",", ":")
                    ),
                    imported=False,
                )
        workspace.export(Path(folder) / "backup")
        again = ls.Workspace(Path(folder) / "again.duckdb")
        again.load(Path(folder) / "backup")
        kept = "select lead_id, email, linkedin_url, status, source, fields from memberships order by all"
        with duckdb.connect(str(workspace.path)) as one, duckdb.connect(str(again.path)) as two:
            assert two.execute(kept).fetchall() == one.execute(kept).fetchall()
