"""Days in the life of a team, through the command line: the article's two reps, and a job that runs every night."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

import leadsieve as ls
from leadsieve import result

MONDAY = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
HEADER = "_id,email,firstName,status\n"


def write(path, header, lines):
    path.write_text(header + "".join(f"{line}\n" for line in lines), "utf-8")
    return path


def created(folder):
    """The emails that a run's batches hold."""
    files = sorted((folder / "batches").glob("*.csv"))
    return [email for file in files for email in pl.read_csv(file, infer_schema=False)["email"]]


def outcomes(folder):
    told = json.loads((folder / "summary.json").read_text("utf-8"))["outcomes"]
    return {outcome: count for outcome, count in told.items() if count}


@pytest.fixture
def ran(leadsieve, here):
    """Run a command that must do its work; the run's folder or what was printed comes back."""

    def run(*arguments, out=None):
        folder = ("--validate", "off", "--out", out) if out else ()
        ended = leadsieve(*arguments, *folder)
        assert (ended.status, ended.err) == (0, "")
        return here / out if out else ended.out

    return run


def test_two_reps_import_without_overlap_while_old_leads_are_re_engaged(ran, here):
    """The example of lemlist's article on duplicates: 500 leads to one campaign, an hour later 600 to another."""
    old = [f"lea_{n},old{n}@acme-tools.com,Old{n},{'done' if n % 2 else 'running'}" for n in range(100)]
    ran("snapshot", "load", write(here / "Spring.csv", HEADER, old))
    first = [f"lead{n}@acme-tools.com,Lea{n}" for n in range(500)]
    write(here / "rep1.csv", "email,firstName\n", first)
    one = ran("run", "rep1.csv", "--campaign", "Q4 Outreach Campaign", "--new-campaign", out="one")
    assert outcomes(one) == {"create": 500}
    ran("imported", "one")

    # An hour later: 200 of the first rep's leads, the 100 old ones, 300 that nobody knows.
    second = [
        *first[:200],
        *(f"OLD{n}@Acme-Tools.com,Old{n}" for n in range(100)),
        *(f"new{n}@beta-works.com,New{n}" for n in range(300)),
    ]
    write(here / "rep2.csv", "email,firstName\n", second)
    two = ran("run", "rep2.csv", "--campaign", "Re-engagement Campaign", "--new-campaign", out="two")

    assert outcomes(two) == {"create": 350, "in_progress": 250}
    assert set(created(one)).isdisjoint(created(two))
    assert sum(email.startswith("old") for email in created(two)) == 50
    reasons = (
        pl.read_parquet(two / "ledger.parquet")
        .group_by("reason", "conflict_campaign")
        .len()
        .sort("reason", "conflict_campaign")
    )
    assert reasons.rows() == [
        ("active_in_other_campaign", "Q4 Outreach Campaign", 200),
        ("active_in_other_campaign", "Spring", 50),
        ("new", None, 300),
        ("re_engage", "Spring", 50),
    ]


CRM = {
    "Monday": ["ann", "bob", "cyd", "dan", "eve"],
    "Tuesday": ["ann", "bob", "cyd", "dan", "eve", "fay"],
    "Wednesday": ["ann", "bob", "cyd", "dan", "eve", "fay", "gus"],
}
"""The whole list that the CRM exports every night: it grows, and keeps whom lemlist has or had."""

LEMLIST = {
    # Bob is at it elsewhere.
    "Monday": {"Spring": {"bob": "running"}, "Nordics": {}},
    # Monday's import stands in its campaign, Bob's other campaign has ended for him.
    "Tuesday": {
        "Spring": {"bob": "done"},
        "Nordics": {"ann": "running", "cyd": "running", "dan": "running", "eve": "running"},
    },
    # Tuesday's import too; Cyd was deleted, Dan is through.
    "Wednesday": {
        "Spring": {"bob": "done"},
        "Nordics": {"ann": "running", "bob": "running", "dan": "done", "eve": "running", "fay": "running"},
    },
}
"""What lemlist exports before each night's run."""


def test_three_nights_over_a_growing_crm_list_create_only_what_is_new(ran, here):
    # The nights lie in the past, which a run would warn of.
    (here / "leadsieve.toml").write_text("max_age = 0\n", "utf-8")
    made, told = {}, {}
    for days, (night, crm) in enumerate(CRM.items()):
        for campaign, leads in LEMLIST[night].items():
            rows = [f"lea_{campaign}_{name},{name}@acme-tools.com,{name},{status}" for name, status in leads.items()]
            write(here / f"{campaign}.csv", HEADER, rows)
        ran("snapshot", "load", "Spring.csv", "Nordics.csv", "--taken-at", (MONDAY + timedelta(days=days)).isoformat())
        write(here / "crm.csv", "email,firstName\n", [f"{name}@acme-tools.com,{name}" for name in crm])
        folder = ran("run", "crm.csv", "--campaign", "Nordics", "--source", "CRM", out=f"run-{night}")
        made[night] = [email.split("@")[0] for email in created(folder)]
        told[night] = dict(
            pl.read_parquet(folder / "ledger.parquet")
            .select(pl.col("email").str.split("@").list.first(), "reason")
            .rows()
        )
        ran("imported", folder)
        # The same list once more in the same night: nothing is left to create.
        assert "create" not in outcomes(ran("run", "crm.csv", "--campaign", "Nordics", out=f"again-{night}"))

    assert made == {"Monday": ["ann", "cyd", "dan", "eve"], "Tuesday": ["bob", "fay"], "Wednesday": ["cyd", "gus"]}
    assert (told["Monday"]["bob"], told["Tuesday"]["bob"]) == ("active_in_other_campaign", "re_engage")
    assert told["Wednesday"] == {name: "new" if name in {"cyd", "gus"} else "in_campaign" for name in CRM["Wednesday"]}
    back = pl.read_parquet(here / "run-Wednesday" / "ledger.parquet").filter(email="cyd@acme-tools.com")
    assert back["warnings"].to_list() == [["deleted_earlier"]]
    kinds = [line.split()[3] for line in ran("snapshot", "list").splitlines()[1:7]]
    assert kinds == ["load", "import"] * 3


def test_what_was_told_twice_or_taken_back_is_said_in_a_sentence(ran, here):
    ran("snapshot", "load", write(here / "Spring.csv", HEADER, ["lea_1,old@acme-tools.com,Old,done"]))
    write(here / "new.csv", "email\n", ["new@acme-tools.com", "also@acme-tools.com"])
    ran("run", "new.csv", "--campaign", "Autumn", "--new-campaign", "--max-batch", "1", out="out")
    assert (
        ran("imported", "out", "--batch", "1")
        == "Snapshot 2 in workspace.duckdb: 1 lead of batch 1 counts as scheduled in Autumn, until a load brings it.\n"
    )
    assert ran("imported", "out").splitlines() == [
        "Snapshot 3 in workspace.duckdb: 1 lead of batch 2 counts as scheduled in Autumn #2, until a load brings it.",
        "Told of before, not counted twice: batch 1.",
    ]
    ran("snapshot", "load", write(here / "Autumn.csv", HEADER, ["lea_2,new@acme-tools.com,New,running"]))
    assert ran("imported", "out", "--undo").splitlines() == [
        "Snapshot 5: 1 lead of batch 2 no longer counts as imported.",
        "Nothing to take back: the campaign of batch 1 has been loaded since, and its export stands.",
    ]
    assert ran("imported", "out", "--undo", "--batch", "2") == "Nothing to take back: batch 2 was taken back already.\n"


def test_what_was_never_imported_cannot_be_taken_back(ran, here):
    ran("snapshot", "load", write(here / "Spring.csv", HEADER, ["lea_1,old@acme-tools.com,Old,done"]))
    write(here / "new.csv", "email\n", ["new@acme-tools.com"])
    ran("run", "new.csv", "--campaign", "Spring", out="out")
    assert "`leadsieve imported out` was never said of batch 1" in ran("imported", "out", "--undo")


def test_a_load_that_makes_imported_leads_new_again_warns_and_says_what_to_do(leadsieve, ran, here):
    ran("snapshot", "load", write(here / "Spring.csv", HEADER, ["lea_1,old@acme-tools.com,Old,done"]))
    write(here / "new.csv", "email\n", ["new@acme-tools.com", "also@acme-tools.com"])
    ran("run", "new.csv", "--campaign", "Spring", out="out")
    ran("imported", "out")
    write(here / "Spring.csv", HEADER, ["lea_1,old@acme-tools.com,Old,running"])

    ended = leadsieve("snapshot", "load", "Spring.csv")

    assert ended.status == 0
    assert ended.err == (
        "Warning: 2 leads that you said were imported into Spring are in none of these exports, so from now on a run takes them for new again. "
        "If the exports were made before the import, say `leadsieve snapshot drop 3` and load them with --taken-at and the time when they were made, "
        "or load newer ones (docs/time.md).\n"
    )


def test_an_edited_batch_file_is_warned_of(leadsieve, ran, here):
    ran("snapshot", "load", write(here / "Spring.csv", HEADER, ["lea_1,old@acme-tools.com,Old,done"]))
    write(here / "new.csv", "email\n", ["new@acme-tools.com"])
    out = ran("run", "new.csv", "--campaign", "Spring", out="out")
    (out / "batches" / "spring-001.csv").write_text("email\n", "utf-8")
    ended = leadsieve("imported", "out")
    assert (ended.status, ended.err.startswith("Warning: out/batches/spring-001.csv is not as the run wrote it")) == (
        0,
        True,
    )


def test_a_split_folder_is_refused(leadsieve, ran, here):
    ran("snapshot", "load", write(here / "Spring.csv", HEADER, ["lea_1,old@acme-tools.com,Old,done"]))
    write(here / "new.csv", "email\n", ["new@acme-tools.com"])
    leadsieve("split", "new.csv", "--method", "csv", "--out", "parts")
    ended = leadsieve("imported", "parts")
    assert (ended.status, "checks nobody" in ended.err) == (3, True)


def test_a_run_can_be_validated_after_its_import_was_told(ran, here):
    ran("snapshot", "load", write(here / "Spring.csv", HEADER, ["lea_1,old@acme-tools.com,Old,done"]))
    write(here / "new.csv", "email\n", ["new@acme-tools.com"])
    ran("run", "new.csv", "--campaign", "Spring", "--dedup", "workspace", out="out")
    ran("imported", "out")
    assert "checks that can stop a run held" in ran("validate", "out")


def test_a_run_whose_record_cannot_be_written_is_done_and_warned_of(decide, team, monkeypatch):
    def refuse(*_, **__):
        msg = "The workspace is held by process 7 (python). Wait."
        raise ls.WorkspaceError(msg)

    monkeypatch.setattr(result, "record_run", refuse)
    ended = decide("--out", "out")
    assert ended.status == 0
    assert (
        ended.err
        == "Warning: The run is published but not recorded. The workspace is held by process 7 (python). Wait.\n"
    )
    assert (team / "out" / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("option", "runs"), [((), 1), (("--no-record",), 0), (("--dry-run",), 0)], ids=["", "no record", "dry run"]
)
def test_published_runs_are_recorded_unless_told_not_to(decide, team, option, runs):
    decide("--out", "out", *option)
    assert ls.Workspace(team / "workspace.duckdb").runs.height == runs


def test_compare_is_no_run(leadsieve, team):
    leadsieve("compare", "leads.csv", "--campaign", "Q4 Outreach")
    assert ls.Workspace(team / "workspace.duckdb").runs.height == 0


def test_members_that_import_by_different_rules_are_told(decide):
    assert "other rules" not in decide("--out", "one", "--dedup", "workspace").out
    told = decide("--out", "two").out
    assert (
        "1 of the last 1 recorded runs imported by other rules (dedup workspace, create-only: 1) than this one (dedup active, create-only)."
        in told
    )


def test_the_steps_name_a_workspace_that_is_not_the_usual_one(decide, team):
    (team / "workspace.duckdb").rename(team / "ours.duckdb")
    assert (
        "`leadsieve imported out --workspace ours.duckdb`" in decide("--out", "out", "--workspace", "ours.duckdb").out
    )


def test_a_run_without_a_workspace_has_nothing_to_tell_of(decide):
    assert "leadsieve imported" not in decide("--out", "out", "--no-workspace").out
