"""Whatever is wrong: one message on standard error, its exit status, nothing half written."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pytest

import leadsieve.output
import leadsieve.pipeline
import leadsieve.validation
from leadsieve.cli import campaigns, main_job

MIB = 1024 * 1024


def refused(ended, status, *words):
    """Assert that a command ended as it should: one line that says what happened, and nothing on standard output."""
    assert (ended.status, ended.out) == (status, "")
    assert ended.err.startswith("Error: ")
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err


def unchanged(folder, before):
    return sorted(path for path in folder.rglob("*")) == before


def files(folder):
    return sorted(path for path in folder.rglob("*"))


BROKEN_LISTS = {
    "empty": (b"", "broken.csv is empty"),
    "header-only": (b"email,first name\n", "broken.csv"),
    "no-usable-column": (b"Colour,Size\nred,10\n", "Colour"),
    "two-columns-for-one-field": (b"email,E-mail\na@fresh-corp.com,b@fresh-corp.com\n", "E-mail"),
    "a-picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "broken.csv"),
}


@pytest.mark.parametrize(("content", "word"), BROKEN_LISTS.values(), ids=BROKEN_LISTS)
@pytest.mark.parametrize("command", ["run", "compare", "split", "clean"])
def test_a_list_that_cannot_be_used_is_refused(leadsieve, team, command, content, word):
    (team / "broken.csv").write_bytes(content)
    before = files(team)
    options = ["--out", "out"] if command in {"split", "clean"} else ["--campaign", "Q4 Outreach"]

    refused(leadsieve(command, "broken.csv", *options), 3, word)
    assert unchanged(team, before)


@pytest.mark.parametrize("command", ["run", "inspect", "clean"])
def test_an_encoding_that_does_not_exist_is_a_usage_error(leadsieve, team, command):
    run = ["--campaign", "Q4 Outreach", "--validate", "off"]
    more = {"run": run, "inspect": [], "clean": ["--out", "out"]}[command]
    before = files(team)

    refused(leadsieve(command, "leads.csv", "--encoding", "nope", *more), 2, "'nope' is not known")
    assert unchanged(team, before)


@pytest.mark.parametrize("name", ["nowhere.csv", "no*where.csv"], ids=["path", "glob"])
def test_a_missing_list_is_named(decide, name):
    refused(decide(lists=[name]), 3, name)


def test_a_folder_is_no_list(decide, team):
    (team / "folder").mkdir()

    refused(decide(lists=["folder"]), 3, "folder", "*.csv")


def test_no_standard_input_is_told(decide, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)

    refused(decide(lists=["-"]), 3, "standard input")


def test_a_first_row_that_is_data_is_not_quoted(decide, team):
    (team / "bare.csv").write_text("zz-first-cell,zz-second-cell\nzz-third-cell,zz-fourth-cell\n", "utf-8")

    ended = decide(lists=["bare.csv"])

    assert ended.status == 3
    assert "fourth" not in ended.err


def test_no_workspace_in_the_folder_stops_a_job_that_stands_in_the_wrong_one(leadsieve, here):
    before = files(here)

    refused(leadsieve("run", "leads.csv", "--campaign", "Q4 Outreach"), 3, "workspace.duckdb", "--no-workspace")
    assert unchanged(here, before)


@pytest.mark.parametrize(
    "command", [["snapshot", "list"], ["suppress", "list"], ["suppress", "remove", "@shut-corp.com"]]
)
def test_a_command_that_only_reads_makes_no_workspace(leadsieve, here, command):
    before = files(here)

    refused(leadsieve(*command), 3, "workspace.duckdb")
    assert unchanged(here, before)


def test_a_workspace_without_snapshot_is_refused(leadsieve, here):
    (here / "opt-outs.csv").write_text("value\nno@fresh-corp.com\n", "utf-8")
    leadsieve("suppress", "add", "opt-outs.csv")

    refused(leadsieve("run", "leads.csv", "--campaign", "Q4 Outreach"), 3, "snapshot")


def test_an_unknown_snapshot_is_refused(decide):
    refused(decide("--snapshot", 7), 3, "snapshot 7")


@pytest.mark.parametrize("content", [b"", b"no database at all\n" * 100], ids=["empty", "text"])
def test_a_file_that_is_no_workspace_is_refused(decide, team, content):
    (team / "workspace.duckdb").write_bytes(content)

    refused(decide(), 3, "workspace.duckdb")


def test_a_database_of_something_else_is_refused(decide, team):
    (team / "workspace.duckdb").unlink()
    with duckdb.connect(team / "workspace.duckdb") as con:
        con.execute("create table sales (day date)")

    refused(decide(), 3, "no leadsieve workspace")


def test_a_workspace_of_a_newer_version_is_refused(decide, team):
    with duckdb.connect(team / "workspace.duckdb") as con:
        con.execute("update facts_of_file set value = '999' where name = 'schema_version'")

    refused(decide(), 3, "newer leadsieve")


EXPORT = "_id,email,status\nlea_run,running@acme-corp.com,done\n"


@pytest.fixture
def holder(team):
    """Another process that holds the workspace."""
    held = "import duckdb, sys, time; con = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", held, str(team / "workspace.duckdb")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.parametrize(
    "command",
    [
        ["run", "leads.csv", "--campaign", "Q4 Outreach", "--validate", "off"],
        ["snapshot", "load", "Nordics.csv"],
        ["suppress", "list"],
    ],
    ids=["run", "snapshot load", "suppress list"],
)
def test_a_workspace_that_another_process_holds_is_refused_after_the_time_told(leadsieve, holder, here, command):
    (here / "Nordics.csv").write_text(EXPORT, "utf-8")
    started = time.monotonic()

    refused(leadsieve(*command, "--lock-timeout", "0.2"), 3, f"process {holder.pid}", "--lock-timeout")
    assert time.monotonic() - started < 8


@pytest.mark.parametrize("misspelt", ["Q4 Outreech", "q4 outreach"])
def test_a_misspelt_campaign_is_answered_with_the_nearest(decide, misspelt):
    refused(decide(campaign=misspelt), 2, misspelt, "The nearest is Q4 Outreach", "--new-campaign")


WRONG_COMMANDS = {
    "no campaign": (["run", "leads.csv"], "--campaign"),
    "an empty campaign": (["run", "leads.csv", "--campaign", " "], "--campaign"),
    "no list": (["run", "--campaign", "Q4 Outreach"], "LIST"),
    "no such mode": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--dedup", "everything"], "workspace"),
    "no such option": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--dedupe", "active"], "--dedup"),
    "no such command": (["runn", "leads.csv"], "run"),
    "no such column": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--segment", "Shade"], "Shade"),
    "no such source column": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--source-column", "Shade"], "Shade"),
    "no such variable": (
        ["run", "leads.csv", "--campaign", "Q4 Outreach", "--columns", "Shade", "--validate", "off"],
        "Shade",
    ),
    "a map of no form": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--map", "email"], "COLUMN=field"),
    "a limit above lemlist's": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--max-batch", "20000"], "10,000"),
    "a limit of nothing": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--max-batch", "0"], "--max-batch"),
    "two workspaces": (
        ["run", "leads.csv", "--campaign", "Q4 Outreach", "--workspace", "w.duckdb", "--no-workspace"],
        "--no-workspace",
    ),
    "no such policy": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--policy", "nowhere.toml"], "nowhere.toml"),
    "a negative wait": (["run", "leads.csv", "--campaign", "Q4 Outreach", "--lock-timeout", "-1"], "lock_timeout"),
    "no time": (["snapshot", "load", "leads.csv", "--taken-at", "yesterday"], "yesterday"),
    "nothing to remove": (["suppress", "remove", "Mister Nobody"], "suppress export"),
    "no such row": (["why", "out", "99"], "rows 1 to"),
    "no such email": (["why", "out", "nobody@nowhere-corp.com"], "no row with this email"),
}


@pytest.mark.parametrize(("command", "word"), WRONG_COMMANDS.values(), ids=WRONG_COMMANDS)
def test_a_wrong_command_says_what_is_wrong(leadsieve, decide, team, command, word):
    if command[0] == "why":
        decide("--out", "out")
    before = files(team)

    ended = leadsieve(*command)

    refused(ended, 2, word)
    assert unchanged(team, before)
    assert "nobody@nowhere-corp.com" not in ended.err


def test_a_dry_run_refuses_the_options_that_a_run_refuses(decide):
    refused(decide("--columns", "Shade", "--dry-run"), 2, "Shade")


BROKEN_POLICIES = {
    "unknown keys": ('dedupe = "active"\nmehtod = "csv"\n', ["`dedupe`", "`dedup`", "`mehtod`", "`method`"]),
    "no such value": ('dedup = "everything"\n', ["`dedup`", "`workspace`"]),
    "no TOML": ("dedup = \n", ["leadsieve.toml", "TOML"]),
}


@pytest.mark.parametrize(("text", "words"), BROKEN_POLICIES.values(), ids=BROKEN_POLICIES)
def test_a_broken_policy_is_told_with_what_is_near(decide, team, text, words):
    (team / "leadsieve.toml").write_text(text, "utf-8")

    refused(decide(), 2, *words)


def test_a_folder_of_no_run_has_no_rows_to_explain(leadsieve, here):
    refused(leadsieve("why", here, "1"), 3, "no folder that a run published")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(decide, team):
    (team / "shut").mkdir(mode=0o500)

    refused(decide("--out", "shut/out"), 3, "shut/out")


@pytest.mark.parametrize(
    "command",
    [
        ["run", "leads.csv", "--campaign", "Q4 Outreach", "--validate", "off", "--out", "leads.csv/out"],
        ["split", "leads.csv", "--out", "leads.csv/out"],
        ["clean", "leads.csv", "--out", "leads.csv/out.csv"],
        ["init", "leads.csv/leadsieve.toml"],
        ["suppress", "export", "leads.csv/out.csv"],
        ["demo", "leads.csv/demo"],
    ],
    ids=lambda command: command[0],
)
def test_a_place_that_cannot_be_written_is_told(leadsieve, team, command):
    before = files(team)

    refused(leadsieve(*command), 3, "cannot be written")
    assert unchanged(team, before)


FULL_DISK = textwrap.dedent("""
    import resource, sys
    from leadsieve.cli import main
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
    main(sys.argv[2:])
""")


def on_a_full_disk(size, *command):
    """Run a command in a process that may write no file larger than `size` bytes."""
    return subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(size), *command], capture_output=True, text=True, check=False, timeout=120
    )


def many_leads(team):
    rows = "".join(f"p{n}@corp-{n}.com,Some Company Of That Number {n}\n" for n in range(2_000))
    (team / "leads.csv").write_text("email,company\n" + rows, "utf-8")


@pytest.mark.parametrize(
    "command",
    [
        ["run", "leads.csv", "--campaign", "Q4 Outreach", "--validate", "off", "--out", "out", "--no-workspace"],
        ["split", "leads.csv", "--out", "out"],
        ["clean", "leads.csv", "--out", "out.csv"],
    ],
    ids=lambda command: command[0],
)
def test_a_disk_that_fills_leaves_nothing_half_written(team, command):
    many_leads(team)
    before = files(team)

    ended = on_a_full_disk(20_000, *command)

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith("Error: out")
    assert ended.stderr.count("\n") == 1
    assert unchanged(team, before)


def test_a_disk_without_room_for_the_workspaces_copy_is_told(team):
    before = files(team)

    ended = on_a_full_disk(20_000, "run", "leads.csv", "--campaign", "Q4 Outreach", "--validate", "off", "--out", "out")

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith("Error: The workspace workspace.duckdb cannot be copied")
    assert ended.stderr.count("\n") == 1
    assert unchanged(team, before)


def test_a_disk_that_fills_leaves_the_old_run_whole(decide, team):
    decide("--out", "out")
    before = {path: path.read_bytes() for path in files(team / "out") if path.is_file()}
    many_leads(team)

    command = [
        "run",
        "leads.csv",
        "--campaign",
        "Q4 Outreach",
        "--validate",
        "off",
        "--out",
        "out",
        "--force",
        "--no-workspace",
    ]
    ended = on_a_full_disk(20_000, *command)

    assert ended.returncode == 3
    assert {path: path.read_bytes() for path in files(team / "out") if path.is_file()} == before


def test_a_disk_that_fills_leaves_the_workspace_as_it_was(leadsieve, team):
    rows = "".join(f"lea_{n},p{n}@corp-{n}.com,running\n" for n in range(100_000))
    (team / "Big.csv").write_text("_id,email,status\n" + rows, "utf-8")
    told = leadsieve("snapshot", "list").out

    ended = on_a_full_disk((team / "workspace.duckdb").stat().st_size + 100_000, "snapshot", "load", "Big.csv")

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith("Error: ")
    assert ended.stderr.count("\n") == 1
    assert leadsieve("snapshot", "list").out == told


def test_ctrl_c_in_the_middle_leaves_nothing_behind(decide, team, monkeypatch):
    before = files(team)

    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(leadsieve.output, "write_manifest", interrupted)
    ended = decide("--out", "out")

    assert (ended.status, ended.out, ended.err) == (130, "", "Stopped; nothing half written is left.\n")
    assert unchanged(team, before)


SLOW = textwrap.dedent("""
    import sys, time
    def slow(*arguments, seconds=30):
        print("now", file=sys.stderr, flush=True)
        for _ in range(int(seconds / 0.05)):  # a signal that comes just before a sleep does not end it
            time.sleep(0.05)
    {where}
    from leadsieve.cli import main
    sys.argv = ["leadsieve", *sys.argv[1:]]
    main()
""")
WRITING = "import leadsieve.output; leadsieve.output.write_manifest = slow"


def start_slow_run(where):
    """Start a run that says "now" and rests at a place, which is a line of Python."""
    command = ["run", "leads.csv", "--campaign", "Q4 Outreach", "--validate", "off", "--out", "out"]
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(where=where), *command],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stderr.readline() == "now\n"
    return process


STOPPED = (130, "", "Stopped; nothing half written is left.\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_process_leaves_nothing_behind(team, number):
    before = files(team)
    process = start_slow_run(WRITING)

    process.send_signal(number)
    printed, message = process.communicate(timeout=20)

    assert (process.returncode, printed, message) == STOPPED
    assert unchanged(team, before)


MEANWHILE = """
import leadsieve.output
def writing(*arguments):
    {what}
leadsieve.output.write_manifest = writing
"""
LOADING = """
class Finder:
    def find_spec(name, path, target=None):
        if name == "leadsieve.cli.app":
            slow(seconds={seconds})
sys.meta_path.insert(0, Finder)
"""
FREEING = """
    class Freed:
        def __del__(self):
            slow()
    Freed()
"""
INTO_ANOTHER_ERROR = """
    try:
        slow()
    except KeyboardInterrupt as error:
        raise RuntimeError("pending query") from error
"""
TIDYING = """
import shutil
remove = shutil.rmtree
def tidy(folder, **how):
    if "staging" in str(folder):
        slow(seconds=0.2)
    remove(folder, **how)
shutil.rmtree = tidy
"""


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(LOADING.format(seconds=30), id="while the commands load"),
        pytest.param(MEANWHILE.format(what=INTO_ANOTHER_ERROR), id="where a library makes another error of it"),
        pytest.param(MEANWHILE.format(what=FREEING), id="where Python frees an object and goes on"),
    ],
)
def test_ctrl_c_is_one_sentence_at_any_moment(team, where):
    before = files(team)
    process = start_slow_run(where)

    process.send_signal(signal.SIGINT)
    printed, message = process.communicate(timeout=20)

    assert (process.returncode, printed, message) == STOPPED
    assert unchanged(team, before)


@pytest.mark.usefixtures("team")
def test_ctrl_c_after_the_work_takes_nothing_back():
    process = start_slow_run("import atexit; atexit.register(slow, seconds=0.2)")

    process.send_signal(signal.SIGINT)
    printed, message = process.communicate(timeout=20)

    assert (process.returncode, message) == (0, "")
    assert printed.endswith("Written to out\n")


def test_ctrl_c_that_a_program_around_us_passes_on_too_does_not_stop_the_tidying(team):
    before = files(team)
    process = start_slow_run(TIDYING + WRITING)

    process.send_signal(signal.SIGINT)
    assert process.stderr.readline() == "now\n"
    process.send_signal(signal.SIGINT)
    printed, message = process.communicate(timeout=20)

    assert (process.returncode, printed, message) == STOPPED
    assert unchanged(team, before)


@pytest.mark.usefixtures("team")
def test_what_is_told_to_ignore_ctrl_c_ignores_it():
    process = start_slow_run(
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)" + LOADING.format(seconds=0.2)
    )

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)

    assert process.returncode == 0


def test_the_next_start_tidies_up_after_a_killed_run(decide, team):
    before = files(team)
    process = start_slow_run(WRITING)

    process.kill()
    process.communicate(timeout=20)
    assert not unchanged(team, before)

    decide("--out", "out")
    assert [path.name for path in team.iterdir() if path.name.startswith(".")] == []


def test_an_error_that_nobody_foresaw_is_told_without_its_text(decide, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("secret-cell-of-somebody")  # noqa: EM101 -- what a bug would say

    monkeypatch.setattr(leadsieve.pipeline, "sieve", broken)
    ended = decide()

    refused(ended, 3, "bug", "RuntimeError", "pipeline.py")
    assert "secret" not in ended.err


def test_a_run_that_breaks_a_rule_publishes_nothing(decide, team, monkeypatch):
    before = files(team)

    def breaks(*_arguments, **_options):
        raise leadsieve.ValidationError("The output breaks a rule. Nothing was published.")  # noqa: EM101, TRY003

    monkeypatch.setattr(leadsieve.output, "_validate", breaks)
    monkeypatch.setattr(leadsieve.validation.Gate, "start", lambda **_: NoGate())

    ended = decide("--validate", "gate", "--out", "out")

    refused(ended, 1, "Nothing was published")
    assert unchanged(team, before)


class NoGate:
    """A gate that needs no child process."""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None


class BrokenVerdict:
    """A verdict that stands against the run."""

    passed = False

    def write(self, folder):
        (folder / "validation").mkdir()


def test_a_broken_rule_is_told_when_the_run_is_published_all_the_same(decide, monkeypatch):
    monkeypatch.setattr(leadsieve.output, "_validate", lambda *_: BrokenVerdict())
    monkeypatch.setattr(leadsieve.validation.Gate, "start", lambda **_: NoGate())

    ended = decide("--validate", "warn", "--out", "out", "--json")

    assert (ended.status, ended.json["input_rows"]) == (0, 15)
    assert ended.err.startswith("Warning: the output breaks a rule")


def test_help_names_every_command(leadsieve):
    ended = leadsieve("--help")

    assert (ended.status, ended.err) == (0, "")
    for command in ("run", "snapshot", "suppress", "why", "compare", "split", "clean", "limits", "init", "demo"):
        assert f"  {command}" in ended.out


@pytest.mark.parametrize("command", [[], ["snapshot"], ["suppress"]], ids=["leadsieve", "snapshot", "suppress"])
def test_a_command_without_arguments_shows_its_help(leadsieve, command):
    ended = leadsieve(*command)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("Usage: leadsieve")


def test_the_version_is_told(leadsieve):
    assert leadsieve("--version").out.startswith("leadsieve 0.")


def test_a_reader_who_has_gone_changes_no_exit_status(team):
    program = "from leadsieve.cli import main; main()"
    command = f"{sys.executable} -c '{program}' limits; echo status $? >&2"
    ended = subprocess.run(
        ["bash", "-c", f"({command}) | true"], capture_output=True, text=True, check=False, cwd=team, timeout=60
    )

    assert ended.stderr == "status 0\n"


DRY_RUN = "run leads.csv --campaign 'Q4 Outreach' --dry-run"


def in_a_shell(command):
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} -m leadsieve.cli {command}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("command", ["--help", "--version", "limits", DRY_RUN, f"{DRY_RUN} --json"])
def test_a_standard_output_that_is_full_is_told_and_no_bug(command):
    ended = in_a_shell(f"{command} > /dev/full")

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == (
        "Error: Standard output cannot be written: No space left on device. Send it elsewhere; what the command wrote to files stands.\n"
    )


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("command", [DRY_RUN, f"{DRY_RUN} --json"])
def test_a_job_without_standard_output_or_error_ends_well(command):
    ended = in_a_shell(f"{command} >&- 2>&-")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.usefixtures("team")
def test_a_standard_error_that_is_full_changes_no_exit_status():
    assert in_a_shell("run no-such.csv --campaign x 2> /dev/full").returncode == 3


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_a_closed_stream_changes_no_exit_status(closed):
    command = f"{sys.executable} -m leadsieve.cli --version {closed}"

    assert subprocess.run(["bash", "-c", command], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize(("command", "status"), [("--version", 0), ("rnu", 2), ("inspect no-such-file", 3)])
def test_a_process_is_tidied_up_before_it_ends_with_its_status(command, status, tmp_path):
    program = (
        "import atexit, tempfile; from leadsieve.cli import main; "
        "left = tempfile.TemporaryDirectory(); atexit.register(print, 'tidied up'); main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *command.split()],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        timeout=60,
    )

    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (status, "tidied up")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("team")
def test_a_terminal_that_lacks_a_character_shows_something_else():
    command = [sys.executable, "-c", "from leadsieve.cli import main; main()", "compare", "leads.csv"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    ended = subprocess.run(
        [*command, "--campaign", "Q4 Outreach"], capture_output=True, check=False, env=environment, timeout=60
    )

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"active ?" in ended.stdout


def test_commands_translate_and_do_not_open_files_themselves():
    sources = [Path(module.__file__).read_text("utf-8") for module in (main_job, campaigns)]

    assert [text for text in sources if "open(" in text or "duckdb" in text.replace("workspace.duckdb", "")] == []
