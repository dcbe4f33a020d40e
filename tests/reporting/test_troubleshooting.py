"""Each of the nine issues of lemlist's articles is recognised by its own sample, and not by a near miss of it."""

import io
import tomllib
from collections import Counter
from importlib.resources import files

import pytest
from rich.console import Console

import leadsieve as ls
from leadsieve.reporting import Issue, print_summary, troubles
from leadsieve.reporting.troubleshooting import Load, Signs

TARGET, OTHER = "Q4 Outreach", "Nordics"
EXPORTS = {
    TARGET: "_id,email,status\n" + "".join(f"lea_{n},in{n}@acme-corp.com,done\n" for n in range(10)),
    OTHER: "_id,email,status\nlea_run,running@acme-corp.com,running\nlea_old,finished@acme-corp.com,done\n",
}
CAMPAIGNS = f"id,name,owner,status,archived\ncam_q4,{TARGET},Ann,running,false\ncam_no,{OTHER},Ben,running,false\n"


def known(count):
    return [f"in{n}@acme-corp.com" for n in range(count)]


def new(count):
    return [f"new{n}@fresh-corp.com" for n in range(count)]


SAMPLES = {
    Issue.ALL_SKIPPED: ([*known(9), *new(1)], {}, 9, TARGET),
    Issue.OLD_LEAD_BLOCKED: (["finished@acme-corp.com", *new(2)], {"dedup": "workspace"}, 1, OTHER),
    Issue.IN_PROGRESS_ELSEWHERE: (["running@acme-corp.com", *new(2)], {}, 1, OTHER),
    Issue.SPELT_DIFFERENTLY: (["ann@fresh-corp.com", "Ann@Fresh-Corp.com ", "ann@fresh-corp.com"], {}, 1, None),
    Issue.IMPORT_STOPS: (new(1_000), {"method": "linkedin"}, 1_000, TARGET),
    Issue.FILE_TOO_LARGE: (new(10_001), {"method": "csv"}, 10_001, TARGET),
    Issue.API_SLOW: (new(600), {"method": "api"}, 600, None),
    Issue.CAMPAIGN_TOO_SMALL: (new(2_001), {"method": "salesforce"}, 2_001, TARGET),
}
"""What each issue is recognised from: a list, the options of its run, the rows that it concerns, the campaign."""

NEAR_MISSES = {
    Issue.ALL_SKIPPED: ([*known(8), *new(2)], {}),
    Issue.OLD_LEAD_BLOCKED: (["finished@acme-corp.com", *new(2)], {"dedup": "active"}),
    Issue.IN_PROGRESS_ELSEWHERE: (["running@acme-corp.com", *new(2)], {"dedup": "campaign"}),
    Issue.SPELT_DIFFERENTLY: (["ann@fresh-corp.com", "ann@fresh-corp.com", "ann@fresh-corp.com"], {}),
    Issue.IMPORT_STOPS: (new(999), {"method": "linkedin"}),
    Issue.FILE_TOO_LARGE: (new(9_990), {"method": "csv"}),
    Issue.API_SLOW: (new(599), {"method": "api"}),
    Issue.CAMPAIGN_TOO_SMALL: (new(1_990), {"method": "salesforce"}),
}
"""The same, but for the one thing that makes the issue. The campaign has ten leads, which count by campaign."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("team")
    for name, text in EXPORTS.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    (folder / "campaigns.txt").write_text(CAMPAIGNS, "utf-8")
    place = ls.Workspace(folder / "workspace.duckdb")
    place.load(folder / "*.csv", campaigns=folder / "campaigns.txt")
    return place


@pytest.fixture
def run(workspace, tmp_path):
    """Run a list of emails, or the lines of a file, for the campaign."""

    def decide(lines, header="email", **options):
        (tmp_path / "list.csv").write_text("\n".join([header, *lines, ""]), "utf-8")
        return ls.run(tmp_path / "list.csv", campaign=TARGET, workspace=workspace, **options)

    return decide


def codes(result):
    return [trouble["code"] for trouble in result.summary["troubles"]]


@pytest.mark.parametrize("issue", SAMPLES)
def test_a_sample_shows_its_issue_and_no_other(run, issue):
    lines, options, rows, campaign = SAMPLES[issue]

    (told,) = run(lines, **options).summary["troubles"]

    assert (told["code"], told["rows"], told["campaign"]) == (issue, rows, campaign)


@pytest.mark.parametrize("issue", NEAR_MISSES)
def test_a_near_miss_shows_none(run, issue):
    lines, options = NEAR_MISSES[issue]

    assert codes(run(lines, **options)) == []


@pytest.mark.parametrize("issue", SAMPLES)
def test_the_sentences_are_whole_and_name_nobody(run, issue):
    lines, options, _, _ = SAMPLES[issue]
    (told,) = run(lines, **options).summary["troubles"]

    assert "@" not in told["text"] + told["fix"]
    assert "{" not in told["text"] + told["fix"]
    assert told["text"].endswith(".")
    assert told["fix"].endswith(".")


@pytest.mark.parametrize("issue", Issue)
def test_every_issue_is_told_in_the_words_of_the_article(issue):
    texts = tomllib.loads(files("leadsieve.reporting").joinpath("troubles.toml").read_text("utf-8"))[issue]

    assert all(told["issue"] for told in ([texts] if "issue" in texts else texts.values()))


def test_leads_in_progress_are_told_with_their_campaigns_owner(run):
    (told,) = run(["running@acme-corp.com", *new(1)]).summary["troubles"]

    assert "(" not in told["text"]
    assert f"{OTHER}, owner Ben: 1" in told["text"]


@pytest.mark.parametrize(
    ("issue", "setting"),
    [
        (Issue.OLD_LEAD_BLOCKED, {"dedup": "active"}),
        (Issue.IN_PROGRESS_ELSEWHERE, {"dedup": "campaign"}),
    ],
    ids=["old", "in progress"],
)
def test_the_setting_of_the_fix_lets_as_many_rows_in_as_told(run, issue, setting):
    lines, options, rows, _ = SAMPLES[issue]
    before, after = run(lines, **options).summary, run(lines, **{**options, **setting}).summary

    assert f"--dedup {setting['dedup']}" in before["troubles"][0]["fix"]
    assert after["outcomes"]["create"] - before["outcomes"]["create"] == rows


def test_skipped_by_the_strict_setting_names_the_modes_that_let_them_in(run):
    lines = ["finished@acme-corp.com", "running@acme-corp.com", *known(2)]
    (told,) = run(lines, dedup="workspace").summary["troubles"]

    assert told["code"] == Issue.ALL_SKIPPED
    for words in ("`--dedup active`", "`--dedup campaign`", "`--import-mode create-and-update`"):
        assert words in told["fix"]


def test_repeats_of_skipped_rows_are_skipped_with_them(run):
    assert codes(run([*known(5), *known(5)])) == [Issue.ALL_SKIPPED]


def test_a_list_that_only_fails_is_not_skipped(run):
    assert codes(run(["broken@@mail", "broken@@mail2"])) == []


PROFILES = {
    "form of the address": ("https://www.linkedin.com/in/ann-ash-1", "linkedin.com/in/ann-ash-1/", 1),
    "the same address": ("https://www.linkedin.com/in/ann-ash-1", "https://www.linkedin.com/in/ann-ash-1", 0),
}


@pytest.mark.parametrize(("first", "second", "rows"), PROFILES.values(), ids=PROFILES)
def test_the_form_of_a_profile_is_a_spelling_too(run, first, second, rows):
    result = run([f",{first},Ann", f",{second},Ann"], "email,linkedin,first name")

    assert [trouble["rows"] for trouble in result.summary["troubles"]] == [rows] * rows


def test_a_row_that_lemlist_would_recognise_by_its_other_cell_is_not_respelt(run):
    profile = "https://www.linkedin.com/in/ann-ash-1"
    lines = [f"ann@fresh-corp.com,{profile}", f"ANN@fresh-corp.com,{profile}"]

    assert codes(run(lines, "email,linkedin")) == []


def test_a_cell_that_only_was_filled_is_no_spelling(run):
    """The first row takes the profile from the second; in the list, only the email stands twice, spelt alike."""
    lines = ["ann@fresh-corp.com,", "ann@fresh-corp.com,https://www.linkedin.com/in/ann-ash-1"]

    assert codes(run(lines, "email,linkedin")) == []


def test_a_placeholder_in_both_rows_hides_no_spelling(run):
    assert codes(run(["ann@fresh-corp.com,N/A", "ANN@fresh-corp.com,N/A"], "email,linkedin")) == [
        Issue.SPELT_DIFFERENTLY
    ]


def test_a_respelt_row_of_somebody_who_is_held_back_would_not_have_been_imported(run):
    assert codes(run(["running@acme-corp.com", "Running@acme-corp.com"])) == [Issue.IN_PROGRESS_ELSEWHERE]


def test_a_limit_of_ones_own_is_no_trouble(run):
    assert codes(run(new(40), max_batch=10)) == []


FEW = {"readable": 100, "repeats": 0, "in_target": 0, "respelt": 0, "uploads": 1, "loads": ()}
NONE = {"known": Counter(), "ended": Counter(), "in_progress": Counter(), "deleted": Counter()}


def signs(**told):
    return Signs(**{**FEW, **NONE, **told})


def told_of(policy, **loads):
    return [trouble.code for trouble in troubles(signs(**loads), policy)]


FULL = {
    "what fits": (Load(campaign=TARGET, leads=100, members=9_900), []),
    "one too many": (Load(campaign=TARGET, leads=100, members=9_901), [Issue.IMPORT_STOPS]),
    "a full campaign": (Load(campaign=TARGET, leads=1, members=12_000), [Issue.IMPORT_STOPS]),
}


@pytest.mark.parametrize(("load", "expected"), FULL.values(), ids=FULL)
def test_a_campaign_that_is_nearly_full_stops_the_import(load, expected):
    assert told_of(ls.Policy(), loads=(load,)) == expected


def test_more_than_csv_takes_in_all_names_the_uploads_and_the_api():
    load = Load(campaign=TARGET, leads=50_000, members=0)
    stops, large = troubles(signs(loads=(load,), uploads=2), ls.Policy())

    assert (stops.code, large.code) == (Issue.IMPORT_STOPS, Issue.FILE_TOO_LARGE)
    assert "2 uploads, or by API in about 83 minutes" in stops.fix


def test_an_api_import_that_csv_cannot_take_is_only_told_its_time():
    load = Load(campaign=TARGET, leads=41_000, members=0)
    slow, small = troubles(signs(loads=(load,)), ls.Policy().with_options(method="api"))

    assert (slow.code, small.code) == (Issue.API_SLOW, Issue.CAMPAIGN_TOO_SMALL)
    assert "--method csv" not in slow.fix


def test_many_campaigns_are_named_by_the_most_rows_and_counted():
    places = Counter({(f"C{n}", "Ben"): n for n in range(1, 6)})
    (told,) = troubles(signs(in_progress=places), ls.Policy())

    assert told.text.endswith("C5, owner Ben: 5; C4, owner Ben: 4; C3, owner Ben: 3; 2 more.")


def test_the_terminal_shows_what_stands_in_the_way(run):
    result = run(["running@acme-corp.com", *new(1)])
    text = io.StringIO()
    print_summary(result.summary, result.reasons, Console(file=text, width=10_000, color_system=None))
    (told,) = result.summary["troubles"]

    assert f"What stands in the way, and what to do\n  • {told['text']} {told['fix']}" in text.getvalue()


def test_a_notebook_shows_what_stands_in_the_way(run):
    assert "What stands in the way" in run(["running@acme-corp.com", *new(1)])._repr_html_()
