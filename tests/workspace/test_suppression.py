"""Who must not be written to: what an entry is, what it holds back, what is refused."""

import pytest

import leadsieve as ls
from workspace.opt_outs import decided, suppress

FRENCH = {"phone_region": "FR"}


@pytest.fixture
def workspace(small_workspace: ls.Workspace) -> ls.Workspace:
    return small_workspace


HELD = {
    "email": ("Ann@Acme-Tools.com ", "ann@acme-tools.com,,", {}),
    "second of two emails": ("ann@acme-tools.com; bob@acme-tools.com", "bob@acme-tools.com,,", {}),
    "email in brackets": ("Ann Ash <ann@acme-tools.com>", "ann@acme-tools.com,,", {}),
    "domain": ("@acme-tools.com", "ann@acme-tools.com,,", {}),
    "subdomain": ("@ACME-tools.com", "ann@mail.acme-tools.com,,", {}),
    "domain with a star": ("*@acme-tools.com", "ann@acme-tools.com,,", {}),
    "domain beyond ASCII": ("@münchen-tools.de", "ann@xn--mnchen-tools-dlb.de,,", {}),
    "linkedin": ("http://linkedin.com/in/Bob-Birch/", ",https://www.linkedin.com/in/bob-birch,", {}),
    "linkedin of a country": ("https://fr.linkedin.com/in/bob-birch?trk=x", ",linkedin.com/in/bob-birch/,", {}),
    "phone": ("+33 1 99 00 12 34", "ann@acme-tools.com,,+33199001234", {}),
    "phone with an apostrophe": ("'+33199001234", "ann@acme-tools.com,,+33 (0)1 99 00 12 34", {}),
    "phone without +": ("01 99 00 12 34", "ann@acme-tools.com,,+33199001234", FRENCH),
    "phone without + on both sides": ("01 99 00 12 34", "ann@acme-tools.com,,01.99.00.12.34", FRENCH),
    "through a link of the workspace": ("old@acme-tools.com", ",linkedin.com/in/ann-ash,", {}),
}


@pytest.mark.parametrize(("value", "row", "options"), HELD.values(), ids=HELD)
def test_an_entry_holds_back_whom_it_names(workspace, value, row, options):
    suppress(workspace, f'"{value}"', **options)
    outcome, reason, by = decided(workspace, row, **options)
    assert (outcome, by.startswith("stop.csv")) == ("suppressed", True)
    assert reason == ("suppressed_domain" if "@" in value[:2] else "do_not_contact")


@pytest.mark.parametrize(("value", "row", "options"), HELD.values(), ids=HELD)
def test_what_is_removed_in_the_same_form_holds_nobody_back(workspace, value, row, options):
    suppress(workspace, f'"{value}"', **options)
    workspace.remove_suppressed(value, **options)
    assert workspace.suppressed.height == 0
    assert decided(workspace, row, **options)[0] != "suppressed"


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
    with pytest.raises(ls.InputError, match=r"1 row names nobody.*line 3"):
        suppress(workspace, "ann@acme-tools.com", "who knows")
    assert workspace.suppressed.height == 0
    assert suppress(workspace, "ann@acme-tools.com", "who knows", allow_partial=True).unreadable == 1
    assert workspace.suppressed.height == 1


@pytest.mark.parametrize("domain", ["gmail.com", "GMX.de", "co.uk", "Gov.UK"])
def test_a_domain_of_half_the_world_asks_for_force(workspace, domain):
    with pytest.raises(ls.UsageError, match=rf"everyone at {domain.lower()}.*--force"):
        suppress(workspace, f"@{domain}")
    assert workspace.suppressed.height == 0
    assert suppress(workspace, f"@{domain}", force=True).added == 1


def test_a_forced_public_suffix_holds_back_who_is_below_it(workspace):
    suppress(workspace, "@gov.uk", force=True)
    assert decided(workspace, "ann@mail.nowhere.gov.uk,,")[1] == "suppressed_domain"


@pytest.mark.parametrize("force", [False, True], ids=["", "forced"])
@pytest.mark.parametrize("label", ["com", "DE"])
def test_a_last_label_is_refused_even_with_force(workspace, label, force):
    with pytest.raises(ls.UsageError, match=f"everyone below {label.lower()}"):
        suppress(workspace, f"@{label}", force=force)


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
