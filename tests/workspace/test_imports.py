"""What `imported` tells of: leads that count as scheduled until a load brings their campaign, and how that is taken back."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import leadsieve as ls

LEADS = "email,LinkedIn,firstName,colour\n" + "".join(
    f"lead{n}@acme-tools.com,https://www.linkedin.com/in/lead-{n},Lea{n},red\n" for n in range(1, 5)
)
OLD = datetime(2026, 1, 5, tzinfo=UTC)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    export = write(folder / "Nordics.csv", "_id,email,status", "lea_9,other@beta-works.com,done")
    ls.Workspace(folder / "workspace.duckdb").load(export, taken_at=OLD)
    return folder


@pytest.fixture(scope="module")
def published_once(loaded_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(loaded_once, folder, dirs_exist_ok=True)
    (folder / "leads.csv").write_text(LEADS, "utf-8")
    told = {"workspace": folder / "workspace.duckdb", "campaign": "Autumn", "new_campaign": True}
    ls.run(folder / "leads.csv", **told, max_batch=2, validate="off").write(folder / "out")
    return folder


@pytest.fixture
def workspace(loaded_once: Path, tmp_path: Path) -> ls.Workspace:
    """One campaign of another member, loaded long ago."""
    shutil.copytree(loaded_once, tmp_path, dirs_exist_ok=True)
    return ls.Workspace(tmp_path / "workspace.duckdb")


@pytest.fixture
def out(workspace: ls.Workspace, published_once: Path, tmp_path: Path) -> Path:
    """A run that made two batches of two for a new campaign; the workspace has its record."""
    assert workspace.path.parent == tmp_path
    shutil.copytree(published_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "out"


def decided(workspace: ls.Workspace, tmp_path: Path, **options: object) -> list[str]:
    """The reasons of the same list for another campaign."""
    options = {"campaign": "Winter", "new_campaign": True, **options}
    return ls.run(tmp_path / "leads.csv", workspace=workspace, **options).ledger["reason"].to_list()


def export(tmp_path: Path, *rows: str, campaign: str = "Autumn") -> Path:
    return write(tmp_path / f"{campaign}.csv", "_id,email,firstName,status", *rows)


HELD, NEW = "active_in_other_campaign", "new"


def test_imported_leads_count_as_scheduled_in_their_campaign(workspace, out, tmp_path):
    told = workspace.imported(out)
    assert (told.batches, told.leads, told.campaigns) == ((1, 2), 4, ("Autumn", "Autumn #2"))
    result = ls.run(tmp_path / "leads.csv", workspace=workspace, campaign="Winter", new_campaign=True)
    assert result.ledger["reason"].to_list() == [HELD] * 4
    assert result.ledger["conflict_status"].to_list() == ["scheduled"] * 4


def test_the_next_run_knows_the_campaign_and_counts_its_members(workspace, out):
    workspace.imported(out)
    assert workspace.campaigns.select("name", "leads").rows() == [("Autumn", 2), ("Autumn #2", 2), ("Nordics", 1)]
    result = ls.run(
        out.parent / "leads.csv", workspace=workspace, campaign="Autumn", dedup="campaign", import_mode="create-only"
    )
    assert result.ledger["reason"].to_list() == ["in_campaign"] * 4
    assert result.sieved.target.members["Autumn"] == 2


def test_an_import_is_a_snapshot_of_its_own_as_of_the_newest_load(workspace, out, tmp_path):
    workspace.imported(out)
    assert workspace.snapshots.select("kind", "taken_at").rows() == [
        ("load", OLD.replace(tzinfo=None)),
        ("import", OLD.replace(tzinfo=None)),
    ]
    assert decided(workspace, tmp_path, snapshot=1) == [NEW] * 4
    result = ls.run(tmp_path / "leads.csv", workspace=workspace, campaign="Autumn")
    assert result.summary["snapshot"] == {"id": 2, "taken_at": "2026-01-05T00:00:00Z"}


def test_the_lead_carries_what_the_batch_carries(workspace, out):
    workspace.imported(out)
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        lead = con.execute(
            "select email, linkedin_url, status, source, fields, imported from memberships where imported order by membership limit 1"
        ).fetchall()[0]
        keys = con.execute(
            "select count(*) from membership_identifiers join memberships using (membership) where imported"
        ).fetchall()
    assert lead[:4] == ("lead1@acme-tools.com", "https://www.linkedin.com/in/lead-1", "scheduled", "leads")
    assert json.loads(lead[4]) == {"firstName": "Lea1", "colour": "red"}
    assert keys == [(8,)]


def test_columns_that_the_batches_left_out_are_left_out(workspace, tmp_path):
    result = ls.run(
        write(tmp_path / "wide.csv", "email,colour,size", "wide@acme-tools.com,red,9"),
        workspace=workspace,
        campaign="Wide",
        new_campaign=True,
        columns=("size",),
        validate="off",
    )
    workspace.imported(result.write(tmp_path / "wide"))
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        assert con.execute("select fields from memberships where imported").fetchall() == [('{"size":"9"}',)]


def test_one_batch_can_be_told_of_and_then_the_rest(workspace, out, tmp_path):
    workspace.imported(out, batches=[2])
    assert decided(workspace, tmp_path) == [NEW, NEW, HELD, HELD]
    told = workspace.imported(out)
    assert (told.batches, told.already, told.leads) == ((1,), (2,), 2)
    assert decided(workspace, tmp_path) == [HELD] * 4


def test_the_same_batch_told_of_twice_is_not_doubled(workspace, out):
    workspace.imported(out)
    before = workspace.snapshots
    told = workspace.imported(out)
    assert (told.snapshot, told.batches, told.already) == (None, (), (1, 2))
    assert workspace.snapshots.equals(before)


def test_a_batch_that_the_run_does_not_have_is_refused(workspace, out):
    with pytest.raises(ls.UsageError, match="has no batch 3: it has 1 to 2"):
        workspace.imported(out, batches=[3])


def test_a_run_without_batches_is_refused(workspace, tmp_path):
    file = write(tmp_path / "known.csv", "email", "broken@@acme")
    folder = ls.run(file, workspace=workspace, campaign="Nordics", validate="off").write(tmp_path / "none")
    with pytest.raises(ls.UsageError, match="it created no lead"):
        workspace.imported(folder)


# ------------------------------------------------------------------------------------------------------------- loads


def test_a_later_load_that_brings_the_campaign_takes_its_place(workspace, out, tmp_path):
    workspace.imported(out)
    workspace.load(export(tmp_path, "lea_1,lead1@acme-tools.com,Lea1,done"))
    assert decided(workspace, tmp_path) == ["re_engage", NEW, HELD, HELD]
    assert workspace.campaigns.filter(name="Autumn")["leads"].to_list() == [1]


def test_a_later_load_of_other_campaigns_leaves_them(workspace, out, tmp_path):
    workspace.imported(out)
    workspace.load(tmp_path / "Nordics.csv")
    assert decided(workspace, tmp_path) == [HELD] * 4


def test_a_complete_load_takes_its_place_too(workspace, out, tmp_path):
    workspace.imported(out)
    workspace.load(tmp_path / "Nordics.csv", complete=True)
    assert workspace.campaigns["name"].to_list() == ["Nordics"]


@pytest.mark.parametrize("complete", [False, True], ids=["its campaign", "complete, without its campaign"])
def test_an_export_from_before_the_import_cannot_show_it(workspace, out, tmp_path, complete):
    workspace.imported(out)
    file = export(tmp_path, campaign="Other" if complete else "Autumn")
    workspace.load(file, taken_at=OLD + timedelta(hours=1), complete=complete)
    assert decided(workspace, tmp_path) == [HELD] * 4
    assert "Autumn" in workspace.campaigns["name"].to_list()


def test_an_export_that_shows_half_of_the_import_is_from_after_it_whatever_its_time(workspace, out, tmp_path):
    workspace.imported(out, batches=[1])
    workspace.load(export(tmp_path, "lea_1,lead1@acme-tools.com,Lea1,done"), taken_at=OLD + timedelta(hours=1))
    assert decided(workspace, tmp_path)[:2] == ["re_engage", NEW]


def test_an_imported_lead_that_an_export_shows_is_not_counted_twice(workspace, tmp_path):
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    result = ls.run(tmp_path / "leads.csv", workspace=workspace, campaign="Autumn", new_campaign=True, validate="off")
    workspace.imported(result.write(tmp_path / "out"))
    workspace.load(export(tmp_path, "lea_1,lead1@acme-tools.com,Lea1,done"), taken_at=OLD + timedelta(hours=1))
    assert workspace.campaigns.filter(name="Autumn")["leads"].to_list() == [4]
    assert decided(workspace, tmp_path) == ["re_engage", HELD, HELD, HELD]


def test_a_load_that_shows_none_of_the_imported_leads_says_which_it_ended(workspace, out, tmp_path):
    workspace.imported(out)
    told = workspace.load(export(tmp_path), export(tmp_path, campaign="Autumn #2"))
    assert [(missed.campaign, missed.leads) for missed in told.unshown] == [("Autumn", 2), ("Autumn #2", 2)]
    assert decided(workspace, tmp_path) == [NEW] * 4


def test_what_was_ended_by_exports_from_before_the_import_comes_back(workspace, out, tmp_path):
    workspace.imported(out)
    file = export(tmp_path)
    workspace.drop(workspace.load(file).snapshot)
    assert workspace.load(file, taken_at=OLD + timedelta(hours=1)).unshown == ()
    assert decided(workspace, tmp_path) == [HELD] * 4


def test_a_complete_load_without_the_campaign_says_so_too(workspace, out, tmp_path):
    workspace.imported(out, batches=[1])
    told = workspace.load(export(tmp_path, campaign="Other"), complete=True)
    assert [(missed.campaign, missed.leads) for missed in told.unshown] == [("Autumn", 2)]


def test_a_load_that_shows_half_of_the_imported_leads_is_as_it_should_be(workspace, out, tmp_path):
    workspace.imported(out)
    assert workspace.load(export(tmp_path, "lea_1,lead1@acme-tools.com,Lea1,done")).unshown == ()
    assert workspace.load(export(tmp_path, "lea_1,lead1@acme-tools.com,Lea1,running")).unshown == ()


def test_a_load_that_shows_few_of_the_imported_leads_tells_the_others(workspace, tmp_path):
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    result = ls.run(tmp_path / "leads.csv", workspace=workspace, campaign="Autumn", new_campaign=True, validate="off")
    workspace.imported(result.write(tmp_path / "out"))
    told = workspace.load(export(tmp_path, "lea_1,lead1@acme-tools.com,Lea1,done"))
    assert [(missed.campaign, missed.leads) for missed in told.unshown] == [("Autumn", 3)]


def test_a_load_of_other_campaigns_has_nothing_to_show(workspace, out, tmp_path):
    workspace.imported(out)
    assert workspace.load(export(tmp_path, campaign="Other")).unshown == ()


def test_an_imported_lead_that_an_export_shows_has_changed(workspace, out, tmp_path):
    workspace.imported(out, batches=[1])
    shown = [f"lea_{n},lead{n}@acme-tools.com,https://www.linkedin.com/in/lead-{n},running" for n in (1, 5)]
    told = workspace.load(write(tmp_path / "Autumn.csv", "_id,email,linkedinUrl,status", *shown))
    assert (told.came, told.left, told.changed) == (1, 1, 1)


def test_nobody_counts_as_deleted_because_an_export_does_not_show_an_imported_lead(workspace, out, tmp_path):
    workspace.imported(out)
    workspace.load(export(tmp_path))
    assert workspace.deleted.height == 0


# -------------------------------------------------------------------------------------------------------------- undo


def test_undo_takes_an_import_back_as_a_snapshot_of_its_own(workspace, out, tmp_path):
    workspace.imported(out)
    told = workspace.imported(out, undo=True)
    assert (told.batches, told.leads) == ((1, 2), 4)
    assert decided(workspace, tmp_path) == [NEW] * 4
    assert decided(workspace, tmp_path, snapshot=2) == [HELD] * 4
    assert workspace.snapshots["kind"].to_list() == ["load", "import", "undo"]
    assert workspace.campaigns["name"].to_list() == ["Nordics"]


def test_undo_of_one_batch_leaves_the_other(workspace, out, tmp_path):
    workspace.imported(out)
    workspace.imported(out, batches=[1], undo=True)
    assert decided(workspace, tmp_path) == [NEW, NEW, HELD, HELD]


def test_an_import_that_was_taken_back_can_be_told_of_again(workspace, out, tmp_path):
    workspace.imported(out)
    workspace.imported(out, undo=True)
    assert workspace.imported(out).batches == (1, 2)
    assert decided(workspace, tmp_path) == [HELD] * 4


def test_undo_of_what_was_never_told_of_changes_nothing(workspace, out):
    told = workspace.imported(out, undo=True)
    assert (told.snapshot, told.never) == (None, (1, 2))
    assert workspace.snapshots.height == 1


def test_what_was_taken_back_is_told_apart_from_what_was_never_told_of(workspace, out):
    workspace.imported(out, batches=[1])
    workspace.imported(out, batches=[1], undo=True)
    told = workspace.imported(out, undo=True)
    assert (told.snapshot, told.batches, told.undone, told.never) == (None, (), (1,), (2,))
    workspace.imported(out, batches=[1])
    told = workspace.imported(out, undo=True)
    assert (told.batches, told.undone, told.never) == ((1,), (), (2,))


def test_undo_after_a_load_of_the_campaign_changes_nothing(workspace, out, tmp_path):
    workspace.imported(out)
    workspace.load(export(tmp_path, "lea_1,lead1@acme-tools.com,Lea1,running"), export(tmp_path, campaign="Autumn #2"))
    told = workspace.imported(out, undo=True)
    assert (told.snapshot, told.overtaken) == (None, (1, 2))
    assert decided(workspace, tmp_path) == [HELD, NEW, NEW, NEW]


def test_an_import_that_a_workspace_of_schema_2_was_told_of_can_be_taken_back(workspace, out, tmp_path):
    """Schema 2 told its leads by a digest in `memberships`, which was a table."""
    workspace.imported(out)
    with duckdb.connect(str(workspace.path)) as con:
        for view in ("memberships", "membership_identifiers"):
            con.execute(f"create table was as from {view}; drop view {view}; alter table was rename to {view}")
        con.execute("drop table stored_memberships; drop table membership_states; drop table further_identifiers")
        con.execute("alter table memberships add column digest uhugeint")
        con.execute("alter table memberships add column nth integer")
        con.execute("update memberships m set digest = l.seal from imported_leads l where l.membership = m.membership")
        con.execute("drop table imported_leads")
        con.execute("update facts_of_file set value = '2' where name = 'schema_version'")
    assert workspace.imported(out, batches=[1], undo=True).leads == 2
    assert decided(workspace, tmp_path) == [NEW, NEW, HELD, HELD]


# --------------------------------------------------------------------------------------------- which folder, which file


def test_a_run_without_a_workspace_can_be_told_of(workspace, tmp_path):
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    folder = ls.run(tmp_path / "leads.csv", workspace=None, campaign="Autumn", validate="off").write(tmp_path / "alone")
    assert workspace.imported(folder).leads == 4


def test_a_workspace_that_only_has_opt_outs_learns_of_the_import(tmp_path):
    workspace = ls.Workspace(tmp_path / "other.duckdb")
    workspace.suppress(write(tmp_path / "no.csv", "value", "no@beta-works.com"))
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    folder = ls.run(tmp_path / "leads.csv", workspace=None, campaign="Autumn", validate="off").write(tmp_path / "alone")
    workspace.imported(folder)
    assert decided(workspace, tmp_path) == [HELD] * 4


def test_no_workspace_is_made(out):
    with pytest.raises(ls.WorkspaceError, match="no workspace at"):
        ls.Workspace(out.parent / "absent.duckdb").imported(out)


def test_a_folder_that_no_run_made_is_refused(workspace, tmp_path):
    write(tmp_path / "manifest.json", '{"name": "an app", "files": []}')
    with pytest.raises(ls.InputError, match="no folder that a run published"):
        workspace.imported(tmp_path)


def test_batches_that_nobody_checked_are_refused(workspace, out):
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    write(
        out / "manifest.json",
        json.dumps({name: manifest[name] for name in manifest if name != "validated"} | {"checked": False}),
    )
    with pytest.raises(ls.InputError, match="checks nobody"):
        workspace.imported(out)


def test_what_no_gate_let_pass_is_refused(workspace, out):
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    write(out / "manifest.json", json.dumps(manifest | {"validated": {"mode": "gate", "passed": False}}))
    with pytest.raises(ls.InputError, match="did not pass"):
        workspace.imported(out)


def test_a_changed_ledger_is_refused(workspace, out):
    with (out / "ledger.parquet").open("ab") as file:
        file.write(b" ")
    with pytest.raises(ls.InputError, match="not as the run wrote it"):
        workspace.imported(out)


@pytest.mark.parametrize("how", ["edited", "removed"])
def test_a_changed_batch_file_is_told_and_its_leads_count_all_the_same(workspace, out, tmp_path, how):
    file = out / "batches" / "autumn-001.csv"
    file.write_text("email\n", "utf-8") if how == "edited" else file.unlink()
    told = workspace.imported(out)
    assert told.changed == ("batches/autumn-001.csv",)
    assert decided(workspace, tmp_path) == [HELD] * 4
