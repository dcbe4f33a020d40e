"""What came, went and changed between two snapshots."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

import leadsieve as ls
from leadsieve.cli.app import app
from workspace.stored import put_membership

HEADER = "email,firstName,linkedinUrl,status,_id"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    return path


def day(number: int) -> datetime:
    return datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=number)


@pytest.fixture
def workspace(tmp_path: Path) -> ls.Workspace:
    """Spring changes its leads, Autumn goes, Winter comes."""
    workspace = ls.Workspace(tmp_path / "workspace.duckdb")
    spring, autumn, winter = (tmp_path / f"{name}.csv" for name in ("Spring", "Autumn", "Winter"))
    write(
        spring,
        "ann@acme-tools.com,Ann,,running,lea_1",
        "bob@acme-tools.com,Bob,,running,lea_2",
        "cyd@acme-tools.com,Cyd,,done,lea_3",
        "dan@acme-tools.com,Dan,,running,",
        "eve@acme-tools.com,Eve,,running,lea_5",
    )
    workspace.load(spring, write(autumn, "kim@acme-tools.com,Kim,,done,lea_9"), taken_at=day(0))
    write(
        spring,
        "ann@acme-tools.com,Ann,,interested,lea_1",
        "cyd@acme-tools.com,Cydney,,done,lea_3",
        "dan@acme-tools.com,Dan,,done,",
        "eve@acme-tools.com,Eve,,running,lea_5",
        "zoe@acme-tools.com,Zoe,,running,lea_6",
    )
    workspace.load(spring, write(winter), taken_at=day(1), complete=True)
    return workspace


def rows(changes: pl.DataFrame) -> list[tuple[str | None, ...]]:
    return sorted(changes.select("campaign", "lead_id", "what", "status_before", "status_after").rows(), key=str)


def test_every_change_of_campaigns_and_leads_is_told_once(workspace):
    assert rows(workspace.diff()) == sorted(
        [
            ("Autumn", None, "campaign_went", None, None),
            ("Winter", None, "campaign_came", None, None),
            ("Autumn", "lea_9", "went", "done", None),
            ("Spring", "lea_1", "status_changed", "running", "interested"),
            ("Spring", "lea_2", "went", "running", None),
            ("Spring", "lea_3", "fields_changed", "done", "done"),
            ("Spring", None, "status_changed", "running", "done"),
            ("Spring", "lea_6", "came", None, "running"),
        ],
        key=str,
    )


def test_a_load_counts_the_leads_that_diff_tells(tmp_path):
    workspace, spring = ls.Workspace(tmp_path / "w.duckdb"), tmp_path / "Spring.csv"
    before = [f"lead{n}@acme-tools.com,Lea,,running,{f'lea_{n}' if n < 6 else ''}" for n in range(9)]
    workspace.load(write(spring, *before, *before[:1]), taken_at=day(0))
    after = [line.replace("running", "done") for line in (*before[:3], *before[6:8])]
    grown = [f"new{n}@acme-tools.com,New,,running,lea_9{n}" for n in range(2)]
    told = workspace.load(write(spring, *after, *before[3:5], *grown), taken_at=day(1))
    counted = dict(workspace.diff().group_by("what").len().iter_rows())
    assert (told.came, told.left, told.changed) == (2, 3, 5)
    assert counted == {"came": 2, "went": 3, "status_changed": 5}
    assert told.memberships - len(before) - 1 == told.came - told.left


def test_the_other_way_round_it_is_the_other_way_round(workspace):
    assert ("Spring", "lea_6", "went", "running", None) in rows(workspace.diff(2, 1))


def test_a_snapshot_and_itself_do_not_differ(workspace):
    assert workspace.diff(2, 2).height == 0


def test_an_archived_campaign_has_changed(workspace, tmp_path):
    (tmp_path / "c.csv").write_text("name,owner,status\nSpring,Lena,archived\n")
    workspace.load(tmp_path / "Spring.csv", campaigns=tmp_path / "c.csv", taken_at=day(2))
    assert rows(workspace.diff()) == [("Spring", None, "campaign_changed", None, "archived")]


def test_a_lead_that_an_import_told_of_is_the_lead_that_the_export_then_shows(workspace, tmp_path):
    with duckdb.connect(str(workspace.path)) as con:
        con.execute(
            "insert into snapshots select nextval('snapshot_numbers'), taken_at, loaded_at, false, '', 'import' from snapshots where id = 2"
        )
        ((campaign,),) = con.execute(
            "select campaign from campaigns where name = 'Spring' and until_snapshot is null"
        ).fetchall()
        put_membership(
            con,
            membership=99,
            campaign=campaign,
            from_snapshot=3,
            email_key="ida@acme-tools.com",
            status="scheduled",
        )
    lines = (tmp_path / "Spring.csv").read_text().splitlines()[1:]
    write(tmp_path / "Spring.csv", *lines, "ida@acme-tools.com,Ida,,running,lea_7")
    workspace.load(tmp_path / "Spring.csv", taken_at=datetime.now(UTC) + timedelta(days=1))
    assert rows(workspace.diff(3)) == [("Spring", "lea_7", "status_changed", "scheduled", "running")]


def test_the_last_two_loads_are_compared_whatever_imports_came_between(workspace):
    with duckdb.connect(str(workspace.path)) as con:
        con.execute(
            "insert into snapshots select nextval('snapshot_numbers'), taken_at, loaded_at, false, '', 'import' from snapshots where id = 2"
        )
    assert rows(workspace.diff()) == rows(workspace.diff(1, 2))


def test_after_a_drop_between_them_it_is_the_same(workspace, tmp_path):
    (tmp_path / "Spring.csv").write_text(HEADER + "\n")
    workspace.load(tmp_path / "Spring.csv", taken_at=day(2))
    before = rows(workspace.diff(1, 3))
    workspace.drop(2)
    assert rows(workspace.diff(1, 3)) == before


@pytest.mark.parametrize("wanted", [(7,), (1, 7)], ids=["the first", "the second"])
def test_a_snapshot_that_there_is_not_is_refused(workspace, wanted):
    with pytest.raises(ls.WorkspaceError, match="no snapshot 7"):
        workspace.diff(*wanted)


def test_one_load_alone_cannot_be_compared(workspace):
    workspace.drop(1)
    with pytest.raises(ls.WorkspaceError, match="no two loads"):
        workspace.diff()


def test_the_command_counts_and_writes_every_lead(workspace, tmp_path):
    out = tmp_path / "diff.csv"
    told = CliRunner().invoke(
        app, ["snapshot", "diff", "1", "2", "--workspace", str(workspace.path), "--out", str(out)]
    )
    assert told.stdout.splitlines() == [
        "campaign        status before  status after  id",
        "Autumn    gone",
        "Winter    new",
        "",
        "campaign  came  went  other status  other fields",
        "Autumn       0     1             0             0",
        "Spring       1     1             2             1",
        f"2 campaigns and 6 leads came, went or changed; written to {out}.",
    ]
    assert pl.read_csv(out).columns == ["campaign", "campaign_id", "_id", "what", "status_before", "status_after"]
    assert "acme-tools" not in out.read_text()
