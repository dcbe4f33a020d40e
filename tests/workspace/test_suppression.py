"""Who must not be written to: what an entry is, what it holds back, what is refused."""

from pathlib import Path

import pytest

import leadsieve as ls


@pytest.fixture
def workspace(tmp_path: Path) -> ls.Workspace:
    place = ls.Workspace(tmp_path / "workspace.duckdb")
    (tmp_path / "Spring.csv").write_text(
        "email,linkedinUrl,status\nold@acme-tools.com,https://www.linkedin.com/in/ann-ash,done\n"
    )
    place.load(tmp_path / "Spring.csv")
    return place


def suppress(workspace: ls.Workspace, *lines: str, header: str = "value", **options: bool) -> object:
    file = workspace.path.with_name("stop.csv")
    file.write_text("\n".join([header, *lines]) + "\n")
    return workspace.suppress(file, **options)


def decided(
    workspace: ls.Workspace, row: str, header: str = "email,LinkedIn,phone", **options: object
) -> tuple[str, str, str]:
    file = workspace.path.with_name("list.csv")
    file.write_text(f"{header}\n{row}\n")
    told = ls.run(file, workspace=workspace, campaign="Spring", **options).ledger.row(0, named=True)
    return told["outcome"], told["reason"], told["suppressed_by"]


@pytest.mark.parametrize(
    ("value", "row", "reason"),
    [
        ("Ann@Acme-Tools.com ", "ann@acme-tools.com,,", "do_not_contact"),
        ("ann@acme-tools.com; bob@acme-tools.com", "bob@acme-tools.com,,", "do_not_contact"),
        ("@acme-tools.com", "ann@acme-tools.com,,", "suppressed_domain"),
        ("@ACME-tools.com", "ann@mail.acme-tools.com,,", "suppressed_domain"),
        (
            "http://linkedin.com/in/Bob-Birch/",
            "bob@acme-tools.com,https://www.linkedin.com/in/bob-birch,",
            "do_not_contact",
        ),
        ("+33 1 99 00 12 34", "ann@acme-tools.com,,+33199001234", "do_not_contact"),
        ("old@acme-tools.com", ",linkedin.com/in/ann-ash,", "do_not_contact"),
    ],
    ids=["email", "second of two", "domain", "subdomain", "linkedin", "phone", "through a link of the workspace"],
)
def test_an_entry_holds_back_whom_it_names(workspace, value, row, reason):
    suppress(workspace, f'"{value}"')
    assert decided(workspace, row) == (
        "suppressed",
        reason,
        "stop.csv" + (": @acme-tools.com" if reason == "suppressed_domain" else ""),
    )


def test_a_domain_does_not_hold_back_one_that_only_ends_alike(workspace):
    suppress(workspace, "@acme-tools.com")
    assert decided(workspace, "ann@myacme-tools.com,,")[0] == "create"


@pytest.mark.parametrize(
    ("source", "reason"),
    [("bounced", "bounced"), ("lead", "unsubscribed"), ("user", "unsubscribed"), ("crm", "do_not_contact")],
)
def test_the_words_of_lemlists_export_become_reasons(workspace, source, reason):
    suppress(workspace, f"ann@acme-tools.com,{source},2026-01-01", header="value,source,createdAt")
    assert decided(workspace, "ann@acme-tools.com,,") == ("suppressed", reason, f"stop.csv ({source})")


def test_a_row_that_names_nobody_stops_the_load_unless_partial_is_allowed(workspace):
    with pytest.raises(ls.InputError, match=r"1 rows name nobody.*line 3"):
        suppress(workspace, "ann@acme-tools.com", "who knows")
    assert workspace.suppressed.height == 0
    assert suppress(workspace, "ann@acme-tools.com", "who knows", allow_partial=True).unreadable == 1
    assert workspace.suppressed.height == 1


def test_the_domain_of_a_free_provider_asks_for_force(workspace):
    with pytest.raises(ls.UsageError, match=r"everyone at gmail\.com"):
        suppress(workspace, "@gmail.com")
    assert suppress(workspace, "@gmail.com", force=True).added == 1


def test_adding_again_adds_nothing(workspace):
    suppress(workspace, "ann@acme-tools.com")
    again = suppress(workspace, "ANN@acme-tools.com")
    assert (again.added, again.known) == (0, 1)


def test_a_removed_entry_holds_nobody_back(workspace):
    suppress(workspace, "ann@acme-tools.com", "@acme-tools.com")
    assert workspace.remove_suppressed("ANN@acme-tools.com", "@acme-tools.com") == 2
    assert decided(workspace, "ann@acme-tools.com,,")[0] == "create"


@pytest.mark.parametrize(
    ("header", "cell", "reason"),
    [
        ("Unsubscribed from all email", "true", "unsubscribed"),
        ("Do Not Contact", "Yes", "do_not_contact"),
        ("Person - Marketing status", "Unsubscribed", "unsubscribed"),
        ("Lead Status", "Warm; Do not contact", "do_not_contact"),
        ("Email Bounced", "TRUE", "bounced"),
    ],
)
def test_the_lists_own_columns_hold_the_person_back(workspace, header, cell, reason):
    assert decided(workspace, f"ann@acme-tools.com,{cell}", header=f"email,{header}") == (
        "suppressed",
        reason,
        f"list column {header}",
    )


@pytest.mark.parametrize("cell", ["false", "", "no", "Subscribed"])
def test_a_column_that_says_otherwise_holds_nobody_back(workspace, cell):
    assert decided(workspace, f"ann@acme-tools.com,{cell}", header="email,Unsubscribed from all email")[0] == "create"


def test_an_unsubscribed_membership_suppresses_unless_the_policy_says_not(workspace, tmp_path):
    (tmp_path / "Old.csv").write_text("email,status\nann@acme-tools.com,unsubscribed\n")
    workspace.load(tmp_path / "Old.csv")
    assert decided(workspace, "ann@acme-tools.com,,") == ("suppressed", "unsubscribed", "campaign Old: unsubscribed")
    assert decided(workspace, "ann@acme-tools.com,,", suppress_statuses=())[1] == "re_engage"


@pytest.mark.parametrize("word", ["Unsubscribed", " unsubscribed "])
def test_the_case_of_a_status_in_the_policy_does_not_count(workspace, tmp_path, word):
    (tmp_path / "Old.csv").write_text("email,status\nann@acme-tools.com,unsubscribed\n")
    workspace.load(tmp_path / "Old.csv")
    assert decided(workspace, "ann@acme-tools.com,,", suppress_statuses=(word,))[1] == "unsubscribed"


def test_a_misspelt_status_in_the_policy_stops_the_run_and_names_the_nearest(workspace):
    with pytest.raises(ls.UsageError, match="no status; the nearest is unsubscribed"):
        decided(workspace, "ann@acme-tools.com,,", suppress_statuses=("unsub",))


def test_a_storage_campaign_that_the_snapshot_does_not_know_is_told(workspace, tmp_path):
    (tmp_path / "list.csv").write_text("email\nann@acme-tools.com\n")
    result = ls.run(tmp_path / "list.csv", workspace=workspace, campaign="Spring", storage_campaigns=("Sprnig",))
    assert [note["text"] for note in result.summary["advice"] if note["code"] == "unknown_storage_campaigns"] != []
