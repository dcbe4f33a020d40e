"""A list of one or many files as one table: row numbers, sources, odd column names, what the list says itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import leadsieve as ls
from leadsieve.cli.app import app

INTERNAL = (
    "record",
    "text",
    "unreadable",
    "list_says",
    "list_column",
    "member_url",
    "email_addresses",
    "told",
    "suggestion",
)
LEDGER = ("row", "File", "outcome", "Conflicts", "email_status")


def run(lists, **options) -> ls.Result:
    return ls.run(lists, workspace=None, campaign="New", **options)


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_rows_are_numbered_over_all_files_in_the_order_given(tmp_path):
    one = write(tmp_path / "b.csv", "email\nann@acme-tools.com\nbob@acme-tools.com\n")
    two = write(tmp_path / "a.csv", "email\neve@acme-tools.com\n")
    ledger = run([one, two]).ledger
    assert ledger.select("row", "line", "source").rows() == [(1, 2, "b"), (2, 3, "b"), (3, 2, "a")]


def test_a_glob_is_read_in_name_order_and_a_tag_names_its_source(tmp_path):
    for name in "cab":
        write(tmp_path / f"{name}.csv", f"email\n{name}@acme-tools.com\n")
    assert run(tmp_path / "*.csv").ledger["source"].to_list() == ["a", "b", "c"]
    assert run(f"Fair={tmp_path}/*.csv").ledger["source"].to_list() == ["Fair"] * 3


def test_the_source_column_is_the_source_and_not_twice(tmp_path):
    file = write(tmp_path / "a.csv", "email,Origin\nann@acme-tools.com,Web\nbob@acme-tools.com,\n")
    result = run(file, source_column="origin")
    assert result.ledger["source"].to_list() == ["Web", "a"]
    assert "Origin" not in result.ledger.columns


def test_a_file_without_rows_beside_one_with_rows_is_no_error(tmp_path):
    empty = write(tmp_path / "a.csv", "email\n")
    full = write(tmp_path / "b.csv", "email\nann@acme-tools.com\n")
    assert run([empty, full]).ledger.height == 1
    with pytest.raises(ls.InputError, match="no rows"):
        run(empty)


@pytest.mark.parametrize("name", INTERNAL)
def test_a_column_may_be_called_like_anything_that_we_use_inside(tmp_path, name):
    file = write(tmp_path / "a.csv", f"email,{name}\nann@acme-tools.com,mine\nbroken@@x,its\n")
    result = run(file, validate="off")
    assert result.ledger[name].to_list() == ["mine", "its"]
    assert result.ledger["outcome"].to_list() == ["create", "failed"]
    result.write(tmp_path / "out")
    assert f"ann@acme-tools.com,mine,{'a'}\n" in (tmp_path / "out" / "batches" / "new-001.csv").read_text()


@pytest.mark.parametrize("name", LEDGER)
def test_a_column_called_like_one_of_the_ledgers_gets_a_trailing_underscore_and_a_warning(tmp_path, name):
    file = write(tmp_path / "a.csv", f"email,{name}\nann@acme-tools.com,mine\nbob@acme-tools.com,\n")
    ledger = run(file).ledger
    assert ledger[f"{name}_"].to_list() == ["mine", None]
    assert ledger["warnings"].to_list() == [["column_renamed"], []]


def test_one_variable_that_two_files_write_in_different_case_is_one_column(tmp_path):
    one = write(tmp_path / "a.csv", "email,Industry\nann@acme-tools.com,Steel\n")
    two = write(tmp_path / "b.csv", "email,industry\nbob@acme-tools.com,Glass\n")
    assert run([one, two]).ledger["Industry"].to_list() == ["Steel", "Glass"]


def test_a_mended_failed_csv_runs_again_as_the_list_that_it_came_from(tmp_path):
    file = write(tmp_path / "a.csv", 'email,Notes\nbroken@@x,=1+1\nann@acme-tools.com,"two\nlines"\n')
    run(file, validate="off").write(tmp_path / "out")
    failed = tmp_path / "out" / "failed.csv"
    mended = write(tmp_path / "mended.csv", failed.read_text("utf-8-sig").replace("broken@@x", "eve@acme-tools.com"))
    again = run(mended).ledger
    assert again.select("email", "Notes", "outcome").rows() == [("eve@acme-tools.com", "=1+1", "create")]
    assert "reason_" not in again.columns


def test_a_misspelt_email_says_in_failed_csv_what_may_be_meant(tmp_path):
    run(write(tmp_path / "a.csv", "email\nann@gmail.con\n"), validate="off").write(tmp_path / "out")
    assert "Perhaps ann@gmail.com is meant." in (tmp_path / "out" / "failed.csv").read_text("utf-8-sig")


def test_a_mailbox_that_two_persons_share_is_warned_of_only_when_asked(tmp_path):
    file = write(tmp_path / "a.csv", "email\nann.ash@gmail.com\nannash@gmail.com\nbob@gmail.com\n")
    assert run(file).ledger["warnings"].to_list() == [[], [], []]
    warned = run(file, mailbox=True)
    assert warned.ledger["warnings"].to_list() == [["possible_same_mailbox"]] * 2 + [[]]
    assert warned.ledger["outcome"].to_list() == ["create"] * 3


def test_why_says_what_a_misspelt_email_may_mean(tmp_path):
    result = run(write(tmp_path / "a.csv", "email\nann@gmial.com\n"))
    assert "perhaps ann@gmail.com is meant" in str(result.why(1))
    assert result.ledger["email"].to_list() == ["ann@gmial.com"]


def test_the_summary_counts_the_cells_that_were_brought_to_one_form(tmp_path):
    cells = "email,linkedinUrl\nANN@acme-tools.com,linkedin.com/in/ann-ash-1/\n<bob@acme-tools.com>,\neve@acme-tools.com,N/A\n"
    told = run(write(tmp_path / "a.csv", cells)).summary["cells"]
    assert told["email"] == {"valid": 2, "repaired": 1, "mended": 2}
    assert told["linkedin"] == {"empty": 2, "person_vanity": 1, "mended": 1}


@pytest.mark.parametrize(
    "command",
    [["run", "--campaign", "New", "--new-campaign", "--no-workspace"], ["clean"], ["split"], ["inspect"]],
    ids=lambda c: c[0],
)
def test_one_misspelt_map_among_several_is_named_with_the_nearest_column(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    file = write(tmp_path / "a.csv", "Post,Firm\nann@acme-tools.com,Acme\n")
    out = [] if command[0] == "inspect" else ["--out", "out"]
    asked = ["--map", "post =email", "--map", "Frim=companyName"]
    ended = CliRunner().invoke(app, [command[0], str(file), *command[1:], *out, *asked])
    assert isinstance(ended.exception, ls.UsageError)
    assert "'Frim' (did you mean 'Firm'?)" in str(ended.exception)
    assert "post" not in str(ended.exception)
    assert not (tmp_path / "out").exists()


def test_a_map_need_only_be_in_one_file_of_the_list_and_one_of_the_policy_in_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "leadsieve.toml", '[map]\n"Their column" = "jobTitle"\n')
    one = write(tmp_path / "a.csv", "Post\nann@acme-tools.com\n")
    two = write(tmp_path / "b.csv", "email\nbob@acme-tools.com\n")
    options = ["--campaign", "New", "--new-campaign", "--no-workspace", "--dry-run", "--map", "Post=email"]
    assert CliRunner().invoke(app, ["run", str(one), str(two), *options]).exception is None


def test_the_summary_names_what_an_opt_out_column_says_that_is_neither_yes_nor_no(tmp_path):
    one = write(
        tmp_path / "a.csv",
        "email,Unsubscribed,Lead Status\na@x-firm.com,STOP,New\nb@x-firm.com,no,\nc@x-firm.com,ja,\n",
    )
    two = write(tmp_path / "b.csv", "email,Unsubscribed,DNC\nd@x-firm.com,stop,d@x-firm.com\ne@x-firm.com,,STOP\n")
    result = run([one, two])

    assert result.summary["unread_opt_outs"] == {"Unsubscribed": {"STOP": 2}, "DNC": {"STOP": 1, "(not shown)": 1}}
    (note,) = [note for note in result.summary["advice"] if note["code"] == "unread_opt_outs"]
    assert note["rows"] == 4
    assert "`Unsubscribed` STOP (2); `DNC` STOP (1) and (not shown) (1)" in note["text"]
    assert result.summary["outcomes"]["create"] == 4


def test_a_word_that_the_policy_was_taught_is_an_opt_out_and_no_longer_named(tmp_path):
    file = write(tmp_path / "a.csv", "email,Unsubscribed\na@x-firm.com,STOP\n")
    taught = tuple(replace(rule, words=(*rule.words, "stop")) for rule in ls.Policy().suppress_columns)
    result = run(file, policy=replace(ls.Policy(), suppress_columns=taught))

    assert (result.summary["unread_opt_outs"], result.summary["outcomes"]["suppressed"]) == ({}, 1)


def test_of_many_values_that_are_not_understood_the_most_frequent_are_named(tmp_path):
    cells = [word for place, word in enumerate("abcdefg") for _ in range(9 - place)]
    rows = "".join(f"x{number}@x-firm.com,word {cell}\n" for number, cell in enumerate(cells))
    (note,) = run(write(tmp_path / "a.csv", f"email,Unsubscribed\n{rows}")).summary["advice"]
    assert "`Unsubscribed` word a (9), word b (8), word c (7), word d (6), word e (5) and 2 more." in note["text"]


def test_a_campaigns_name_is_one_line(tmp_path):
    file = write(tmp_path / "a.csv", "email\nann@acme-tools.com\n")
    with pytest.raises(ls.UsageError, match="in one line"):
        ls.run(file, workspace=None, campaign="Spring\nAutumn")
