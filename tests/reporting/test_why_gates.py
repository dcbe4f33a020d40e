"""Rows that several gates hold back at once: what is promised takes all that it takes, and no less."""

import re
import shutil

import pytest

import leadsieve as ls
from leadsieve.reporting import Act
from leadsieve.words import Outcome

TARGET = "Q4 Outreach"
EXPORTS = {
    TARGET: "_id,email,status\nlea_1,in.target@acme-corp.com,done\nlea_9,here.too@acme-corp.com,done\n",
    "Nordics": (
        "_id,email,linkedinUrl,status,lastState\n"
        "lea_2,running@acme-corp.com,,running,\n"
        "lea_3,finished@acme-corp.com,,done,\n"
        "lea_4,left.us@acme-corp.com,,unsubscribed,\n"
        "lea_5,linked@acme-corp.com,https://www.linkedin.com/in/linked-lea,running,\n"
        "lea_6,bounced@acme-corp.com,,done,emailsBounced\n"
    ),
    "Spring": "_id,email,status,lastState\nlea_7,left.us@acme-corp.com,unsubscribed,\nlea_8,bounced@acme-corp.com,done,emailsBounced\n",
}
OPT_OUTS = (
    "value,reason\n"
    "running@acme-corp.com,do_not_contact\n"
    "two@shut-corp.com,unsubscribed\n@shut-corp.com,\n"
    "both@fresh-corp.com,unsubscribed\nhttps://www.linkedin.com/in/both-ways,unsubscribed\n"
    "in.target@acme-corp.com,unsubscribed\n"
    "left.us@acme-corp.com,unsubscribed\n"
)


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loaded")
    (folder / "exports").mkdir()
    for name, text in EXPORTS.items():
        (folder / "exports" / f"{name}.csv").write_text(text, "utf-8")
    (folder / "opt-outs.csv").write_text(OPT_OUTS, "utf-8")
    place = ls.Workspace(folder / "workspace.duckdb")
    place.load(folder / "exports" / "*.csv")
    place.suppress(folder / "opt-outs.csv")
    return folder


@pytest.fixture
def workspace(loaded_once, tmp_path):
    shutil.copytree(loaded_once, tmp_path, dirs_exist_ok=True)
    return ls.Workspace(tmp_path / "workspace.duckdb")


@pytest.fixture
def run(workspace, tmp_path):
    def decide(text, **options):
        (tmp_path / "list.csv").write_text(text, "utf-8")
        return ls.run(tmp_path / "list.csv", campaign=TARGET, workspace=workspace, **options)

    return decide


def acts(told):
    return [change.act for change in told.changes]


def first_outcome(result):
    return result.ledger["outcome"][0]


def test_suppressed_and_in_progress_takes_both(run, workspace):
    text = "email\nrunning@acme-corp.com\n"
    told = run(text).why(1)

    assert acts(told) == [Act.LIFT, Act.SET]
    assert "No single change helps, it takes both: (1) lift" in told.remedy
    assert first_outcome(run(text, **told.settings)) == Outcome.SUPPRESSED
    workspace.remove_suppressed("running@acme-corp.com")
    assert first_outcome(run(text)) == Outcome.IN_PROGRESS
    assert first_outcome(run(text, **told.settings)) == told.promises == Outcome.CREATE


def test_suppressed_and_in_the_target_is_updated_when_both_are_changed(run, workspace):
    text = "email\nin.target@acme-corp.com\n"
    told = run(text).why(1)

    assert acts(told) == [Act.LIFT, Act.SET]
    workspace.remove_suppressed("in.target@acme-corp.com")
    assert first_outcome(run(text, **told.settings)) == told.promises == Outcome.UPDATE


LISTED = {
    "an address and its domain": ("email\ntwo@shut-corp.com\n", ("two@shut-corp.com", "@shut-corp.com")),
    "an address and a profile": (
        "email,linkedin\nboth@fresh-corp.com,linkedin.com/in/both-ways\n",
        ("both@fresh-corp.com", "linkedin.com/in/both-ways"),
    ),
}


@pytest.mark.parametrize(("text", "values"), LISTED.values(), ids=LISTED)
def test_two_entries_that_hold_one_person_are_both_to_be_lifted(run, workspace, text, values):
    told = run(text).why(1)

    assert acts(told) == [Act.LIFT]
    assert ", all 2 of them (`leadsieve suppress remove" in told.remedy
    workspace.remove_suppressed(values[0])
    assert first_outcome(run(text)) == Outcome.SUPPRESSED
    workspace.remove_suppressed(values[1])
    assert first_outcome(run(text)) == told.promises == Outcome.CREATE


def test_an_entry_shows_no_value_but_the_domain(run):
    told = run("email,linkedin\nboth@fresh-corp.com,linkedin.com/in/both-ways\n").why(1)

    assert not re.search(r"both", str(told))


def test_an_opt_out_in_a_campaign_and_one_in_a_list_take_both(run, workspace):
    text = "email\nleft.us@acme-corp.com\n"
    told = run(text).why(1)

    assert acts(told) == [Act.SET, Act.LIFT]
    assert len([line for line in told.evidence if line.startswith("Suppressed by")]) == 3
    assert first_outcome(run(text, **told.settings)) == Outcome.SUPPRESSED
    workspace.remove_suppressed("left.us@acme-corp.com")
    assert first_outcome(run(text)) == Outcome.SUPPRESSED
    assert first_outcome(run(text, **told.settings)) == told.promises == Outcome.CREATE


def test_only_the_status_that_holds_the_person_is_taken_out_of_the_policy(run, workspace):
    workspace.remove_suppressed("left.us@acme-corp.com")
    told = run("email\nleft.us@acme-corp.com\n", suppress_statuses=("unsubscribed", "interested")).why(1)

    assert told.settings == {"suppress_statuses": ("interested",)}


def test_a_bounce_in_two_campaigns_names_both(run, workspace, tmp_path):
    text = "email\nbounced@acme-corp.com\n"
    told = run(text).why(1)

    assert acts(told) == [Act.RELOAD]
    assert "load those campaigns (Nordics and Spring) again" in told.remedy
    for name in ("Nordics", "Spring"):
        file = tmp_path / "exports" / f"{name}.csv"
        assert first_outcome(run(text)) == Outcome.SUPPRESSED
        file.write_text(file.read_text("utf-8").replace("emailsBounced", ""), "utf-8")
        workspace.load(file)
    assert first_outcome(run(text)) == told.promises == Outcome.CREATE


def test_two_columns_of_the_list_are_both_to_be_emptied(run):
    told = run("email,Do Not Contact,Unsubscribed\na@fresh-corp.com,yes,yes\n").why(1)

    assert acts(told) == [Act.EMPTY]
    assert "and any other of `suppress_columns`" in told.remedy
    assert first_outcome(run("email,Do Not Contact,Unsubscribed\na@fresh-corp.com,,\n")) == told.promises


def test_a_column_of_another_row_holds_the_person_too(run):
    text = "email,Do Not Contact\na@fresh-corp.com,\na@fresh-corp.com,yes\n"
    told = run(text).why(1)

    assert "in each of the person's rows" in told.remedy
    assert first_outcome(run(text.replace("yes", ""))) == told.promises


def test_a_duplicate_whose_person_is_in_the_target_is_updated_from_the_top(run):
    text = "email,name\nhere.too@acme-corp.com,one\nhere.too@acme-corp.com,two\n"
    promised = run(text, import_mode="create-and-update").why(2)

    assert acts(promised) == [Act.MOVE]
    swapped = "email,name\nhere.too@acme-corp.com,two\nhere.too@acme-corp.com,one\n"
    assert first_outcome(run(swapped, import_mode="create-and-update")) == promised.promises == Outcome.UPDATE


def test_a_row_held_by_a_linked_lead_is_promised_what_its_person_gets(run):
    text = "email,linkedin\n,linkedin.com/in/linked-lea\n"
    told = run(text).why(1)

    assert "In Nordics: inProgress (matched on linkedin)." in told.evidence
    assert first_outcome(run(text, **told.settings)) == told.promises == Outcome.CREATE


SHARED = "email,linkedin\n" + "".join(f"info@fresh-corp.com,linkedin.com/in/person-{n}\n" for n in range(3))


def test_a_row_with_a_shared_address_goes_in_from_the_top(run):
    result = run(SHARED)
    told = result.why(3)
    head, first, second, third = SHARED.splitlines()

    assert "both carry" in told.remedy
    assert "Nobody is lost" not in told.remedy
    assert acts(told) == [Act.MOVE]
    assert first_outcome(run("\n".join([head, third, first, second, ""]))) == told.promises


def test_with_keep_fullest_the_first_row_needs_no_move(run):
    told = run("email,city\na@fresh-corp.com,\na@fresh-corp.com,Bonn\n", keep="fullest").why(1)

    assert told.settings == {"keep": "first"}
    assert acts(told) == [Act.SET]


def test_with_keep_fullest_a_later_row_needs_both(run):
    text = "email,city\na@fresh-corp.com,\na@fresh-corp.com,\na@fresh-corp.com,Bonn\n"
    told = run(text, keep="fullest").why(2)

    assert acts(told) == [Act.MOVE]
    assert told.settings == {"keep": "first"}


FAULTS = {
    "a broken email and an empty field": ("email,company\nbroken@@mail,\n", [Act.MEND, Act.SET]),
    "several emails and an empty field": ("email,company\na@fresh-corp.com; b@fresh-corp.com,\n", [Act.SET, Act.SET]),
    "an empty field and nobody": ("email,company,name\n,,Ann\n", [Act.SET, Act.MEND]),
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_row_with_two_faults_is_told_both(run, text, expected):
    told = run(text, required_fields=("companyName",)).why(1)

    assert acts(told) == expected
    assert told.promises is None
    assert "No single change helps" in told.remedy


def test_an_email_that_is_required_cannot_be_dropped(run):
    text = "email,linkedin\nbroken@@mail,linkedin.com/in/broken-mail\n"
    told = run(text, required_fields=("email",)).why(1)

    assert acts(told) == [Act.MEND]
    assert told.settings == {}


def test_a_required_identifier_that_is_the_only_one_must_be_filled(run):
    told = run("email,name\n,Ann\n", required_fields=("email",)).why(1)

    assert acts(told) == [Act.MEND]
    assert "fill email" in told.remedy


def test_a_failed_row_is_promised_nothing_but_to_be_looked_up(run):
    """What holds it back next is only known once it names somebody."""
    text = "email,linkedin\nbroken@@mail,linkedin.com/in/linked-lea\n"
    told = run(text).why(1)

    assert told.promises is None
    assert told.remedy.endswith("It is then looked up and decided like any other row.")
    assert first_outcome(run(text, **told.settings)) == Outcome.IN_PROGRESS


def test_leads_that_have_ended_are_named_as_the_reason(run):
    told = run("email\nfinished@acme-corp.com\n", dedup="workspace").why(1)

    assert told.remedy == "To let it pass, say `--dedup active`. It would then be created: its lead in Nordics is done."


def test_a_row_that_goes_in_is_promised_what_it_got(run):
    assert run("email\nnew@fresh-corp.com\n").why(1).promises == Outcome.CREATE
