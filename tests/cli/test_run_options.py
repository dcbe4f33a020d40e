"""Every option of `run` does what it says."""

import csv
import io
import json
import re
import sys

import duckdb
import polars as pl
import pytest

from leadsieve.words import DedupMode, ImportMode, Method, Outcome


def summary(folder):
    return json.loads((folder / "summary.json").read_text("utf-8"))


def ledger(folder):
    return pl.read_parquet(folder / "ledger.parquet")


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def outcomes(ended):
    return {word: count for word, count in ended.json["outcomes"].items() if count}


def test_a_run_without_options_is_strict_about_what_it_publishes(decide, team):
    ended = decide("--out", "out")

    assert (ended.status, ended.err) == (0, "")
    told = {word: count for word, count in summary(team / "out")["outcomes"].items() if count}
    assert told == {"create": 3, "duplicate": 2, "in_progress": 1, "suppressed": 6, "failed": 3}


def test_json_prints_the_published_summary_and_nothing_else(decide, team):
    ended = decide("--out", "out", "--json")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out == (team / "out" / "summary.json").read_text("utf-8")


def test_a_dry_run_prints_the_same_summary_and_writes_nothing(decide, team):
    before = sorted(team.rglob("*"))

    dry = decide("--dry-run", "--json")

    assert sorted(team.rglob("*")) == before
    assert dry.out == decide("--json", "--out", "out").out


def test_a_dry_run_says_that_nothing_was_written(decide):
    assert decide("--dry-run").out.endswith("Nothing was written (--dry-run).\n")


def test_the_default_folder_is_named_after_campaign_and_time(decide, team):
    decide(campaign="cam_q4")

    (folder,) = (team / "runs").iterdir()
    assert re.fullmatch(r"q4-outreach-\d{8}T\d{6}Z", folder.name)


def test_a_campaign_may_be_named_by_its_id(decide):
    assert decide("--dry-run", "--json", campaign="cam_q4").json["campaign"] == "Q4 Outreach"


def test_a_new_campaign_has_nobody_in_it(decide):
    ended = decide("--new-campaign", "--dry-run", "--json", campaign="Never Seen")

    assert (ended.status, ended.json["marks"]["in_campaign"]) == (0, 0)


@pytest.mark.parametrize(
    ("mode", "creates"), [("campaign", 4), ("active", 3), ("workspace", 2)], ids=["campaign", "active", "workspace"]
)
def test_dedup_decides_who_is_created(decide, mode, creates):
    ended = decide("--dedup", mode, "--dry-run", "--json")

    assert (ended.json["dedup"], ended.json["outcomes"]["create"]) == (mode, creates)


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("create-only", {"create": 3, "duplicate": 2, "in_progress": 1, "suppressed": 6, "failed": 3}),
        (
            "create-and-update",
            {"create": 3, "update": 1, "duplicate": 1, "in_progress": 1, "suppressed": 6, "failed": 3},
        ),
        ("update-only", {"update": 1, "duplicate": 1, "skipped": 4, "suppressed": 6, "failed": 3}),
    ],
    ids=["create-only", "create-and-update", "update-only"],
)
def test_the_import_mode_decides_what_the_import_may_do(decide, mode, told):
    assert outcomes(decide("--import-mode", mode, "--dry-run", "--json")) == told


@pytest.mark.parametrize("method", list(Method))
def test_every_method_is_taken(decide, method):
    assert decide("--method", method, "--dry-run", "--json").json["method"] == method


def test_the_workspace_may_lie_elsewhere(decide, team):
    (team / "workspace.duckdb").rename(team / "team.duckdb")

    assert decide("--workspace", "team.duckdb", "--dry-run", "--json").json["snapshot"]["id"] == 1


def test_without_workspace_the_list_is_checked_only_against_itself(decide, team):
    (team / "workspace.duckdb").unlink()

    ended = decide("--no-workspace", "--dry-run", "--json")

    assert (ended.json["snapshot"], ended.json["marks"]["in_workspace"]) == (None, 0)


def test_an_older_snapshot_may_be_named(decide, leadsieve, team):
    (team / "Nordics.csv").write_text("_id,email,status\nlea_run,running@acme-corp.com,done\n", "utf-8")
    leadsieve("snapshot", "load", "Nordics.csv")

    newest, first = decide("--dry-run", "--json").json, decide("--dry-run", "--json", "--snapshot", 1).json

    assert (newest["snapshot"]["id"], newest["outcomes"]["in_progress"]) == (2, 0)
    assert (first["snapshot"]["id"], first["outcomes"]["in_progress"]) == (1, 1)


def test_the_source_is_the_files_name_a_tag_or_a_column(decide):
    def sources(*options, lists=("leads.csv",)):
        return [row["source"] for row in decide("--dry-run", "--json", *options, lists=lists).json["sources"]]

    assert sources() == ["leads"]
    assert sources("--source", "Q4 Scrape") == ["Q4 Scrape"]
    assert sources(lists=["Booth=leads.csv"]) == ["Booth"]
    assert sources("--source-column", "colour") == ["red", "blue"]


def test_the_source_column_is_not_in_the_batches_twice(decide, team):
    decide("--source-column", "Colour", "--out", "out")

    (batch,) = (team / "out" / "batches").iterdir()
    assert [name for name in table(batch)[0] if name.lower() in {"colour", "source"}] == ["source"]


def test_a_list_may_come_from_standard_input(decide, team, monkeypatch):
    text = io.TextIOWrapper(io.BytesIO((team / "leads.csv").read_bytes()))
    monkeypatch.setattr(sys, "stdin", text)

    told = decide("--dry-run", "--json", lists=["-"]).json

    assert (told["input_rows"], told["sources"][0]["source"]) == (15, "stdin")


def test_a_glob_is_read_in_name_order(decide, team):
    for name in ("b", "a"):
        (team / f"part-{name}.csv").write_text(f"email\n{name}@fresh-corp.com\n", "utf-8")

    told = decide("--dry-run", "--json", lists=["part-*.csv"]).json

    assert [row["source"] for row in told["sources"]] == ["part-a", "part-b"]


def test_options_win_over_the_policy_file(decide, team):
    (team / "leadsieve.toml").write_text('dedup = "workspace"\nmethod = "api"\n', "utf-8")

    told = decide("--dedup", "campaign", "--dry-run", "--json").json

    assert (told["dedup"], told["method"]) == ("campaign", "api")


def test_a_policy_file_may_be_named(decide, team):
    (team / "strict.toml").write_text('required_fields = ["companyDomain"]\n', "utf-8")

    told = decide("--policy", "strict.toml", "--dry-run", "--json").json

    assert told["reasons"]["missing_required_field"] == 13


def test_keep_fullest_lets_the_row_with_most_fields_go_forward(decide, team):
    (team / "two.csv").write_text("email,first name,city\np@fresh-corp.com,,\np@fresh-corp.com,Pia,Bonn\n", "utf-8")

    decide("--keep", "fullest", "--out", "fullest", lists=["two.csv"])
    decide("--out", "first", lists=["two.csv"])

    assert ledger(team / "fullest")["outcome"].to_list() == ["duplicate", "create"]
    assert ledger(team / "first")["outcome"].to_list() == ["create", "duplicate"]


def test_a_sales_navigator_url_in_the_linkedin_column_is_one_field(decide, team):
    sales, plain = (
        "https://www.linkedin.com/sales/lead/ACwAAEmWAtIBVksSPi5nnjfcZLKOLViKQKBu9ew",
        "https://www.linkedin.com/in/pia-fresh",
    )
    rows = f"p@fresh-corp.com,{plain}\np@fresh-corp.com,{sales}\n"
    (team / "two.csv").write_text(f"email,LinkedIn URL\n{rows}", "utf-8")

    decide("--keep", "fullest", "--out", "out", lists=["two.csv"])

    told = ledger(team / "out")
    assert told["linkedinUrlSalesNav"][1] == sales
    assert told["outcome"].to_list() == ["create", "duplicate"]


@pytest.mark.parametrize(
    ("how", "city", "profile"),
    [("none", None, False), ("identifiers", None, True), ("all", "Bonn", True)],
    ids=["none", "identifiers", "all"],
)
def test_fill_decides_what_the_row_takes_from_the_others(decide, team, how, city, profile):
    rows = "email,linkedin,city\np@fresh-corp.com,,\np@fresh-corp.com,linkedin.com/in/pia-p,Bonn\n"
    (team / "two.csv").write_text(rows, "utf-8")

    decide("--fill", how, "--out", "out", lists=["two.csv"])

    told = ledger(team / "out").row(0, named=True)
    assert (told["city"], told["linkedin_url"] is not None) == (city, profile)


def test_updates_fill_what_is_empty_and_overwrite_what_differs_only_when_told(decide, team):
    (team / "one.csv").write_text("email,first name,job title\nin.target@acme-corp.com,Other,CEO\n", "utf-8")

    decide("--import-mode", "update-only", "--out", "fill", lists=["one.csv"])
    decide("--import-mode", "update-only", "--overwrite", "--out", "over", lists=["one.csv"])

    (filled,), (over,) = table(team / "fill" / "updates.csv"), table(team / "over" / "updates.csv")
    assert (filled["_id"], filled.get("firstName"), filled["jobTitle"]) == ("lea_in", None, "CEO")
    assert over["firstName"] == "Other"


def test_every_segment_gets_a_campaign_of_its_own(decide):
    told = decide("--segment", "Colour", "--dry-run", "--json").json

    assert [(b["campaign"], b["rows"]) for b in told["batches"]] == [
        ("Q4 Outreach – red", 2),
        ("Q4 Outreach – blue", 1),
    ]


def many(team, count=7):
    rows = "".join(f"p{n}@corp-{n // 3}.com,corp-{n // 3}.com\n" for n in range(count))
    (team / "many.csv").write_text("email,companyDomain\n" + rows, "utf-8")


def test_batches_keep_to_a_limit_of_ones_own_and_to_who_is_in_already(decide, team):
    many(team)

    told = decide("--max-batch", 5, "--dry-run", "--json", lists=["many.csv"]).json

    assert [(b["campaign"], b["rows"]) for b in told["batches"]] == [("Q4 Outreach", 3), ("Q4 Outreach #2", 4)]


def test_together_keeps_a_company_in_one_batch(decide, team):
    many(team)

    decide("--method", "linkedin", "--max-batch", 4, "--together", "companyDomain", "--out", "out", lists=["many.csv"])

    batches = ledger(team / "out").group_by("companyDomain").agg(pl.col("batch").n_unique())
    assert batches["batch"].to_list() == [1, 1, 1]


def test_balance_evens_out_the_batches(decide, team):
    many(team)

    def sizes(*options):
        told = decide("--method", "linkedin", "--max-batch", 5, "--dry-run", "--json", *options, lists=["many.csv"])
        return [b["rows"] for b in told.json["batches"]]

    assert (sizes(), sizes("--balance")) == ([5, 2], [4, 3])


def test_columns_chooses_the_custom_variables_of_the_batches(decide, team):
    decide("--columns", "Colour", "--out", "out")

    (batch,) = (team / "out" / "batches").iterdir()
    assert list(table(batch)[0])[-2:] == ["Colour", "source"]
    assert "Do Not Contact" not in table(batch)[0]
    assert table(batch)[0]["Colour"] == "red"


def test_a_column_may_be_named_by_hand(decide, team):
    (team / "odd.csv").write_text("Kontaktdaten,Vorname\nk@fresh-corp.com,Kai\n", "utf-8")

    told = decide("--map", "Kontaktdaten=email", "--dry-run", "--json", lists=["odd.csv"]).json

    assert told["outcomes"]["create"] == 1


def test_the_encoding_may_be_named(decide, team):
    (team / "old.csv").write_bytes("email,Stadt\nk@fresh-corp.com,\u0141\u00f3d\u017a\n".encode("cp1250"))

    decide("--encoding", "cp1250", "--out", "out", lists=["old.csv"])

    assert ledger(team / "out")["Stadt"].to_list() == ["\u0141\u00f3d\u017a"]


def test_an_existing_folder_is_replaced_only_with_force(decide, team):
    decide("--out", "out")
    refused = decide("--out", "out", "--dedup", "campaign")
    forced = decide("--out", "out", "--dedup", "campaign", "--force")

    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "--force" in refused.err
    assert (forced.status, summary(team / "out")["dedup"]) == (0, "campaign")


def test_an_existing_folder_is_refused_before_the_list_is_read(decide):
    decide("--out", "out")

    assert "out exists already" in decide("--out", "out", lists=["nowhere.csv"]).err


def test_a_folder_that_no_run_made_is_never_replaced(decide, team):
    (team / "mine").mkdir()
    (team / "mine" / "thesis.txt").write_text("years of work", "utf-8")

    ended = decide("--out", "mine", "--force")

    assert (ended.status, (team / "mine" / "thesis.txt").exists()) == (2, True)


def test_a_locked_workspace_is_waited_for_as_long_as_told(decide, team):
    with duckdb.connect(team / "workspace.duckdb"):
        pass

    assert decide("--lock-timeout", "0.1", "--dry-run").status == 0


@pytest.mark.parametrize(("memory", "told"), [("much", "no amount of memory"), ("10MB", "too little for any list")])
def test_what_is_no_memory_is_a_wrong_command(decide, memory, told):
    ended = decide("--memory", memory)

    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err


def test_the_expectations_gate_a_run(leadsieve, team):
    ended = leadsieve("run", "leads.csv", "--campaign", "Q4 Outreach", "--out", "out")

    assert (ended.status, ended.err) == (0, "")
    assert json.loads((team / "out" / "manifest.json").read_text("utf-8"))["validated"] == {
        "mode": "gate",
        "passed": True,
    }
    assert (team / "out" / "validation").is_dir()


def test_modes_and_outcomes_of_the_summary_have_all_their_words(decide):
    told = decide("--dry-run", "--json").json

    assert list(told["outcomes"]) == list(Outcome)
    assert {mode: list(counts) for mode, counts in told["modes"].items()} == {key: list(Outcome) for key in DedupMode}
    assert told["import_mode"] in set(ImportMode)
