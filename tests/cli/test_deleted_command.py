"""`deleted`, and what `run`, `compare` and `snapshot` say of deleted leads, cooldowns and connections."""

import csv

import pytest

HEADER = "_id,email,linkedinUrl,firstName,status\n"
CONNECTIONS = (
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\nNora,New,,new@fresh-corp.com,,,1 Jan 2024\n"
)


def nordics(here, *leads):
    rows = "".join(f"lea_{name},{name}@acme-corp.com,,{name.title()},{status}\n" for name, status in leads)
    (here / "Nordics.csv").write_text(HEADER + rows, "utf-8")


@pytest.fixture
def gone(leadsieve, here):
    """A workspace in which `running@acme-corp.com` was deleted from Nordics between 2026-01-05 and 2026-01-06."""
    nordics(here, ("running", "running"), ("finished", "done"))
    leadsieve("snapshot", "load", "Nordics.csv", "--taken-at", "2026-01-05")
    nordics(here, ("finished", "done"))
    return leadsieve("snapshot", "load", "Nordics.csv", "--taken-at", "2026-01-06")


@pytest.fixture
def run(leadsieve, here):
    def run(*options):
        return leadsieve("run", "leads.csv", "--campaign", "New", "--new-campaign", "--dry-run", *options)

    assert here.is_dir()
    return run


def test_a_load_says_who_was_deleted(gone):
    assert "1 of 2 leads of Nordics was deleted in lemlist" in gone.out


def test_a_load_asks_of_many_at_once_and_the_command_that_it_names_answers(leadsieve, here):
    leads = [(f"lead{n}", "running") for n in range(100)]
    nordics(here, *leads)
    leadsieve("snapshot", "load", "Nordics.csv", "--campaign", "North & South", "--taken-at", "2026-01-05")
    nordics(here, *leads[10:])
    told = leadsieve("snapshot", "load", "Nordics.csv", "--campaign", "North & South", "--taken-at", "2026-01-06").out
    assert "10 of 100 leads of North & South are missing at once" in told
    assert "`leadsieve deleted confirm 'North & South'`" in told
    ended = leadsieve("deleted", "confirm", "North & South")
    assert (ended.status, ended.out) == (0, "10 leads of North & South count as deleted.\n")


@pytest.mark.usefixtures("gone")
def test_list_counts_and_names_no_person(leadsieve):
    told = leadsieve("deleted", "list").out
    assert "Nordics" in told
    assert "2026-01-06" in told
    assert "@" not in told


@pytest.mark.usefixtures("gone")
def test_confirm_of_what_does_not_wait_is_refused(leadsieve):
    ended = leadsieve("deleted", "confirm", "Nordics")
    assert (ended.status, ended.out) == (2, "")
    assert "wait to be confirmed" in ended.err


@pytest.mark.usefixtures("gone")
def test_export_writes_the_leads_and_lift_takes_them_back(leadsieve, here):
    leadsieve("deleted", "export", "gone.csv")
    with (here / "gone.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["email"], row["campaign"], row["last_seen"], row["missed"], row["state"]) == (
        "running@acme-corp.com",
        "Nordics",
        "2026-01-05",
        "2026-01-06",
        "in_force",
    )
    assert leadsieve("deleted", "lift", "running@acme-corp.com").out == "1 deletion lifted.\n"


@pytest.mark.usefixtures("gone")
def test_a_run_warns_and_on_demand_holds_back(run):
    assert "`deleted_earlier`" in run().out
    assert "deleted in lemlist" in run("--deleted", "suppress").out
    assert run("--deleted", "suppress", "--json").json["reasons"]["deleted_earlier"] == 1
    assert "deleted_earlier" not in run("--deleted", "ignore", "--json").out


@pytest.mark.usefixtures("gone")
def test_a_run_holds_back_who_cools_down(run):
    assert run("--cooldown", "30", "--json").json["reasons"]["cooldown"] == 1
    assert "cooldown" not in run("--json").json["reasons"]


@pytest.mark.usefixtures("gone")
def test_compare_takes_both_options(leadsieve):
    told = leadsieve(
        "compare", "leads.csv", "--campaign", "Nordics", "--deleted", "suppress", "--cooldown", 30, "--json"
    )
    assert told.json["modes"]["campaign"]["suppressed"] == 3


def test_connections_are_loaded_counted_separated_and_dropped(leadsieve, here, run):
    (here / "Connections.csv").write_text(CONNECTIONS, "utf-8")
    nordics(here, ("kept", "done"))
    (here / "leadsieve.toml").write_text('storage_campaigns = ["Nordics"]\n', "utf-8")
    told = leadsieve("snapshot", "load", "Nordics.csv", "Connections.csv", "--account", "Ann").out
    assert "1 LinkedIn connection of Ann." in told
    assert "Ann" in leadsieve("snapshot", "list").out
    assert "whose invite step lemlist skips by itself" in " ".join(run().out.split())
    assert [b["campaign"] for b in run("--connections", "separate", "--json").json["batches"]] == ["Nordics", "New"]
    assert leadsieve("snapshot", "drop", "--connections", "--account", "Ann").status == 0
    assert "Ann" not in leadsieve("snapshot", "list").out


@pytest.mark.parametrize(
    "options", [(), ("1", "--connections"), ("1", "--account", "Ann")], ids=["nothing", "both", "account"]
)
@pytest.mark.usefixtures("gone")
def test_drop_says_what_it_needs(leadsieve, options):
    ended = leadsieve("snapshot", "drop", *options)
    assert ended.status == 2
    assert "say --connections" in ended.err
