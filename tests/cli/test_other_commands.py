"""`compare`, `split`, `clean`, `snapshot`, `suppress`, `limits`, `init`, `demo`."""

import csv
import io
import json
import re
import shutil
import stat
import sys
import tomllib
from dataclasses import fields

import pytest

from leadsieve.limits import registry
from leadsieve.policy import Policy, load_policy

TEXT = (
    "Name;E-Mail;Stadt\n"
    'Ann "A";ann@fresh-corp.com;Köln\n'
    "Bo;BO@Fresh-Corp.com ;Bonn\n"
    "Bo;bo@fresh-corp.com;Bonn\n"
    "Nobody;;\n"
    "Cy;cy@@;Wien\n"
)


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def town(here):
    """A list with semicolons and a German header."""
    (here / "town.csv").write_text(TEXT, "utf-8")
    return here


# compare


def test_compare_shows_the_modes_side_by_side_and_where_they_differ(leadsieve, team):
    before = sorted(team.rglob("*"))

    ended = leadsieve("compare", "leads.csv", "--campaign", "Q4 Outreach")

    assert (ended.status, ended.err) == (0, "")
    lines = [line.split() for line in ended.out.splitlines()]
    assert ["outcome", "campaign", "active", "←", "workspace"] in lines
    assert ["create", "4", "3", "2"] in lines
    assert "Where they differ (2 rows)" in ended.out
    assert "1  create    in_progress  duplicate  in progress in another campaign" in ended.out
    assert "1  create    create       duplicate  in another campaign of the workspace" in ended.out
    assert sorted(team.rglob("*")) == before


@pytest.mark.usefixtures("team")
def test_compare_as_json_has_modes_and_differences(leadsieve):
    told = leadsieve("compare", "leads.csv", "--campaign", "Q4 Outreach", "--json").json

    assert {mode: counts["create"] for mode, counts in told["modes"].items()} == {
        "campaign": 4,
        "active": 3,
        "workspace": 2,
    }
    assert {row["reason"]: row["rows"] for row in told["differences"]} == {
        "active_in_other_campaign": 1,
        "in_other_campaign": 1,
    }


@pytest.mark.usefixtures("team")
def test_compare_under_update_only_has_nothing_to_compare(leadsieve):
    ended = leadsieve("compare", "leads.csv", "--campaign", "Q4 Outreach", "--import-mode", "update-only")

    assert "The three modes decide every row alike." in ended.out


# split and clean


def test_split_publishes_every_row_as_it_stood_and_says_that_nobody_was_checked(leadsieve, town):
    ended = leadsieve("split", "town.csv", "--out", "out", "--method", "linkedin", "--max-batch", 3)

    first, second = sorted((town / "out" / "batches").iterdir())
    assert (ended.status, ended.err) == (0, "")
    assert rows(first) + rows(second)[1:] == list(csv.reader(io.StringIO(TEXT), delimiter=";"))
    assert "Nobody was checked" in ended.out
    assert json.loads((town / "out" / "manifest.json").read_text("utf-8"))["checked"] is False


def test_split_names_campaign_and_files_after_the_file_unless_told(leadsieve, town):
    leadsieve("split", "town.csv", "--out", "a")
    leadsieve("split", "town.csv", "--out", "b", "--campaign", "Spring Fair")

    assert [path.name for path in (town / "a" / "batches").iterdir()] == ["town-001.csv"]
    assert [path.name for path in (town / "b" / "batches").iterdir()] == ["spring-fair-001.csv"]


def test_split_of_a_list_with_a_source_column_is_still_named_after_the_file(leadsieve, town):
    (town / "leadsieve.toml").write_text('source_column = "Stadt"\n', "utf-8")
    leadsieve("split", "town.csv", "--out", "out")

    assert [path.name for path in (town / "out" / "batches").iterdir()] == ["town-001.csv"]


def test_split_keeps_what_it_could_not_read_aside_and_says_so(leadsieve, town):
    (town / "odd.csv").write_text("email,name\na@fresh-corp.com,Ann\nb@fresh-corp.com,Bo,and,more\n", "utf-8")

    ended = leadsieve("split", "odd.csv", "--out", "out")

    manifest = json.loads((town / "out" / "manifest.json").read_text("utf-8"))
    assert {file["file"]: file["rows"] for file in manifest["files"]} == {"batches/odd-001.csv": 1, "failed.csv": 1}
    assert len(rows(town / "out" / "batches" / "odd-001.csv")) == 2
    assert rows(town / "out" / "failed.csv")[1][-1] == "b@fresh-corp.com,Bo,and,more"
    assert "1 row could not be read" in ended.out


@pytest.mark.usefixtures("town")
def test_split_takes_segments(leadsieve):
    ended = leadsieve("split", "town.csv", "--out", "out", "--segment", "Stadt")

    assert "town – Köln" in ended.out


def test_split_says_of_many_batches_how_many_more_there_are(leadsieve, here):
    (here / "many.csv").write_text("email\n" + "".join(f"p{n}@fresh-corp.com\n" for n in range(30)), "utf-8")

    ended = leadsieve("split", "many.csv", "--out", "out", "--max-batch", 1)

    assert "… and 10 batches more" in ended.out


def test_clean_writes_canonical_fields_and_keeps_every_record(leadsieve, town):
    ended = leadsieve("clean", "town.csv", "--out", "clean.csv")

    head, *body = rows(town / "clean.csv")
    told = [dict(zip(head, row, strict=True)) for row in body]
    assert (ended.status, ended.err) == (0, "")
    assert [row["email"] for row in told] == ["ann@fresh-corp.com", "bo@fresh-corp.com", "bo@fresh-corp.com", "", ""]
    assert [row["email_raw"] for row in told][-1] == "cy@@"
    assert "Nobody was checked" in ended.out
    assert "email_status: " in ended.out
    assert "invalid 1" in ended.out


def test_clean_replaces_a_file_only_with_force(leadsieve, town):
    (town / "clean.csv").write_text("mine", "utf-8")

    refused = leadsieve("clean", "town.csv", "--out", "clean.csv")
    assert (refused.status, (town / "clean.csv").read_text("utf-8")) == (2, "mine")
    assert leadsieve("clean", "town.csv", "--out", "clean.csv", "--force").status == 0


def test_clean_never_replaces_the_list_itself(leadsieve, town):
    before = (town / "town.csv").read_bytes()

    ended = leadsieve("clean", "town.csv", "--out", "town.csv", "--force")

    assert (ended.status, (town / "town.csv").read_bytes()) == (2, before)


def test_a_cleaned_list_is_readable_by_its_owner_only(leadsieve, town):
    leadsieve("clean", "town.csv", "--out", "clean.csv")

    assert stat.S_IMODE((town / "clean.csv").stat().st_mode) == 0o600


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("command", ["split", "clean"])
def test_both_read_standard_input(leadsieve, monkeypatch, command):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))

    assert leadsieve(command, "-", "--out", "out").status == 0


# snapshot


def test_a_load_tells_what_it_brought(leadsieve, here):
    (here / "Spring.csv").write_text("_id,email,status\nlea_1,a@fresh-corp.com,done\nlea_2,,done\n", "utf-8")

    ended = leadsieve("snapshot", "load", "Spring.csv", "--taken-at", "2026-11-22T06:00")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Snapshot 1 of 2026-11-22 06:00 UTC in workspace.duckdb: 2 leads of 1 campaign,")
    assert "1 lead has neither an email nor a LinkedIn profile" in ended.out


@pytest.mark.usefixtures("team")
def test_snapshots_and_campaigns_are_listed(leadsieve):
    lines = [line.split() for line in leadsieve("snapshot", "list").out.splitlines()]

    assert lines[0] == ["snapshot", "taken", "at", "(UTC)", "kind", "campaigns", "leads", "without", "identifier"]
    assert (lines[1][0], lines[1][-4:]) == ("1", ["load", "2", "9", "0"])
    assert [line[:5] for line in lines if line[-1:] == ["cam_no"]] == [["Nordics", "Ben", "7", "0", "running"]]


def test_the_same_exports_are_known_again(leadsieve, here):
    (here / "Nordics.csv").write_text("email,status,_id\nann@acme-tools.com,done,lea_1\n", "utf-8")
    leadsieve("snapshot", "load", "Nordics.csv")

    again = leadsieve("snapshot", "load", "Nordics.csv")

    assert (again.status, again.err) == (0, "")
    assert re.fullmatch(
        r"These exports are snapshot 1 of \S+ \S+ UTC already, so nothing was loaded; say --taken-at if they were exported anew\.\n",
        again.out,
    )


def test_a_load_says_what_came_went_and_changed(leadsieve, here):
    rows = [f"lea_{n},a{n}@acme-corp.com,running\n" for n in range(5)]
    for leads in (rows[:4], [rows[0].replace("running", "done"), rows[1], rows[4]]):
        (here / "Spring.csv").write_text("_id,email,status\n" + "".join(leads), "utf-8")
        told = leadsieve("snapshot", "load", "Spring.csv").out

    assert told.splitlines()[0].endswith(": 3 leads of 1 campaign, 1 new, 2 gone, 1 changed.")


def test_a_load_names_a_few_of_the_campaigns_that_are_new(leadsieve, team):
    for number in range(7):
        (team / f"New {number}.csv").write_text(f"_id,email\nlea_{number},a{number}@acme-corp.com\n", "utf-8")

    one = leadsieve("snapshot", "load", "New 0.csv").out.splitlines()
    all_of_them = leadsieve("snapshot", "load", "New *.csv").out.splitlines()

    assert one[1] == "New in the workspace: 1 campaign, New 0."
    assert all_of_them[1] == "New in the workspace: 6 campaigns, New 1, New 2, New 3, New 4, New 5 and 1 more."
    assert len(leadsieve("snapshot", "load", "New *.csv", "--taken-at", "2100-01-01").out.splitlines()) == 1


@pytest.mark.usefixtures("team")
def test_a_list_that_is_loaded_as_a_campaign_is_warned_of_with_how_it_is_taken_back(leadsieve):
    ended = leadsieve("snapshot", "load", "leads.csv")

    assert ended.status == 0
    assert ended.err == (
        "Warning: leads.csv has neither a column `_id` nor one for the status of its leads: it looks like a list of leads and not like a campaign's export, "
        "and everybody in it counts as active in a campaign now. If it is a list, take it back with `leadsieve snapshot drop 2`, and give it to `leadsieve run`.\n"
    )
    assert leadsieve("snapshot", "drop", 2).status == 0
    assert not re.search(r"^leads ", leadsieve("snapshot", "list").out, re.MULTILINE)


@pytest.mark.usefixtures("here")
def test_a_list_that_is_all_a_workspace_has_is_taken_back_by_a_complete_load(leadsieve):
    assert (
        "load all exports of your campaigns with --complete in its place"
        in leadsieve("snapshot", "load", "leads.csv").err
    )


def test_leads_without_identifier_are_named_by_campaign_and_id(leadsieve, here):
    (here / "Empty cells.csv").write_text(
        "email,firstName,status,_id\n,Ann,done,lea_7\nx@acme-tools.com,Bob,done,lea_8\n", "utf-8"
    )
    leadsieve("snapshot", "load", "Empty cells.csv")

    ended = leadsieve("snapshot", "list", "--unidentified", "--out", "nobody.csv")

    assert [line.split() for line in ended.out.splitlines()[1:]] == [
        ["Empty", "cells", "lea_7", "done"],
        ["1", "lead", "without", "an", "email", "or", "a", "LinkedIn", "profile,", "written", "to", "nobody.csv."],
    ]
    assert (here / "nobody.csv").read_text("utf-8") == "campaign,campaign_id,_id,status\nEmpty cells,,lea_7,done\n"


def test_an_old_snapshot_is_warned_of_with_its_age(leadsieve, here):
    (here / "Nordics.csv").write_text("email,status,_id\nann@acme-tools.com,done,lea_1\n", "utf-8")
    leadsieve("snapshot", "load", "Nordics.csv", "--taken-at", "2026-01-05")

    ended = leadsieve("run", "leads.csv", "--campaign", "Nordics", "--dry-run")

    assert re.match(r"Warning: Snapshot 1 is [\d,]+ days old", ended.err)
    assert re.search(r"Snapshot 1 is [\d,]+ days old", ended.out)


def test_a_broken_export_leaves_the_workspace_as_it_was(leadsieve, team):
    before = (team / "workspace.duckdb").read_bytes()
    (team / "Nordics.csv").write_text("_id,email,status\nlea_1,a@fresh-corp.com,done\nlea_2,b,done,and,more\n", "utf-8")

    assert leadsieve("snapshot", "load", "Nordics.csv").status == 3
    assert (team / "workspace.duckdb").read_bytes() == before


def test_the_policy_file_says_where_the_workspace_is(leadsieve, here):
    (here / "leadsieve.toml").write_text('workspace = "team.duckdb"\n', "utf-8")
    (here / "Spring.csv").write_text("_id,email,status\nlea_1,a@fresh-corp.com,done\n", "utf-8")
    (here / "no.csv").write_text("value\nno@fresh-corp.com\n", "utf-8")

    statuses = [
        leadsieve("snapshot", "load", "Spring.csv").status,
        leadsieve("suppress", "add", "no.csv").status,
        leadsieve("snapshot", "list").status,
        leadsieve("run", "leads.csv", "--campaign", "Spring", "--dry-run").status,
    ]

    assert statuses == [0, 0, 0, 0]
    assert [path.name for path in here.glob("*.duckdb")] == ["team.duckdb"]


# suppress


@pytest.mark.usefixtures("team")
def test_opt_outs_are_counted_by_kind_reason_and_file(leadsieve):
    lines = leadsieve("suppress", "list").out.splitlines()

    assert [line.split(maxsplit=1) for line in lines] == [
        ["1", "domain, suppressed_domain, from opt-outs.txt (user)"],
        ["1", "email, unsubscribed, from opt-outs.txt (lead)"],
        ["1", "linkedin, do_not_contact, from opt-outs.txt"],
        ["3", "in all"],
    ]


def test_opt_outs_that_were_known_are_not_added_again(leadsieve, team):
    (team / "again.csv").write_text("value,source\nlisted@acme-corp.com,lead\nmore@acme-corp.com,lead\n", "utf-8")

    assert leadsieve("suppress", "add", "again.csv").out == "1 opt-out added, 1 was known.\n"


def test_an_opt_out_that_names_nobody_stops_the_load_unless_told(leadsieve, team):
    (team / "odd.csv").write_text("value\nMister Nobody\nmore@acme-corp.com\n", "utf-8")

    refused = leadsieve("suppress", "add", "odd.csv")
    partial = leadsieve("suppress", "add", "odd.csv", "--allow-partial")

    assert (refused.status, "line 2" in refused.err, "Nobody" in refused.err) == (3, True, False)
    assert partial.out == "1 opt-out added, 0 were known, 1 row could not be read and was left out.\n"


def test_the_domain_of_a_free_provider_is_refused_unless_forced(leadsieve, team):
    (team / "wide.csv").write_text("value\n@gmail.com\n", "utf-8")

    assert leadsieve("suppress", "add", "wide.csv").status == 2
    assert leadsieve("suppress", "add", "wide.csv", "--force").status == 0


def test_phones_are_read_by_the_region_of_option_or_policy(leadsieve, team):
    (team / "phones.csv").write_text("value,source\n06 12 34 56 78,lead\n", "utf-8")

    assert leadsieve("suppress", "add", "phones.csv").status == 3
    assert leadsieve("suppress", "add", "phones.csv", "--phone-region", "FR").status == 0
    (team / "leadsieve.toml").write_text('phone_region = "FR"\n', "utf-8")
    assert leadsieve("suppress", "add", "phones.csv").out == "0 opt-outs added, 1 was known.\n"


def test_what_is_removed_no_longer_holds_anybody(leadsieve, decide):
    before = decide("--dry-run", "--json").json["outcomes"]["suppressed"]

    removed = leadsieve("suppress", "remove", "LISTED@acme-corp.com", "@shut-corp.com", "unknown@fresh-corp.com")

    assert removed.out == "2 opt-outs removed.\n"
    assert decide("--dry-run", "--json").json["outcomes"]["suppressed"] == before - 2


def test_a_phone_is_removed_by_the_region_of_the_option(leadsieve, team):
    (team / "phones.csv").write_text("value\n+33612345678\n", "utf-8")
    leadsieve("suppress", "add", "phones.csv")

    assert leadsieve("suppress", "remove", "06 12 34 56 78").status == 2
    assert leadsieve("suppress", "remove", "06 12 34 56 78", "--phone-region", "FR").out == "1 opt-out removed.\n"


def test_an_export_of_a_crm_says_which_columns_were_asked(leadsieve, team):
    (team / "crm.csv").write_text("Mail,DNC\nann@acme-corp.com,yes\nbo@acme-corp.com,\n", "utf-8")

    told = leadsieve("suppress", "add", "crm.csv", "--map", "Mail=email").out

    assert told.splitlines() == [
        "1 opt-out added, 0 were known, 1 row not opted out by `DNC`.",
        "column  value  rows  counts as",
        "DNC     yes       1  do_not_contact",
    ]


def test_an_export_of_a_crm_shows_which_values_count_and_which_do_not(leadsieve, team):
    cells = ["Unsubscribed", *["Désinscrit le 12/03/2026"] * 2, *["STOP"] * 3, "new@acme-corp.com", *["New"] * 4, ""]
    rows = [f"lead{number}@acme-corp.com,{cell}\n" for number, cell in enumerate(cells)]
    (team / "crm.csv").write_text(f"Email,Lead Status\n{''.join(rows)}", "utf-8")

    first, *table, advice = leadsieve("suppress", "add", "crm.csv").out.splitlines()

    assert first == "3 opt-outs added, 0 were known, 9 rows not opted out by `Lead Status`."
    assert [line.split("  ", 1)[-1].strip() for line in table[1:]] == [
        "Désinscrit (a date)                     2  unsubscribed",
        "Unsubscribed                            1  unsubscribed",
        "New                                     4  no opt-out",
        "STOP                                    3  no opt-out",
        "(not shown: long, rare or personal)     1  no opt-out",
    ]
    assert "`suppress_columns` in the policy" in advice
    assert "add the file again" in advice


def test_of_many_values_the_most_frequent_are_shown(leadsieve, team):
    rows = [f"lead{number}@acme-corp.com,tag {'abcdefghijkl'[number // 2]}\n" for number in range(24)]
    (team / "crm.csv").write_text(f"Email,Tags\n{''.join(rows)}", "utf-8")

    table = leadsieve("suppress", "add", "crm.csv").out.splitlines()[2:-1]

    assert len(table) == 11
    assert table[-1].split() == ["Tags", "…", "2", "more", "4", "no", "opt-out"]


def test_an_export_in_which_nobody_is_opted_out_may_be_a_list(leadsieve, team):
    (team / "no.csv").write_text("Email,Estado\nann@acme-corp.com,Madrid\nbo@acme-corp.com,Sevilla\n", "utf-8")

    told = leadsieve("suppress", "add", "no.csv")

    assert told.out.startswith("0 opt-outs added, 0 were known, 2 rows not opted out by `Estado`.\n")
    assert told.err.startswith(
        "Warning: Nobody in no.csv is opted out by these columns. If all its rows are opt-outs, call"
    )


def test_a_column_that_the_export_lacks_cannot_be_mapped(leadsieve, team):
    (team / "crm.csv").write_text("Mail,DNC\nann@acme-corp.com,yes\n", "utf-8")

    assert leadsieve("suppress", "add", "crm.csv", "--map", "Mial=email").status == 2


def test_erased_emails_are_counted_as_hashes(leadsieve, team, monkeypatch):
    monkeypatch.setenv("LEADSIEVE_HASH_KEY", "0123456789abcdef" * 4)

    erased = leadsieve("suppress", "erase", "LISTED@acme-corp.com", "nobody@acme-corp.com")

    assert erased.out == "1 email is kept as a hash now; 1 stood there in no opt-out.\n"
    assert "1  email_hash, unsubscribed, from opt-outs.txt (lead)" in leadsieve("suppress", "list").out
    leadsieve("suppress", "export", "all.csv")
    assert "listed@acme-corp.com" not in (team / "all.csv").read_text("utf-8")


def test_hashes_without_a_key_stop_a_run(leadsieve, decide, team, monkeypatch):
    (team / "no.csv").write_text("value\nann@acme-corp.com\n", "utf-8")
    monkeypatch.setenv("LEADSIEVE_HASH_KEY", "0123456789abcdef" * 4)
    leadsieve("suppress", "add", "no.csv", "--hash")
    monkeypatch.delenv("LEADSIEVE_HASH_KEY")

    ended = decide("--dry-run")

    assert (ended.status, "1 opt-out as keyed hashes" in ended.err) == (3, True)


def test_an_export_brings_the_same_opt_outs_to_another_workspace(leadsieve, team):
    leadsieve("suppress", "export", "all.csv")
    leadsieve("suppress", "add", "all.csv", "--workspace", "other.duckdb")

    def told(*options):
        leadsieve("suppress", "export", "told.csv", "--force", *options)
        return [row[:2] for row in rows(team / "told.csv")]

    assert told("--workspace", "other.duckdb") == told()
    assert stat.S_IMODE((team / "all.csv").stat().st_mode) == 0o600


def test_an_export_replaces_a_file_only_with_force(leadsieve, team):
    (team / "all.csv").write_text("mine", "utf-8")

    assert leadsieve("suppress", "export", "all.csv").status == 2
    assert (team / "all.csv").read_text("utf-8") == "mine"


# limits and init


def test_limits_shows_every_method_with_its_source(leadsieve):
    out = leadsieve("limits").out

    for rule in registry().values():
        assert f"{rule.limit:,}" in next(line for line in out.splitlines() if line.startswith(rule.method))
        assert f"{rule.method}: {rule.source}" in out


def test_init_writes_every_setting_at_its_default(leadsieve, here):
    ended = leadsieve("init")

    text = (here / "leadsieve.toml").read_text("utf-8")
    assert (ended.status, load_policy(None)) == (0, Policy())
    assert set(tomllib.loads(text)) == {setting.name for setting in fields(Policy)}


def test_init_replaces_a_file_only_with_force(leadsieve, here):
    (here / "leadsieve.toml").write_text("# mine", "utf-8")

    assert leadsieve("init").status == 2
    assert leadsieve("init", "--force").status == 0
    assert leadsieve("init", "other.toml").status == 0


# demo


def test_the_demo_runs_the_main_job_on_the_samples_whatever_policy_lies_about(leadsieve, here, monkeypatch):
    (here / "leadsieve.toml").write_text('dedup = "nonsense"\n', "utf-8")
    monkeypatch.setattr("leadsieve.Policy", lambda: Policy(validate="off"))

    ended = leadsieve("demo", "shown")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Loaded 1,500 leads of 10 campaigns and 98 opt-outs")
    assert ended.out.endswith("Written to shown/out\n")
    assert json.loads((here / "shown" / "out" / "summary.json").read_text("utf-8"))["outcomes"]["create"] == 1013


def test_the_demo_touches_no_folder_that_holds_something(leadsieve, here):
    (here / "demo").mkdir()
    (here / "demo" / "mine.txt").write_text("mine", "utf-8")

    ended = leadsieve("demo")

    assert (ended.status, [path.name for path in (here / "demo").iterdir()]) == (2, ["mine.txt"])


def test_the_demo_copies_no_programs(leadsieve, here, monkeypatch):
    def stop(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("leadsieve.cli.main_job._decide_and_publish", stop)
    leadsieve("demo")

    assert [path for path in (here / "demo").rglob("*") if path.suffix in {".py", ".pyc"}] == []
    assert (here / "demo" / "samples" / "README.md").is_file()
    shutil.rmtree(here / "demo")
