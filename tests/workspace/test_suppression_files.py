"""What a file of opt-outs says: lemlist's exports, plain lists, a CRM's export, our own export again."""

from datetime import datetime

import pytest

import leadsieve as ls
from workspace.opt_outs import decided, entries, suppress

ANN = "ann@acme-tools.com"
HUBSPOT = "Record ID,First Name,Email,Work email,Phone Number,Lead Status,Contact owner,LinkedIn URL,Unsubscribed from all email,Email hard bounce reason"
SALESFORCE = "Id,LastName,Email,Phone,DoNotCall,HasOptedOutOfEmail,EmailBouncedReason"
PIPEDRIVE = "Person - Name,Person - Email - Work,Person - Email - Home,Person - Phone - Work,Person - Label(s),Person - Marketing status"
APOLLO = "First Name,Email,Email Status,Seniority,Person Linkedin Url,Corporate Phone,Do Not Call,Stage,Email Bounced,Secondary Email"
LEMLIST = "email,firstName,linkedinUrl,lastState,status,_id"


@pytest.fixture
def workspace(small_workspace: ls.Workspace) -> ls.Workspace:
    return small_workspace


CRM = {
    "HubSpot, unsubscribed": (HUBSPOT, f"1,Ann,{ANN},,,,,,true,", {("email", ANN, "unsubscribed")}),
    "HubSpot, bounced": (HUBSPOT, f"1,Ann,{ANN},,,,,,false,Unknown user", {("email", ANN, "bounced")}),
    "HubSpot, lead status": (HUBSPOT, f"1,Ann,{ANN},,,Do not contact,,,,", {("email", ANN, "do_not_contact")}),
    "HubSpot, all that names the person": (
        HUBSPOT,
        f"1,Ann,{ANN},ann@beta-works.de,+33199001234,,rep@our-firm.com,linkedin.com/in/ann-birch,true,",
        {
            ("email", ANN, "unsubscribed"),
            ("email", "ann@beta-works.de", "unsubscribed"),
            ("linkedin", "https://www.linkedin.com/in/ann-birch", "unsubscribed"),
        },
    ),
    "Salesforce, opted out": (SALESFORCE, f"00Q,Ash,{ANN},,false,true,", {("email", ANN, "unsubscribed")}),
    "Salesforce, bounced": (SALESFORCE, f"00Q,Ash,{ANN},,0,0,550 no such user", {("email", ANN, "bounced")}),
    "Pipedrive, unsubscribed": (
        PIPEDRIVE,
        f'Ann Ash,"{ANN}, a.ash@acme-tools.com",ann@home-mail.de,,,Unsubscribed',
        {(("email"), mail, "unsubscribed") for mail in (ANN, "a.ash@acme-tools.com", "ann@home-mail.de")},
    ),
    "Pipedrive, label": (PIPEDRIVE, f'Ann,{ANN},,,"Hot lead, Do not contact",', {("email", ANN, "do_not_contact")}),
    "Pipedrive, bounced": (PIPEDRIVE, f"Ann,{ANN},,,,Bounced", {("email", ANN, "bounced")}),
    "Apollo, stage": (
        APOLLO,
        f"Ann,{ANN},Verified,,,,,Do Not Contact,,ann@beta-works.de",
        {("email", ANN, "do_not_contact"), ("email", "ann@beta-works.de", "do_not_contact")},
    ),
    "lemlist, status": (LEMLIST, f"{ANN},Ann,,emailsSent,unsubscribed,lea_1", {("email", ANN, "unsubscribed")}),
    "lemlist, last state": (LEMLIST, f"{ANN},Ann,,emailsBounced,done,lea_1", {("email", ANN, "bounced")}),
    "lemlist, without email": (
        LEMLIST,
        ",Ann,https://www.linkedin.com/in/ann-birch,emailsUnsubscribed,unsubscribed,lea_1",
        {("linkedin", "https://www.linkedin.com/in/ann-birch", "unsubscribed")},
    ),
    "the strongest of two reasons": (HUBSPOT, f"1,Ann,{ANN},,,DNC,,,true,Policy", {("email", ANN, "unsubscribed")}),
    "a phone where there is nothing else": (
        HUBSPOT,
        "1,Ann,,,+33199001234,,,,true,",
        {("phone", "+33199001234", "unsubscribed")},
    ),
}


@pytest.mark.parametrize(("header", "row", "told"), CRM.values(), ids=CRM)
def test_a_crms_export_suppresses_whom_its_columns_name(workspace, header, row, told):
    quiet = ",".join(["eve@quiet-firm.com" if "mail" in name.lower() else "" for name in header.split(",")][:3])
    added = suppress(workspace, row, quiet + "," * (header.count(",") - 2), header=header)
    assert entries(workspace) == told
    assert (added.added, added.not_opted_out) == (len(told), 1)


STAYS = {
    "HubSpot, not unsubscribed": (HUBSPOT, f"1,Ann,{ANN},,,New,,,false,"),
    "HubSpot, one that says nothing": (HUBSPOT, f"1,Ann,{ANN},,,,,,,--"),
    "Salesforce, not to be called": (SALESFORCE, f"00Q,Ash,{ANN},,true,false,"),
    "Pipedrive, no consent": (PIPEDRIVE, f"Ann,{ANN},,,,No consent"),
    "Pipedrive, archived": (PIPEDRIVE, f"Ann,{ANN},,,,Archived"),
    "Apollo, not to be called": (APOLLO, f"Ann,{ANN},Verified,,,,TRUE,Cold,FALSE,"),
    "lemlist, not interested": (LEMLIST, f"{ANN},Ann,,emailsNotInterested,notInterested,lea_1"),
}


@pytest.mark.parametrize(("header", "row"), STAYS.values(), ids=STAYS)
def test_what_is_no_opt_out_from_email_suppresses_nobody(workspace, header, row):
    added = suppress(workspace, row, header=header)
    assert (added.added, added.not_opted_out) == (0, 1)


def test_what_was_added_says_which_values_counted_and_a_list_has_none(workspace):
    told = suppress(workspace, f"{ANN},STOP", "eve@quiet-firm.com,DNC", header="Email,Lead Status")
    assert [(value.column, value.value, value.rows, value.reason) for value in told.values] == [
        ("Lead Status", "DNC", 1, "do_not_contact"),
        ("Lead Status", "STOP", 1, None),
    ]
    assert suppress(workspace, ANN).values == ()


def test_an_export_in_which_no_column_says_anything_is_refused_with_what_was_looked_for(workspace):
    with pytest.raises(ls.InputError, match=r"looked for columns such as `Unsubscribed from all email`.*`value`"):
        suppress(workspace, f"{ANN},Ann", header="Email,First Name")


def test_the_policy_names_a_column_of_its_own(workspace):
    ours = {"names": ["Newsletter"], "words": ["stopped"], "reason": "unsubscribed"}
    policy = ls.Policy().with_options(suppress_columns=())
    with pytest.raises(ls.InputError, match="neither a column `value`"):
        suppress(workspace, f"{ANN},true", header="Email,DNC", policy=policy)
    suppress(
        workspace,
        f"{ANN},Stopped",
        "eve@quiet-firm.com,on",
        header="Email,Newsletter",
        policy=_policy(workspace, [ours]),
    )
    assert entries(workspace) == {("email", ANN, "unsubscribed")}


def _policy(workspace: ls.Workspace, columns: list[dict[str, object]]) -> ls.Policy:
    file = workspace.path.with_name("team.toml")
    rows = [
        f"[[suppress_columns]]\nnames = {c['names']}\nwords = {c['words']}\nreason = '{c['reason']}'" for c in columns
    ]
    file.write_text("\n".join(rows))
    return ls.load_policy(file)


def test_an_opted_out_row_that_names_nobody_stops_the_load_unless_partial_is_allowed(workspace):
    rows = (f"1,Ann,{ANN},,,,,,true,", "2,Bob,,,,,,,true,", "3,Eve,,,,,,,false,")
    with pytest.raises(ls.InputError, match=r"1 row names nobody.*line 3"):
        suppress(workspace, *rows, header=HUBSPOT)
    assert workspace.suppressed.height == 0
    added = suppress(workspace, *rows, header=HUBSPOT, allow_partial=True)
    assert (added.added, added.unreadable, added.not_opted_out) == (1, 1, 1)


def test_an_entry_of_an_export_names_file_and_column(workspace):
    suppress(workspace, f"1,Ann,{ANN},,,,,,true,", header=HUBSPOT, name="hubspot.csv")
    assert decided(workspace, f"{ANN},,")[2] == "hubspot.csv (Unsubscribed from all email)"


def test_a_column_named_by_hand_is_the_persons(workspace):
    suppress(workspace, f"{ANN},Ann,yes", header="Where to,Who,DNC", map={"Where to": "email"})
    assert entries(workspace) == {("email", ANN, "do_not_contact")}


@pytest.mark.parametrize("lines", [("email", ANN), (ANN, "bob@acme-tools.com")], ids=["with a header", "without"])
def test_a_file_of_one_column_is_a_list(workspace, lines):
    suppress(workspace, *lines[1:], header=lines[0])
    assert ("email", ANN, "do_not_contact") in entries(workspace)


def test_lemlists_export_gives_the_time_of_the_opt_out(workspace):
    suppress(
        workspace,
        f"uns_1,{ANN},lead,2026-01-31T10:00:00.000Z",
        "uns_2,bob@acme-tools.com,bounced,2026-01-31T10:00:00+02:00",
        header="_id,value,source,createdAt",
    )
    assert workspace.suppressed["added_at"].to_list() == [datetime(2026, 1, 31, 10), datetime(2026, 1, 31, 8)]  # noqa: DTZ001 -- stored in UTC, without a zone


def test_an_export_of_ours_comes_back_as_it_was_however_often(workspace, tmp_path):
    suppress(workspace, f"{ANN},lead", "@acme-tools.com,user", "+33199001234,", header="value,source")
    told = workspace.suppressed
    place = workspace
    for name in ("first", "second"):
        place.export_suppressed().write_csv(tmp_path / f"{name}.csv")
        place = ls.Workspace(tmp_path / f"{name}.duckdb")
        place.suppress(tmp_path / f"{name}.csv")
    assert place.suppressed.equals(told)
    assert place.suppressed["came_from"].to_list() == ["stop.csv (lead)", "stop.csv (user)", "stop.csv"]
