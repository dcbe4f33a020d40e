"""First-degree LinkedIn connections: LinkedIn's own export beside the snapshots, and what a run makes of them."""

from pathlib import Path

import polars as pl
import pytest

import leadsieve as ls
from workspace.days import ANN, CAST, EVE, Team, lead

PREAMBLE = '\ufeffNotes:\n"When exporting your connection data, you may notice that some of the email addresses are missing."\n\n'
HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
PROFILE = "https://www.linkedin.com/in/ann-ash-1"
CONNECTIONS = (
    f"Ann,Ash,{PROFILE}/,,Acme,CEO,12 Jan 2024\n"
    "Bob,Birch,https://www.linkedin.com/in/bob-birch-2,Bob@Acme-Tools.com,Acme,CTO,13 Jan 2024\n"
    ",,,,,,14 Jan 2024\n"
)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def write(team: Team, text: str = PREAMBLE + HEADER + CONNECTIONS, name: str = "Connections.csv") -> Path:
    (team.folder / name).write_text(text, "utf-8")
    return team.folder / name


@pytest.fixture(scope="module")
def connected_once(tmp_path_factory: pytest.TempPathFactory) -> Team:
    team = Team(tmp_path_factory.mktemp("connected"))
    team.load(Spring=[CAST], Storage=[lead("kept@acme-tools.com", "done", "kept")])
    team.workspace.load(write(team))
    return team


@pytest.fixture
def connected(connected_once: Team, tmp_path: Path) -> Team:
    """The team with Ann (by her profile) and Bob (also by his email) as connections, and Eve active in Spring."""
    return connected_once.copied_to(tmp_path)


def test_linkedins_export_goes_beside_the_snapshots(team):
    loaded = team.workspace.load(write(team))
    assert (loaded.snapshot, loaded.connections, loaded.unnamed_connections) == (None, 3, 1)
    assert team.workspace.snapshots.height == 0
    assert team.workspace.connections.select("account", "profiles", "emails").rows() == [("", 2, 1)]


@pytest.mark.parametrize(
    "header",
    [HEADER, "Vorname,Nachname,URL,E-Mail-Adresse,Unternehmen,Position,Verbunden am\n"],
    ids=["English without preamble", "German"],
)
def test_it_is_recognised_by_its_header(team, header):
    assert team.workspace.load(write(team, header + CONNECTIONS, "renamed.csv")).connections == 3


def test_exports_and_connections_are_loaded_together(team):
    export = team.folder / "Spring.csv"
    export.write_text(f"email,status\n{ANN},running\n", "utf-8")
    loaded = team.workspace.load(write(team), export)
    assert (loaded.snapshot, loaded.campaigns, loaded.connections) == (1, 1, 3)
    assert team.workspace.campaigns["name"].to_list() == ["Spring"]


def test_a_lemlist_export_with_linkedins_columns_is_an_export(team):
    text = f"_id,First Name,Last Name,URL,Connected On,status\nlea_1,Ann,Ash,{PROFILE},2024,running\n"
    assert team.workspace.load(write(team, text, "Spring.csv")).memberships == 1


def test_a_load_replaces_the_connections_of_its_account_only(team):
    team.workspace.load(write(team), account="Ann")
    team.workspace.load(write(team), account="Ben")
    team.workspace.load(write(team, HEADER + CONNECTIONS.splitlines()[0] + "\n"), account="Ann")
    assert team.workspace.connections.select("account", "profiles").rows() == [("Ann", 1), ("Ben", 2)]


def test_a_broken_file_leaves_the_connections_as_they_were(connected):
    with pytest.raises(ls.InputError):
        connected.workspace.load(write(connected, HEADER + CONNECTIONS * 3 + "Ann,Ash,x,y,z,a,b,c,d\n"))
    assert connected.workspace.connections["profiles"].to_list() == [2]


def test_connections_of_an_account_are_dropped(team):
    team.workspace.load(write(team), account="Ann")
    team.workspace.load(write(team), account="Ben")
    with pytest.raises(
        ls.UsageError, match=r"No connections of an account Eve are loaded\. Name one of these: Ann, Ben"
    ):
        team.workspace.drop_connections("Eve")
    assert (team.workspace.drop_connections("Ann"), team.workspace.drop_connections()) == (1, 1)
    assert team.workspace.connections.height == 0


def run(team: Team, *rows: str, **options: object) -> pl.DataFrame:
    (team.folder / "list.csv").write_text("\n".join(["email,linkedinUrl,team", *rows]) + "\n", "utf-8")
    return ls.run(
        team.folder / "list.csv", workspace=team.workspace, **{"campaign": "New", "new_campaign": True, **options}
    )


LIST = (
    f"{ANN},{PROFILE},a",
    "bob@acme-tools.com,,a",
    "new@acme-tools.com,,a",
    "other@acme-tools.com,,b",
    "broken@@,,b",
)


def test_rows_whose_person_is_a_connection_say_so(connected):
    ledger = run(connected, *LIST, f"{ANN},,b").ledger
    assert ledger["is_connection"].to_list() == [True, True, False, False, None, True]


def test_nobody_knows_who_is_a_connection_as_long_as_none_are_loaded(team):
    team.load(Spring=[CAST])
    assert run(team, *LIST).ledger["is_connection"].null_count() == len(LIST)


def test_connections_take_no_part_in_the_marks(connected):
    row = run(connected, *LIST).ledger.row(0, named=True)
    assert (row["outcome"], row["reason"], row["in_workspace"]) == ("create", "new", False)


def test_connections_keep_their_batch_unless_they_are_separated(connected):
    result = run(connected, *LIST)
    assert result.batches.select("campaign", "rows").rows() == [("New", 4)]
    assert {note["code"]: note["rows"] for note in result.summary["advice"]}["connections"] == 2


SEPARATE = {"connections": "separate", "storage_campaigns": ("Storage",)}


def test_separated_connections_get_batches_for_the_storage_campaign(connected):
    result = run(connected, *LIST, **SEPARATE)
    assert result.batches.select("campaign", "rows").rows() == [("Storage", 2), ("New", 2)]
    assert result.ledger["batch_campaign"].to_list() == ["Storage", "Storage", "New", "New", None]
    assert result.summary["connections"] == {"rows": 2, "campaign": "Storage"}


def test_the_storage_campaign_may_be_named_by_its_id(connected):
    (connected.folder / "c.txt").write_text("id,name\ncam_1,Storage\ncam_2,Spring\n", "utf-8")
    (connected.folder / "Storage.csv").write_text("email,status\nkept@acme-tools.com,done\n", "utf-8")
    connected.workspace.load(connected.folder / "Storage.csv", campaigns=connected.folder / "c.txt")
    result = run(connected, *LIST, connections="separate", storage_campaigns=("cam_1",))
    assert result.batches["campaign"].to_list() == ["Storage", "New"]


def test_the_storage_campaigns_members_count_towards_its_limit(connected):
    result = run(connected, *LIST, **SEPARATE, max_batch=2)
    assert result.batches.select("campaign", "rows").rows() == [("Storage", 1), ("Storage #2", 1), ("New", 2)]


def test_connections_are_taken_out_before_segments_are_made(connected):
    result = run(connected, *LIST, **SEPARATE, segment="team")
    assert result.batches.select("campaign", "rows").rows() == [("Storage", 2), ("New – a", 1), ("New – b", 1)]


@pytest.mark.parametrize("options", [{"balance": True}, {"together": "companyDomain"}], ids=["balance", "together"])
def test_connections_are_separated_whatever_groups_the_rest(connected, options):
    result = run(connected, *LIST, **SEPARATE, **options)
    assert result.batches.select("campaign", "rows").rows() == [("Storage", 2), ("New", 2)]


def test_an_import_into_the_storage_campaign_itself_has_nothing_to_separate(connected):
    result = run(connected, *LIST, **SEPARATE, campaign="Storage", new_campaign=False)
    assert result.batches.select("campaign", "rows").rows() == [("Storage", 4)]


def test_separating_without_a_storage_campaign_is_refused(connected):
    with pytest.raises(ls.UsageError, match="`storage_campaigns` names no campaign"):
        run(connected, *LIST, connections="separate")


def test_separating_without_connections_says_that_none_are_loaded(team):
    team.load(Spring=[CAST], Storage=[lead("kept@acme-tools.com", "done", "kept")])
    result = run(team, *LIST, **SEPARATE)
    assert {note["code"]: note["rows"] for note in result.summary["advice"]}["no_connections"] == 4


def test_a_separated_run_passes_its_expectations(connected):
    out = run(connected, *LIST, f"{EVE},,a", **SEPARATE).write(connected.folder / "out")
    assert sorted(path.name for path in (out / "batches").iterdir()) == ["new-001.csv", "new-002.csv"]
