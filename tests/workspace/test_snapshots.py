"""Loading campaign exports: what a snapshot holds, what a later load changes, what a broken one leaves alone."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

import leadsieve as ls
from leadsieve.workspace import store
from leadsieve.workspace.store import SCHEMA_VERSION
from workspace.stored import spoil_keys

HEADER = "emailStatus,email,firstName,linkedinUrl,source,lastState,status,_id"
JANUARY, FEBRUARY = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 2, 5, tzinfo=UTC)


def write(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def lead(email: str, status: str = "running", number: int = 1, linkedin: str = "") -> str:
    return f"deliverable,{email},Ann,{linkedin},Fair,emailsSent,{status},lea_{number:017}"


@pytest.fixture
def workspace(tmp_path: Path) -> ls.Workspace:
    return ls.Workspace(tmp_path / "workspace.duckdb")


@pytest.fixture
def spring(tmp_path: Path) -> Path:
    return write(tmp_path / "Spring.csv", lead("ann@acme-tools.com"), lead("bob@acme-tools.com", "done", 2))


def decided(workspace: ls.Workspace, tmp_path: Path, email: str, **options: object) -> dict[str, object]:
    write(tmp_path / "list.csv", email, header="email")
    options = {"campaign": "Other", "new_campaign": True, **options}
    return ls.run(tmp_path / "list.csv", workspace=workspace, **options).ledger.row(0, named=True)


def test_a_file_is_the_campaign_that_its_stem_names(workspace, spring):
    loaded = workspace.load(spring)
    assert (loaded.campaigns, loaded.memberships, loaded.no_identifier) == (1, 2, 0)
    assert workspace.campaigns.select("name", "leads").rows() == [("Spring", 2)]


def test_a_load_names_the_campaigns_that_the_workspace_did_not_have(workspace, spring, tmp_path):
    assert workspace.load(spring, taken_at=JANUARY).new_campaigns == ("Spring",)
    new = [write(tmp_path / f"{name}.csv", lead(f"{name}@acme-tools.com", number=9)) for name in ("z", "a")]
    assert workspace.load(spring, *new, taken_at=FEBRUARY).new_campaigns == ("a", "z")
    assert workspace.load(spring, taken_at=FEBRUARY).new_campaigns == ()


def test_a_campaign_that_comes_back_is_new_again_and_a_renamed_one_is_not(workspace, spring, tmp_path):
    other = write(tmp_path / "Other.csv", lead("eve@acme-tools.com", number=3))
    workspace.load(spring, other, taken_at=JANUARY)
    workspace.load(other, complete=True, taken_at=JANUARY)
    assert workspace.load(spring, taken_at=FEBRUARY).new_campaigns == ("Spring",)
    told = write(tmp_path / "c.csv", "cam_1,Spring", header="id,name")
    workspace.load(spring, campaigns=told, taken_at=FEBRUARY)
    renamed = write(tmp_path / "c.csv", "cam_1,Summer", header="id,name")
    assert (
        workspace.load(spring.rename(tmp_path / "cam_1.csv"), campaigns=renamed, taken_at=FEBRUARY).new_campaigns == ()
    )


@pytest.mark.parametrize(
    ("header", "row", "is_list"),
    [
        ("email,firstName", "ann@acme-tools.com,Ann", True),
        ("Email,Record ID,Lead Status", "ann@acme-tools.com,1,New", True),
        ("email,campaign", "ann@acme-tools.com,Spring", True),
        ("_id,email", "lea_1,ann@acme-tools.com", False),
        ("email,status", "ann@acme-tools.com,", False),
        ("email,lastState", "ann@acme-tools.com,emailsSent", False),
        ("email,is paused", "ann@acme-tools.com,no", False),
    ],
)
def test_a_file_without_ids_and_states_looks_like_a_list(workspace, tmp_path, header, row, is_list):
    file = write(tmp_path / "Spring.csv", row, header=header)
    assert workspace.load(file).like_lists == ((str(file),) if is_list else ())


def test_a_dot_in_a_campaigns_name_is_part_of_it(workspace, tmp_path):
    workspace.load(write(tmp_path / "Version 2.1.csv", lead("ann@acme-tools.com")))
    assert workspace.campaigns["name"].to_list() == ["Version 2.1"]


def test_one_file_with_a_campaign_column_brings_several_campaigns(workspace, tmp_path):
    file = write(
        tmp_path / "all.csv", "ann@acme-tools.com,done,A", "bob@acme-tools.com,done,B", header="email,status,campaign"
    )
    workspace.load(file)
    assert workspace.campaigns["name"].to_list() == ["A", "B"]


def test_campaign_option_names_a_file_that_is_called_otherwise(workspace, spring):
    workspace.load(spring, campaign="A/B test")
    assert workspace.campaigns["name"].to_list() == ["A/B test"]


def test_campaign_option_with_two_files_is_refused(workspace, spring, tmp_path):
    other = write(tmp_path / "Other.csv", lead("eve@acme-tools.com"))
    with pytest.raises(ls.UsageError, match="names one campaign, but several exports"):
        workspace.load(spring, other, campaign="X")
    assert not workspace.path.exists()


def test_campaigns_file_gives_id_owner_and_archived(workspace, spring, tmp_path):
    told = write(tmp_path / "c.csv", "cam_1,Spring,Lena,archived,", header="id,name,owner,status,archived")
    workspace.load(spring, campaigns=told)
    row = workspace.campaigns.row(0, named=True)
    assert (row["id"], row["owner"], row["archived"]) == ("cam_1", "Lena", True)


def test_an_export_named_by_the_campaigns_id_is_that_campaign(workspace, tmp_path):
    told = write(tmp_path / "c.csv", "cam_1,Spring,Lena,running,false", header="id,name,owner,status,archived")
    workspace.load(write(tmp_path / "cam_1.csv", lead("ann@acme-tools.com")), campaigns=told)
    assert workspace.campaigns.select("id", "name").rows() == [("cam_1", "Spring")]


def test_two_campaigns_of_one_name_must_be_told_apart_by_id(workspace, spring, tmp_path):
    told = write(tmp_path / "c.csv", "cam_1,Spring,,,", "cam_2,Spring,,,", header="id,name,owner,status,archived")
    with pytest.raises(ls.InputError, match="2 campaigns called Spring"):
        workspace.load(spring, campaigns=told)


def test_a_campaigns_id_wins_over_another_campaign_that_is_called_alike(workspace, spring, tmp_path):
    """The campaign cam_2 was renamed to what a campaign without id is called."""
    autumn = write(tmp_path / "Autumn.csv", lead("eve@acme-tools.com", number=3))
    told = write(tmp_path / "c.csv", "cam_2,Autumn,Lena", header="id,name,owner")
    workspace.load(spring, autumn, campaigns=told, taken_at=JANUARY)
    write(told, "cam_2,Spring,Omar", header="id,name,owner")
    workspace.load(write(tmp_path / "Other.csv", lead("bob@acme-tools.com", number=9)), campaigns=told)
    rows = workspace.campaigns.select("id", "name", "owner", "leads").sort("leads", "name").rows()
    assert rows == [(None, "Other", None, 1), ("cam_2", "Spring", "Omar", 1), (None, "Spring", None, 2)]


def test_an_id_that_no_campaign_has_yet_goes_to_the_one_of_that_name(workspace, spring, tmp_path):
    workspace.load(spring, taken_at=JANUARY)
    told = write(tmp_path / "c.csv", "cam_1,Spring,Lena", header="id,name,owner")
    workspace.load(write(tmp_path / "Other.csv", lead("eve@acme-tools.com", number=3)), campaigns=told)
    assert workspace.campaigns.select("id", "name", "owner").rows() == [
        (None, "Other", None),
        ("cam_1", "Spring", "Lena"),
    ]


@pytest.mark.parametrize("rows", [1, 2, 7], ids=["one lead at a time", "long files", "files together"])
def test_a_load_is_the_same_whatever_parts_it_arrives_in(workspace, tmp_path, monkeypatch, rows):
    """Of whose leads some are known, with several keys or none, some alike."""
    emails = ["ann@acme-tools.com", "ann@acme-tools.com; ann@gmail.com", "n/a", "info@acme-tools.com"]

    def export(name: str, status: str, alike: int) -> Path:
        leads = [lead(email, status, 10 * ord(name) + place) for place, email in enumerate(emails)]
        return write(tmp_path / f"{name}.csv", *leads, *[lead(emails[0], "running", 10 * ord(name) + 9)] * alike)

    other = ls.Workspace(tmp_path / "other.duckdb")
    for names, status, alike, moment in (("AB", "running", 2, JANUARY), ("BC", "done", 3, FEBRUARY)):
        files = [export(name, status, alike) for name in names]
        loaded = workspace.load(*files, taken_at=moment)
        with monkeypatch.context() as small:
            for module in ("spool", "workspace.staging"):
                small.setattr(f"leadsieve.{module}.PART_ROWS", rows)
            assert other.load(*files, taken_at=moment) == loaded
    assert stored(other) == stored(workspace)
    assert (loaded.memberships, loaded.came, loaded.left, loaded.changed) == (2 * 7, 2 * 7 - 2 - 4, 0, 4)
    memberships, identifiers = stored(workspace)
    # B's two leads that stay running are stored once.
    assert (len(memberships), len(identifiers)) == (2 * 6 + 2 * 7 - 2, 2 * 6 + 2 * 7 - 2)


def stored(workspace: ls.Workspace) -> list[list[tuple[object, ...]]]:
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        return [
            con.execute(f"from {table} order by all").fetchall() for table in ("memberships", "membership_identifiers")
        ]


def test_a_later_load_replaces_its_campaigns_and_leaves_the_others_as_last_seen(workspace, spring, tmp_path):
    autumn = write(tmp_path / "Autumn.csv", lead("eve@acme-tools.com", "running", 3))
    workspace.load(spring, autumn, taken_at=JANUARY)
    write(spring, lead("ann@acme-tools.com", "done"))
    workspace.load(spring, taken_at=FEBRUARY)
    rows = workspace.campaigns.select("name", "leads", pl.col("as_of").dt.month()).rows()
    assert rows == [("Autumn", 1, 1), ("Spring", 1, 2)]
    assert decided(workspace, tmp_path, "bob@acme-tools.com")["reason"] == "new"
    assert decided(workspace, tmp_path, "ann@acme-tools.com")["reason"] == "re_engage"


def test_complete_says_that_there_are_no_other_campaigns(workspace, spring, tmp_path):
    workspace.load(write(tmp_path / "Autumn.csv", lead("eve@acme-tools.com")), taken_at=JANUARY)
    workspace.load(spring, taken_at=FEBRUARY, complete=True)
    assert workspace.campaigns["name"].to_list() == ["Spring"]
    assert decided(workspace, tmp_path, "eve@acme-tools.com")["in_workspace"] is False


def test_an_older_snapshot_still_decides_as_of_then(workspace, spring, tmp_path):
    workspace.load(spring, taken_at=JANUARY)
    write(spring, lead("ann@acme-tools.com", "done"))
    workspace.load(spring, taken_at=FEBRUARY)
    assert decided(workspace, tmp_path, "ann@acme-tools.com", snapshot=1)["outcome"] == "in_progress"
    assert decided(workspace, tmp_path, "ann@acme-tools.com", snapshot=2)["outcome"] == "create"
    with pytest.raises(ls.WorkspaceError, match="no snapshot 3; it has 1 to 2"):
        decided(workspace, tmp_path, "ann@acme-tools.com", snapshot=3)


def test_loading_the_same_again_stores_no_membership_twice(workspace, spring):
    workspace.load(spring)
    assert (workspace.load(spring).came, workspace.load(spring).left) == (0, 0)
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        assert con.execute("select count(*) from memberships").fetchall() == [(2,)]


def test_two_leads_of_equal_content_stay_two(workspace, tmp_path):
    same = lead("ann@acme-tools.com")
    workspace.load(write(tmp_path / "Twice.csv", same, same))
    workspace.load(write(tmp_path / "Twice.csv", same, same))
    assert workspace.campaigns["leads"].to_list() == [2]


def test_a_header_only_export_is_an_empty_campaign(workspace, spring, tmp_path):
    workspace.load(spring, taken_at=JANUARY)
    workspace.load(write(spring), taken_at=FEBRUARY)
    assert workspace.campaigns.select("name", "leads").rows() == [("Spring", 0)]
    assert decided(workspace, tmp_path, "ann@acme-tools.com", campaign="Spring", new_campaign=False)["reason"] == "new"


def test_every_address_of_a_cell_with_several_identifies_the_membership(workspace, tmp_path):
    workspace.load(write(tmp_path / "Spring.csv", lead("ann@acme-tools.com; ann@gmail.com")))
    assert decided(workspace, tmp_path, "ann@gmail.com")["outcome"] == "in_progress"


def test_a_membership_without_identifier_is_counted_and_told_in_every_summary(workspace, tmp_path):
    assert (
        workspace.load(write(tmp_path / "Spring.csv", lead("n/a"), lead("ann@acme-tools.com", "done", 2))).no_identifier
        == 1
    )
    write(tmp_path / "list.csv", "eve@acme-tools.com", header="email")
    result = ls.run(tmp_path / "list.csv", workspace=workspace, campaign="Spring")
    assert {note["code"]: note["rows"] for note in result.summary["advice"]}["no_identifier"] == 1


def test_the_phones_apostrophe_guard_is_no_part_of_the_phone(workspace, tmp_path):
    workspace.load(
        write(
            tmp_path / "Spring.csv", "ann@acme-tools.com,'+33199001234,running,lea_1", header="email,phone,status,_id"
        )
    )
    write(tmp_path / "list.csv", "ann@acme-tools.com,+33199001234", header="email,phone")
    result = ls.run(
        tmp_path / "list.csv", workspace=workspace, campaign="Spring", import_mode="create-and-update", overwrite=True
    )
    assert '"+33199001234"' in result.sieved.targets["fields"][0]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join([HEADER, *[lead("ann@acme-tools.com")] * 9, lead("eve@acme-tools.com") + ",and,more"]) + "\n",
        "firstName,status\nAnn,running\n",
        "",
    ],
    ids=["a record with too many cells", "no identifier column", "empty file"],
)
def test_a_broken_export_leaves_the_workspace_as_it_was(workspace, spring, tmp_path, content):
    workspace.load(spring)
    before = workspace.path.read_bytes()
    (tmp_path / "Broken.csv").write_text(content)
    with pytest.raises(ls.InputError):
        workspace.load(spring, tmp_path / "Broken.csv")
    assert workspace.path.read_bytes() == before


def test_a_failure_in_the_middle_of_the_load_leaves_the_workspace_as_it_was(workspace, spring, monkeypatch):
    workspace.load(spring)
    before = workspace.campaigns, workspace.snapshots
    write(spring, lead("new@acme-tools.com"))
    monkeypatch.setattr("leadsieve.workspace.snapshots.Loaded", None)
    with pytest.raises(TypeError):
        workspace.load(spring)
    assert workspace.snapshots.equals(before[1])
    assert workspace.campaigns.equals(before[0])


def test_a_first_load_that_fails_makes_no_workspace(workspace, tmp_path):
    with pytest.raises(ls.InputError):
        workspace.load(tmp_path / "absent.csv")
    assert not workspace.path.exists()


def test_exports_older_than_the_newest_snapshot_are_refused(workspace, spring):
    workspace.load(spring, taken_at=FEBRUARY)
    with pytest.raises(ls.WorkspaceError, match="older"):
        workspace.load(spring, taken_at=JANUARY)


def test_a_custom_variable_that_is_called_alike_is_not_taken_for_lemlists_column(workspace, tmp_path):
    row = "ann@acme-tools.com,Customer,CRM-7,done,lea_1"
    workspace.load(write(tmp_path / "Spring.csv", row, header="email,Status,ID,status,_id"))
    assert decided(workspace, tmp_path, "ann@acme-tools.com")["conflict_status"] == "done"


def test_the_workspace_is_readable_by_its_owner_only(workspace, spring):
    workspace.load(spring)
    assert workspace.path.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_database_is_refused_and_kept(workspace, spring):
    workspace.path.write_text("not a database, but somebody's notes, long enough to have a header page" * 100)
    before = workspace.path.read_bytes()
    with pytest.raises(ls.WorkspaceError, match="cannot be opened as a workspace"):
        workspace.load(spring)
    assert workspace.path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("email\nann@acme-tools.com\n", "is no DuckDB file", id="a CSV file, which DuckDB opens"),
        pytest.param("", "it is empty. Remove it, or name the right file", id="an empty file"),
        pytest.param("\0" * 8 + "DUCK" + "x" * 20_000, "it is broken. Take it from a backup", id="a broken database"),
    ],
)
def test_what_stands_there_instead_of_a_workspace_is_told(workspace, spring, content, said):
    workspace.path.write_text(content)
    with pytest.raises(ls.WorkspaceError, match=said):
        workspace.load(spring)
    assert workspace.path.read_text() == content


def test_a_folder_instead_of_a_workspace_is_told(workspace, spring):
    workspace.path.mkdir()
    with pytest.raises(ls.WorkspaceError, match=r"it is a folder\. Name the file in it"):
        workspace.load(spring)


def test_what_is_no_file_is_no_workspace(workspace):
    os.mkfifo(workspace.path)
    with pytest.raises(ls.WorkspaceError, match="it is no file"):
        store.require(workspace.path)


def test_only_a_job_that_can_do_without_a_workspace_is_told_how(workspace):
    with pytest.raises(ls.WorkspaceError, match=r"--workspace, or make one with `leadsieve snapshot load`\.$"):
        store.require(workspace.path)
    with pytest.raises(ls.WorkspaceError, match=r"or say --no-workspace to check the list only against itself\.$"):
        store.require(workspace.path, needed=False)


def denied(*_arguments, **_options):
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_a_workspace_in_a_folder_that_nobody_may_write_to_is_not_made(workspace, spring, monkeypatch):
    monkeypatch.setattr(Path, "unlink", denied)
    with pytest.raises(
        ls.WorkspaceError, match=r"cannot be written: Operation not permitted\. Change the rights of its folder"
    ):
        workspace.load(spring)


def test_a_workspace_in_a_folder_that_nobody_may_look_into_is_told(workspace, monkeypatch):
    monkeypatch.setattr(Path, "exists", denied)
    with pytest.raises(
        ls.WorkspaceError, match=r"cannot be opened: Operation not permitted\. Change the rights of its f"
    ):
        store.require(workspace.path)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("Operation not permitted", "Change the rights of its folder"),
        ("No space left on device", "Free some space and run again"),
    ],
)
def test_a_commit_that_the_system_refuses_is_no_bug(workspace, spring, monkeypatch, said, advice):
    workspace.load(spring)

    class Refusing:
        def __init__(self, con):
            self.con = con

        def __getattr__(self, name):
            return getattr(self.con, name)

        def execute(self, asked, *values):
            if asked == "commit":
                message = f'TransactionContext Error: Failed to commit: Cannot open file "inner.wal": {said}'
                raise duckdb.TransactionException(message)
            return self.con.execute(asked, *values)

    connect = store.connect
    monkeypatch.setattr(store, "connect", lambda *which, **how: Refusing(connect(*which, **how)))
    with pytest.raises(ls.WorkspaceError) as told, store.writing(workspace.path, lock_timeout=1):
        pass
    assert str(told.value) == f"The workspace {workspace.path} cannot be written: {said}. {advice}" + (
        "; it is as it was." if "space" in said else ", or name another with --workspace; it is as it was."
    )


def test_somebody_elses_database_is_refused(workspace, spring):
    with duckdb.connect(str(workspace.path)) as con:
        con.execute("create table sales as select 1 as amount")
    with pytest.raises(ls.WorkspaceError, match="no leadsieve workspace"):
        workspace.load(spring)


@pytest.mark.parametrize(("name", "told"), [("schema_version", SCHEMA_VERSION + 1), ("key_version", 999)])
def test_a_workspace_of_a_newer_version_is_refused(workspace, spring, name, told):
    workspace.load(spring)
    with duckdb.connect(str(workspace.path)) as con:
        con.execute("update facts_of_file set value = ? where name = ?", [str(told), name])
    with pytest.raises(ls.WorkspaceError, match="newer leadsieve"):
        workspace.load(spring)


def test_sales_navigator_urls_in_both_columns_of_an_export_are_read_by_their_names(tmp_path):
    url = "https://www.linkedin.com/sales/lead/ACwAAAB1CdEBxYzAbCdEfGhIjKlMnOpQrStUvWx,NAME_SEARCH,abcd"
    write(tmp_path / "Sales.csv", f'"{url}","{url}",running,lea_9', header="linkedinUrl,linkedinUrlSalesNav,status,_id")
    workspace = ls.Workspace(tmp_path / "workspace.duckdb")
    loaded = workspace.load(tmp_path / "Sales.csv")
    assert (loaded.memberships, loaded.no_identifier) == (1, 0)


def test_keys_of_older_rules_are_made_anew_when_the_workspace_is_next_used(workspace, spring, tmp_path):
    write(tmp_path / "Sales.csv", "urn:li:member:77,running,lea_9", header="linkedinUrlSalesNav,status,_id")
    workspace.load(spring, tmp_path / "Sales.csv")
    (tmp_path / "stop.csv").write_text("value\nbob@acme-tools.com\n")
    workspace.suppress(tmp_path / "stop.csv")
    with duckdb.connect(str(workspace.path)) as con:
        before = con.execute("select distinct key from membership_identifiers order by key").fetchall()
        spoil_keys(con)
        con.execute("update suppressions set value = upper(value)")
    assert decided(workspace, tmp_path, "ann@acme-tools.com")["outcome"] == "in_progress"
    assert decided(workspace, tmp_path, "bob@acme-tools.com")["reason"] == "do_not_contact"
    with duckdb.connect(str(workspace.path), read_only=True) as con:
        assert con.execute("select distinct key from membership_identifiers order by key").fetchall() == before
    assert workspace.load(spring, tmp_path / "Sales.csv").came == 0


def test_a_workspace_shows_its_campaigns_in_jupyter_and_escapes_their_names(workspace, spring):
    assert workspace._repr_html_().startswith("<h4>No workspace at")
    workspace.load(spring, campaign="<b>Spring</b>")
    shown = workspace._repr_html_()
    assert "&lt;b&gt;Spring&lt;/b&gt;" in shown
    assert ">2</td>" in shown


@pytest.mark.parametrize(
    ("loaded", "step"), [(False, "workspace.load("), (True, "leadsieve.run(")], ids=["absent", "loaded"]
)
def test_a_workspace_in_jupyter_says_what_to_do_next(workspace, spring, loaded, step):
    if loaded:
        workspace.load(spring)
    assert "What to do next" in (shown := workspace._repr_html_())
    assert step in shown
