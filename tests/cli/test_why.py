"""`leadsieve why`: the gates of a row, and a remedy that really lets it pass."""

import polars as pl
import pytest

import leadsieve as ls
from leadsieve.words import Reason

LISTS = {
    Reason.INVALID_EMAIL: "email,linkedin\nbroken@@acme,https://www.linkedin.com/in/broken-mail\n",
    Reason.MULTIPLE_EMAILS: "email,name\na@fresh-corp.com; b@fresh-corp.com,Ann\n",
    Reason.MISSING_REQUIRED_FIELD: "email,company\na@fresh-corp.com,\n",
    Reason.UNSUBSCRIBED: "email\nsaid.no@acme-corp.com\n",
    Reason.IN_CAMPAIGN: "email\nin.target@acme-corp.com\n",
    Reason.NOT_IN_CAMPAIGN: "email\nnew@fresh-corp.com\n",
    Reason.ACTIVE_IN_OTHER_CAMPAIGN: "email\nrunning@acme-corp.com\n",
    Reason.IN_OTHER_CAMPAIGN: "email\nfinished@acme-corp.com\n",
}
"""A list whose only row is held back for the reason, unless its options are changed."""

OPTIONS = {
    Reason.MISSING_REQUIRED_FIELD: {"required_fields": ("companyName",)},
    Reason.NOT_IN_CAMPAIGN: {"import_mode": "update-only"},
    Reason.IN_OTHER_CAMPAIGN: {"dedup": "workspace"},
}

BY_CELL = {
    Reason.INVALID_EMAIL: ("email\nbroken@@acme\n", "email\nmended@acme-corp.com\n", "correct the email"),
    Reason.NO_IDENTIFIER: ("email,name\n,Nobody\n", "email,name\nn@fresh-corp.com,Nobody\n", "add an email"),
    Reason.UNREADABLE_ROW: (
        "email,name\na@fresh-corp.com,Ann\nb@fresh-corp.com,Bo,and,more\n",
        "email,name\na@fresh-corp.com,Ann\nb@fresh-corp.com,Bo\n",
        "mend the line",
    ),
    Reason.DUPLICATE_IN_LIST: (
        "email,name\na@fresh-corp.com,Ann\nA@fresh-corp.com,Anna\n",
        "email,name\nA@fresh-corp.com,Anna\na@fresh-corp.com,Ann\n",
        "put this row at the top",
    ),
    Reason.DO_NOT_CONTACT: (
        "email,Do Not Contact\na@fresh-corp.com,yes\n",
        "email,Do Not Contact\na@fresh-corp.com,\n",
        "empty the cells in which the list itself says so, in each of the person's rows (the column Do Not Contact,",
    ),
}
"""A list, the same list mended as the remedy says, and the remedy."""


TRIED_ELSEWHERE = {Reason.SUPPRESSED_DOMAIN, Reason.BOUNCED, Reason.DELETED_EARLIER, Reason.COOLDOWN}
"""Reasons whose change is made in the workspace (below), or takes a history (`test_why_over_time`)."""
GO_IN = {Reason.NEW, Reason.RE_ENGAGE, Reason.ACTIVE_ELSEWHERE}


def test_every_reason_that_holds_a_row_back_has_its_change_tried():
    assert {*LISTS, *BY_CELL} | TRIED_ELSEWHERE == set(Reason) - GO_IN


def run(text, here, **options):
    (here / "one.csv").write_text(text, "utf-8")
    return ls.run("one.csv", campaign="Q4 Outreach", **options)


def held(result, reason):
    """The row that is held back for the reason."""
    return result.ledger.filter(pl.col("reason") == reason).row(0, named=True)


@pytest.mark.parametrize("reason", LISTS)
def test_the_settings_of_the_remedy_let_the_row_pass(team, reason):
    options = OPTIONS.get(reason, {})
    result = run(LISTS[reason], team, **options)
    told = result.why(held(result, reason)["row"])

    assert told.settings
    after = run(LISTS[reason], team, **{**options, **told.settings}).ledger["outcome"].to_list()
    assert after in (["create"], ["update"])
    assert told.promises in (None, *after)


@pytest.mark.parametrize("reason", LISTS)
def test_less_than_the_remedy_would_not_do(team, reason):
    options = OPTIONS.get(reason, {})
    result = run(LISTS[reason], team, **options)
    settings = result.why(held(result, reason)["row"]).settings

    assert len(settings) == 1


@pytest.mark.parametrize("reason", BY_CELL)
def test_the_change_of_the_list_that_the_remedy_names_lets_the_row_pass(team, reason):
    broken, mended, words = BY_CELL[reason]
    result = run(broken, team)
    row = held(result, reason)

    assert words in result.why(row["row"]).remedy
    after = run(mended, team).ledger
    assert after["outcome"].to_list().count("create") == result.ledger["outcome"].to_list().count("create") + (
        reason != Reason.DUPLICATE_IN_LIST
    )
    assert after["outcome"][0] == "create"


@pytest.mark.parametrize(
    ("cell", "value", "reason", "named"),
    [
        (
            "listed@acme-corp.com",
            "listed@acme-corp.com",
            "unsubscribed",
            "VALUE`, VALUE being the email of this row or",
        ),
        ("one@mail.shut-corp.com", "@shut-corp.com", "suppressed_domain", "@shut-corp.com`)"),
        (
            "linkedin.com/in/no-more-mail",
            "linkedin.com/in/no-more-mail",
            "do_not_contact",
            "VALUE`, VALUE being the LinkedIn profile of this row or of another of its person)",
        ),
    ],
    ids=["email", "domain", "linkedin"],
)
def test_lifting_the_entry_that_the_remedy_names_lets_the_row_pass(leadsieve, team, cell, value, reason, named):
    text = f"email,linkedin\n{cell},\n" if "@" in cell else f"email,linkedin\n,{cell}\n"
    result = run(text, team)
    remedy = result.why(1).remedy

    assert result.ledger["reason"].to_list() == [reason]
    assert f"leadsieve suppress remove {named}" in remedy
    assert leadsieve("suppress", "remove", value).out == "1 opt-out removed.\n"
    assert run(text, team).ledger["outcome"].to_list() == ["create"]


def test_mending_the_bounced_address_lets_the_row_pass(leadsieve, team):
    text = "email\nbounced@acme-corp.com\n"
    assert "export and load that campaign (Nordics) again" in run(text, team).why(1).remedy

    (team / "Nordics.csv").write_text("_id,email,status,lastState\nlea_bou,bounced@acme-corp.com,done,\n", "utf-8")
    leadsieve("snapshot", "load", "Nordics.csv")
    assert run(text, team).ledger["outcome"].to_list() == ["create"]


def test_a_bare_member_number_is_told_as_what_is_missing(team):
    result = run("email,linkedin\n,urn:li:member:12345\n", team)

    assert result.ledger["reason"].to_list() == ["no_identifier"]
    assert "member number" in result.why(1).remedy


def test_the_remedy_of_a_duplicate_says_that_nobody_is_lost(team):
    result = run("email\na@fresh-corp.com\na@fresh-corp.com\n", team)

    assert result.why(2).remedy.startswith("Nobody is lost: row 1 goes forward.")


def test_a_duplicate_whose_person_is_held_back_is_told_all_that_it_takes(team):
    text = "email,name\nrunning@acme-corp.com,first\nrunning@acme-corp.com,second\n"
    told = run(text, team).why(2)

    assert "Nobody is lost" not in told.remedy
    assert told.settings == {"dedup": "campaign"}
    swapped = "email,name\nrunning@acme-corp.com,second\nrunning@acme-corp.com,first\n"
    assert run(swapped, team, **told.settings).ledger["outcome"].to_list() == ["create", "duplicate"]


def test_several_gates_ahead_are_told_at_once(team):
    options = {"import_mode": "update-only", "dedup": "workspace"}
    text = "email\nrunning@acme-corp.com\n"
    told = run(text, team, **options).why(1)

    assert told.settings == {"import_mode": "create-and-update", "dedup": "campaign"}
    assert run(text, team, **{**options, **told.settings}).ledger["outcome"].to_list() == ["create"]


def test_with_keep_fullest_the_remedy_changes_that_too(team):
    text = "email,city\na@fresh-corp.com,\na@fresh-corp.com,Bonn\n"
    told = run(text, team, keep="fullest").why(1)

    assert told.settings == {"keep": "first"}
    assert run(text, team, **told.settings).ledger["outcome"].to_list() == ["create", "duplicate"]


def test_a_row_that_goes_in_is_held_back_by_nothing(team):
    result = run("email\nnew@fresh-corp.com\nin.target@acme-corp.com\n", team, import_mode="create-and-update")

    assert [result.why(row).remedy for row in (1, 2)] == ["Nothing holds it back."] * 2
    assert all(passed for row in (1, 2) for _, passed in result.why(row).gates)


def test_the_gates_end_with_the_one_that_decided(team):
    gates = run("email\nrunning@acme-corp.com\n", team).why(1).gates

    assert [passed for _, passed in gates] == [True] * 8 + [False]


@pytest.mark.usefixtures("team")
def test_the_command_explains_a_row_by_number_or_email(decide, leadsieve):
    decide("--out", "out")

    by_number, by_email = leadsieve("why", "out", "4"), leadsieve("why", "out", " RUNNING@acme-corp.com")

    assert by_number.out == by_email.out
    assert by_number.out.startswith("Row 4 (leads.csv, line 5): in_progress, active_in_other_campaign\n")
    assert "In Nordics: inProgress, owner Ben (matched on email)." in by_number.out
    assert (
        "\nTo let it pass, say `--dedup campaign`. It would then be created: it is in progress in Nordics all the same."
        in by_number.out
    )
    assert by_number.out.endswith("Better wait until its lead in Nordics has ended, and load a new snapshot then.\n")


def test_the_command_explains_every_row_of_an_email(decide, leadsieve):
    decide("--out", "out")

    assert leadsieve("why", "out", "new@fresh-corp.com").out.count("\nRow ") == 1
    assert leadsieve("why", "out", "new@fresh-corp.com").out.startswith("Row 1 ")


def test_the_command_finds_a_broken_email_as_it_stood(decide, leadsieve):
    decide("--out", "out")

    assert "failed, invalid_email" in leadsieve("why", "out", "broken@@acme").out


def test_notebook_and_command_explain_alike(leadsieve, team):
    result = run(LISTS[Reason.ACTIVE_IN_OTHER_CAMPAIGN], team, validate="off")
    result.write("out")

    assert leadsieve("why", "out", "1").out == f"{result.why(1)}\n"


def test_an_explanation_in_a_notebook_shows_text_as_text(team):
    result = run("email,name\nrunning@acme-corp.com,x\n", team)
    told = result.why(1)

    assert told._repr_html_().startswith("<pre>Row 1 (one.csv, line 2)")
    assert "&#x27;" in told._repr_html_()
