"""Who is the same person, and which row goes forward, through the front door."""

import itertools
from pathlib import Path

import duckdb
import polars as pl
import pytest

import leadsieve as ls

E1, E2, E3 = "ann@acme-tools.com", "bob@acme-tools.com", "eve@acme-tools.com"
P1, P2, P3 = (f"https://www.linkedin.com/in/{slug}" for slug in ("ann-ash-1", "bob-birch-2", "eve-elm-3"))


@pytest.fixture
def run(tmp_path: Path):
    """Return a function that runs rows of (email, profile) against memberships of (campaign, email, profile, status)."""

    def _run(rows, memberships=(), **options) -> pl.DataFrame:
        columns = ("email", "linkedinUrl", "firstName")
        table = pl.DataFrame(
            [(*row, None, None, None)[:3] for row in rows], schema=dict.fromkeys(columns, pl.String), orient="row"
        )
        table.write_csv(tmp_path / "list.csv")
        workspace = None
        if memberships:
            workspace = ls.Workspace(tmp_path / "workspace.duckdb")
            for campaign, leads in itertools.groupby(sorted(memberships, key=lambda m: m[0]), key=lambda m: m[0]):
                schema = dict.fromkeys(("campaign", "email", "linkedinUrl", "status"), pl.String)
                export = pl.DataFrame(list(leads), schema=schema, orient="row").drop("campaign")
                export.write_csv(tmp_path / f"{campaign}.csv")
                workspace.load(tmp_path / f"{campaign}.csv")
        return ls.run(
            tmp_path / "list.csv", workspace=workspace, **{"campaign": "New", "new_campaign": True, **options}
        ).ledger

    return _run


@pytest.mark.parametrize("rows", list(itertools.permutations([(E1, P1), (E2, P2), (E1, P2)])), ids=lambda _: "")
def test_rows_tied_through_each_other_are_one_person_in_any_order(run, rows):
    ledger = run(rows)
    assert ledger["person"].n_unique() == 1
    assert ledger["outcome"].to_list() == ["create", "duplicate", "duplicate"]


@pytest.mark.parametrize("turn", [1, -1], ids=["forwards", "backwards"])
def test_a_chain_of_a_thousand_rows_is_one_person(run, turn):
    emails = [f"link{n}@acme-tools.com" for n in range(1001)]
    rows = [(emails[n // 2 + n % 2], f"https://www.linkedin.com/in/link-number-{n // 2}") for n in range(1000)]
    ledger = run(rows[::turn])
    assert ledger["person"].n_unique() == 1
    assert (ledger["outcome"] == "create").sum() == 1


def test_an_ended_lead_ties_a_list_row_to_one_in_progress(run):
    ledger = run([(E1, None)], [("Old", E1, P1, "done"), ("Live", None, P1, "running")])
    row = ledger.row(0, named=True)
    assert (row["outcome"], row["conflict_campaign"], row["matched_on"]) == ("in_progress", "Live", "link")


def test_the_brake_lets_one_row_of_a_crowded_role_address_forward(run):
    profiles = [f"https://www.linkedin.com/in/member-number-{n}" for n in range(5000)]
    ledger = run([("info@acme-tools.com", profile) for profile in profiles])
    assert ledger["person"].n_unique() == 5000
    assert ledger["outcome"].to_list() == ["create"] + ["duplicate"] * 4999
    assert set(ledger["duplicate_of"].drop_nulls()) == {1}
    assert ledger["warnings"].to_list() == [["shared_identifier"]] * 5000


def test_the_brake_counts_list_and_workspace_together(run):
    ledger = run([("info@acme-tools.com", P1), (None, P2)], [("Live", "info@acme-tools.com", P2, "running")])
    assert ledger["person"].n_unique() == 2
    assert ledger["active_elsewhere"].to_list() == [True, True]
    assert ledger["matched_on"].to_list() == ["email", "linkedin"]


def test_an_ordinary_address_beside_three_profiles_links_and_beside_four_does_not(run):
    profiles = [f"https://www.linkedin.com/in/member-number-{n}" for n in range(4)]
    assert run([(E1, profile) for profile in profiles[:3]])["person"].n_unique() == 1
    assert run([(E1, profile) for profile in profiles])["person"].n_unique() == 4


def test_what_is_known_of_a_second_row_holds_for_the_first(run):
    ledger = run([(E1, None), (E1, P1)], [("Live", None, P1, "running")])
    assert ledger["outcome"].to_list() == ["in_progress", "duplicate"]
    assert ledger["active_elsewhere"].to_list() == [True, True]


def test_empty_cells_never_match_empty_cells(run):
    ledger = run(
        [(E1, None), (None, P1), (E2, None), (None, P2)], [("Live", None, P3, "running"), ("Live", E3, None, "running")]
    )
    assert ledger["person"].n_unique() == 4
    assert ledger["outcome"].to_list() == ["create"] * 4


def test_a_failed_row_identifies_nobody(run):
    ledger = run([("ann@@", P1), (E1, P1), (E1, None)], [("Live", None, P1, "done")])
    assert ledger["person"].to_list() == [None, 1, 1]
    assert ledger["in_workspace"].to_list() == [None, True, True]
    assert ledger["outcome"].to_list() == ["failed", "create", "duplicate"]


def test_names_never_identify(run):
    assert run([(E1, None, "Ann"), (E2, None, "Ann")])["outcome"].to_list() == ["create", "create"]


def test_the_fullest_row_goes_forward_when_asked(run):
    ledger = run([(E1, None), (E1, P1, "Ann")], keep="fullest")
    assert ledger["outcome"].to_list() == ["duplicate", "create"]
    assert ledger["duplicate_of"].to_list() == [2, None]


def test_a_campaign_given_by_its_id_is_the_target_and_a_misspelt_one_stops_the_run(run, tmp_path):
    leads = [("Spring", E1, None, "running")]
    (tmp_path / "c.csv").write_text("id,name\ncam_1,Spring\n")
    run([(E1, None)], leads)
    workspace = ls.Workspace(tmp_path / "workspace.duckdb")
    workspace.load(tmp_path / "Spring.csv", campaigns=tmp_path / "c.csv")
    assert ls.run(tmp_path / "list.csv", workspace=workspace, campaign="cam_1").ledger["reason"].to_list() == [
        "in_campaign"
    ]
    with pytest.raises(ls.UsageError, match="nearest is Spring"):
        ls.run(tmp_path / "list.csv", workspace=workspace, campaign="Sprnig")


def test_an_absent_workspace_stops_the_run(tmp_path):
    (tmp_path / "list.csv").write_text(f"email\n{E1}\n")
    with pytest.raises(ls.WorkspaceError, match="no workspace at"):
        ls.run(tmp_path / "list.csv", workspace=tmp_path / "absent.duckdb", campaign="Spring")


def test_a_workspace_with_opt_outs_only_stops_the_run(tmp_path):
    (tmp_path / "stop.csv").write_text(f"value\n{E1}\n")
    (tmp_path / "list.csv").write_text(f"email\n{E1}\n")
    workspace = ls.Workspace(tmp_path / "workspace.duckdb")
    workspace.suppress(tmp_path / "stop.csv")
    with pytest.raises(ls.WorkspaceError, match="no snapshot"):
        ls.run(tmp_path / "list.csv", workspace=workspace, campaign="Spring")


def test_a_list_that_does_not_fit_into_memory_is_told_in_a_sentence(run, monkeypatch):
    def full(_con):
        message = "failed to allocate data"
        raise duckdb.OutOfMemoryException(message)

    monkeypatch.setattr("leadsieve.sieve.steps.STEPS", (full,))
    with pytest.raises(
        ls.InputError, match=r"does not fit into the memory that the run may use\. Give it more with --memory"
    ):
        run([(E1, None)])
