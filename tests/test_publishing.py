"""A folder is published whole or not at all, whatever goes wrong and whenever."""

import csv
import errno
import itertools
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl
import pytest

import leadsieve
from leadsieve import holding, publishing
from leadsieve.errors import OutputError, UsageError, ValidationError
from leadsieve.formulas import unguarded
from leadsieve.names import batch_file, default_out, slugify
from leadsieve.publishing import refuse, staged, to_json, write_csv, write_manifest
from leadsieve.simple_jobs import publish_file
from leadsieve.spool import write_parquet

NEW, OLD = "new", "old"
TABLE = pl.DataFrame({"email": ["ann@acme.com"]})


@contextmanager
def making(out: Path, *, force: bool = False, content: str = NEW) -> Iterator[Path]:
    with staged(out, force=force) as staging:
        write_csv(TABLE, staging / "batches" / "x-001.csv")
        write_parquet(TABLE, staging / "ledger.parquet")
        (staging / "summary.json").write_text(content, "utf-8")
        write_manifest(staging, {}, {})
        yield staging


def publish(out: Path, *, force: bool = False, content: str = NEW) -> None:
    with making(out, force=force, content=content):
        pass


def whole(out: Path) -> str:
    """Return which folder stands there; fails unless every file of its manifest is there as it was."""
    told = json.loads((out / "manifest.json").read_text("utf-8"))["files"]
    assert {item["file"] for item in told} == {"batches/x-001.csv", "ledger.parquet", "summary.json"}
    assert all(publishing.sha256(out / item["file"]) == item["sha256"] for item in told)
    return (out / "summary.json").read_text("utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestPublishing:
    def test_a_folder_stands_there_when_all_went_well(self, tmp_path):
        publish(tmp_path / "runs" / "q4" / "out")

        assert whole(tmp_path / "runs" / "q4" / "out") == NEW
        assert names(tmp_path / "runs" / "q4") == ["out"]

    def test_it_is_readable_by_its_owner_only(self, tmp_path):
        publish(tmp_path / "out")

        found = {path: stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]}
        assert {mode for path, mode in found.items() if path.is_dir()} == {0o700}
        assert {mode for path, mode in found.items() if path.is_file()} == {0o600}

    def test_what_is_staged_is_closed_to_others_from_the_start(self, tmp_path):
        with making(tmp_path / "out") as staging:
            assert stat.S_IMODE(staging.stat().st_mode) == 0o700

    def test_every_file_and_folder_is_synced_before_it_takes_its_place(self, tmp_path, monkeypatch):
        synced = []
        at_rename = []
        rename = Path.rename

        def note(self, target):
            at_rename.extend(synced)
            return rename(self, target)

        monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_ino))
        monkeypatch.setattr(Path, "rename", note)

        publish(tmp_path / "out")

        inside = [tmp_path / "out", *(tmp_path / "out").rglob("*")]
        assert {path.stat().st_ino for path in inside} <= set(at_rename)
        assert tmp_path.stat().st_ino in synced

    @pytest.mark.parametrize("error", [ValidationError("no"), KeyboardInterrupt(), KeyError("bug")], ids=repr)
    def test_what_fails_while_it_is_made_leaves_nothing(self, tmp_path, error):
        with pytest.raises(type(error)), making(tmp_path / "runs" / "out"):
            raise error

        assert names(tmp_path) == []

    def test_a_folder_above_that_was_there_stays(self, tmp_path):
        (tmp_path / "runs").mkdir()

        with pytest.raises(KeyError), making(tmp_path / "runs" / "a" / "out"):
            raise KeyError

        assert names(tmp_path / "runs") == []


class TestExisting:
    @pytest.mark.parametrize("attempt", [refuse, publish], ids=["early", "late"])
    @pytest.mark.parametrize("what", ["run", "empty", "file"])
    def test_it_is_refused_without_force(self, tmp_path, attempt, what):
        make(tmp_path / "out", what)

        with pytest.raises(UsageError, match="exists already"):
            attempt(tmp_path / "out", force=False)

    @pytest.mark.parametrize("attempt", [refuse, publish], ids=["early", "late"])
    @pytest.mark.parametrize("what", ["run", "empty"])
    def test_force_replaces_what_a_run_made_or_what_is_empty(self, tmp_path, attempt, what):
        make(tmp_path / "out", what)

        attempt(tmp_path / "out", force=True)

        assert names(tmp_path) == ["out"]
        assert attempt is refuse or whole(tmp_path / "out") == NEW

    @pytest.mark.parametrize("attempt", [refuse, publish], ids=["early", "late"])
    @pytest.mark.parametrize("what", ["file", "other files", "a manifest of another program", "a broken manifest"])
    def test_force_does_not_replace_anything_else(self, tmp_path, attempt, what):
        make(tmp_path / "out", what)
        before = contents(tmp_path)

        with pytest.raises(UsageError, match="no folder that a run made"):
            attempt(tmp_path / "out", force=True)

        assert contents(tmp_path) == before

    @pytest.mark.parametrize("attempt", [refuse, publish], ids=["early", "late"])
    def test_the_folder_that_one_stands_in_is_refused_like_any_other(self, tmp_path, monkeypatch, attempt):
        monkeypatch.chdir(tmp_path)
        Path("notes.txt").write_text("mine", "utf-8")

        with pytest.raises(UsageError, match="no folder that a run made"):
            attempt(Path(), force=True)

        assert names(tmp_path) == ["notes.txt"]

    def test_of_two_runs_at_once_the_first_stays_and_the_second_is_refused(self, tmp_path):
        out = tmp_path / "out"
        publish(tmp_path / "other", content=OLD)

        with pytest.raises(UsageError, match="exists already"), making(out):
            (tmp_path / "other").rename(out)

        assert names(tmp_path) == ["out"]
        assert whole(out) == OLD

    def test_behind_a_link_the_folder_itself_is_replaced(self, tmp_path):
        publish(tmp_path / "real" / "out", content=OLD)
        (tmp_path / "latest").symlink_to(tmp_path / "real" / "out")

        publish(tmp_path / "latest", force=True)

        assert (tmp_path / "latest").is_symlink()
        assert whole(tmp_path / "real" / "out") == NEW
        assert names(tmp_path) == ["latest", "real"]


def make(out: Path, what: str) -> None:
    if what == "run":
        publish(out, content=OLD)
        return
    if what == "file":
        out.write_text("mine", "utf-8")
        return
    out.mkdir()
    files = {
        "other files": ("notes.txt", "mine"),
        "a manifest of another program": ("manifest.json", '{"name": "an app", "files": []}'),
        "a broken manifest": ("manifest.json", "{"),
    }
    if what in files:
        name, text = files[what]
        (out / name).write_text(text, "utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------------------------- points of failure

OPERATIONS: tuple[tuple[object, str], ...] = (
    *((Path, name) for name in ("mkdir", "rename", "chmod", "open", "exists", "iterdir", "rglob", "resolve", "is_dir")),
    *((os, name) for name in ("open", "fsync", "close", "replace", "lstat", "scandir", "unlink", "rmdir")),
    (holding.fcntl, "flock"),
)


class Failing:
    """An operation of the system that fails at its n-th call from now on, once."""

    def __init__(self, owner: object, name: str, nth: int) -> None:
        self.real, self.nth, self.calls = getattr(owner, name), nth, 0
        self.armed = False

    def method(self) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            if self.armed:
                self.calls += 1
                if self.calls == self.nth:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
            return self.real(*arguments, **options)

        return call


def publish_failing(out: Path, monkeypatch, owner: object, name: str, nth: int) -> tuple[bool, bool]:
    """Publish with the n-th call of an operation failing; return whether it got that far and whether it was told."""
    failing = Failing(owner, name, nth)
    told = False
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, failing.method())
        failing.armed = True
        try:
            publish(out, force=True)
        except OutputError:
            told = True
        finally:
            failing.armed = False
    return failing.calls >= nth, told


@pytest.mark.parametrize("before", [OLD, None], ids=["replacing", "new"])
@pytest.mark.parametrize(("owner", "name"), OPERATIONS, ids=[f"{o.__name__}.{n}" for o, n in OPERATIONS])
def test_an_operation_that_fails_leaves_the_old_or_the_new_whole(tmp_path, monkeypatch, owner, name, before):
    """Each call of the operation fails once, each in a folder of its own, until there is no further call."""
    for nth in itertools.count(1):
        out = tmp_path / str(nth) / "out"
        out.parent.mkdir()
        if before:
            publish(out, content=before)

        reached, told = publish_failing(out, monkeypatch, owner, name, nth)

        expected = before if told else NEW
        assert (whole(out) if out.exists() else None) == expected
        refuse(out, force=True)
        assert (whole(out) if out.exists() else None) == expected
        assert names(out.parent) == (["out"] if expected else [])
        if not reached:
            break


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Path, "mkdir"),
        (Path, "rename"),
        (Path, "chmod"),
        (os, "fsync"),
        (os, "open"),
        (os, "unlink"),
        (holding.fcntl, "flock"),
    ],
    ids=["mkdir", "rename", "chmod", "fsync", "open", "unlink", "flock"],
)
def test_the_operations_that_matter_are_among_those(tmp_path, monkeypatch, owner, name):
    """The test above would prove nothing about an operation that publishing does not call."""
    publish(tmp_path / "out", content=OLD)

    reached, _ = publish_failing(tmp_path / "out", monkeypatch, owner, name, 1)

    assert reached


def test_when_even_putting_back_fails_the_next_start_does_it(tmp_path, monkeypatch):
    out = tmp_path / "out"
    publish(out, content=OLD)
    rename, calls = Path.rename, []

    def only_once(self, target):
        calls.append(self.name)
        if len(calls) > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", only_once)
        with pytest.raises(OutputError):
            publish(out, force=True)
    assert not out.exists()

    refuse(out, force=True)

    assert whole(out) == OLD
    assert names(tmp_path) == ["out"]


POINTS = {
    "while it is made": (["", "", 0], OLD),
    "before the old one moves": (["rename", "before", 1], OLD),
    "after the old one moved": (["rename", "after", 1], OLD),
    "after the new one moved": (["rename", "after", 2], NEW),
    "while the old one goes": (["rmtree", "before", 1], NEW),
    "without an old one": (["", "", 0], None),
}
"""Where a process is killed (operation, before or after, its n-th call), and what the next start finds."""

# One process for all points: importing the package is what takes the time.
KILLED = """
import json, os, shutil, signal, sys
from pathlib import Path
from leadsieve.publishing import staged, write_manifest

def die(): os.kill(os.getpid(), signal.SIGKILL)

def arm(operation, when, nth):
    owner = {"rename": Path, "rmtree": shutil}[operation]
    real, calls = getattr(owner, operation), []
    def call(*arguments, **options):
        calls.append(1)
        if when == "before" and len(calls) == nth: die()
        result = real(*arguments, **options)
        if when == "after" and len(calls) == nth: die()
        return result
    setattr(owner, operation, call)

def publish(out, operation, when, nth):
    with staged(Path(out), force=True) as staging:
        (staging / "batches").mkdir()
        for name in ("batches/x-001.csv", "ledger.parquet", "summary.json"):
            (staging / name).write_text("new", "utf-8")
        if not operation: die()
        write_manifest(staging, {}, {})
        arm(operation, when, nth)

for out, point in json.loads(sys.argv[1]).items():
    child = os.fork()
    if not child:
        publish(out, *point)
        os._exit(0)
    if os.waitpid(child, 0)[1] != signal.SIGKILL: sys.exit("not killed: " + out)
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Return where each point's process was killed."""
    found = {point: tmp_path_factory.mktemp("killed") / "out [1]" for point in POINTS}
    for point, out in found.items():
        if point != "without an old one":
            publish(out, content=OLD)
    points = json.dumps({str(out): POINTS[point][0] for point, out in found.items()})
    subprocess.run([sys.executable, "-W", "ignore", "-c", KILLED, points], check=True, timeout=120)
    return found


class TestKilled:
    """A process that is killed tidies nothing; the next one does."""

    @pytest.mark.parametrize("point", POINTS)
    def test_the_next_start_finds_the_old_or_the_new_and_tidies(self, places, point):
        out, expected = places[point], POINTS[point][1]
        assert len([name for name in names(out.parent) if name != out.name]) in {1, 2}

        refuse(out, force=True)

        assert (whole(out) if out.exists() else None) == expected
        assert names(out.parent) == ([out.name] if expected else [])

    def test_what_another_process_is_making_is_left_alone(self, tmp_path):
        with making(tmp_path / "out"), suppress(UsageError):
            refuse(tmp_path / "out", force=False)

        assert whole(tmp_path / "out") == NEW

    @pytest.mark.parametrize("begin", [refuse, publish], ids=["at the start", "when it writes"])
    def test_what_another_run_is_writing_to_is_refused_early(self, tmp_path, begin):
        with making(tmp_path / "out"), pytest.raises(UsageError, match=r"Another run is writing to .*out now"):
            begin(tmp_path / "out", force=True)

    def test_a_run_without_a_name_of_its_own_is_tidied_by_the_next_one(self, tmp_path):
        killed, begun = (tmp_path / f".autumn-20261122T10111{n}Z.staging-{n}" for n in (2, 3))
        for folder in (killed, begun):
            folder.mkdir()
            (folder / "excluded.csv").touch()
        os.utime(killed, (0, 0))

        refuse(tmp_path / "spring-20261123T060000Z", force=False)

        assert names(tmp_path) == [begun.name]

    @pytest.mark.parametrize("name", [".out.staging-x", ".out.notes-1", ".outer.staging-1", "out.staging-1"])
    def test_what_only_looks_like_a_leftover_stays(self, tmp_path, name):
        (tmp_path / name).mkdir()

        refuse(tmp_path / "out", force=False)

        assert names(tmp_path) == [name]


# ------------------------------------------------------------------------------------------------------- a full disk


@pytest.mark.parametrize("kind", ["csv", "parquet", "text"])
def test_a_disk_that_fills_is_told_and_leaves_nothing(tmp_path, kind):
    write: dict[str, Callable[[], object]] = {
        "csv": lambda: write_csv(TABLE, Path("/dev/full")),
        "parquet": lambda: write_parquet(TABLE, Path("/dev/full")),
        "text": lambda: Path("/dev/full").write_text("x", "utf-8"),
    }

    with (
        pytest.raises(OutputError, match=r"No space left on device. Free some space, .*nothing was published\.$"),
        making(tmp_path / "runs" / "out"),
    ):
        write[kind]()

    assert names(tmp_path) == []


@pytest.mark.parametrize("above", ["file/out", "file/deep/out"])
def test_a_place_that_cannot_be_is_told(tmp_path, above):
    (tmp_path / "file").write_text("mine", "utf-8")

    with pytest.raises(OutputError, match="cannot be written"):
        publish(tmp_path / above)

    assert names(tmp_path) == ["file"]


# ------------------------------------------------------------------------------------------------------------- files


class TestCsv:
    CELLS = ("plain", "a,b", 'q"q', "two\nlines", "x\ry", " spaces ", "Zoë", "", None)

    def test_it_reads_back_as_it_was(self, tmp_path):
        table = pl.DataFrame({"n": range(len(self.CELLS)), "cell": self.CELLS})

        write_csv(table, tmp_path / "x.csv")

        with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == ["n", "cell"]
        assert [cell for _, cell in rows] == [cell or "" for cell in self.CELLS]

    def test_it_has_no_mark_and_plain_line_ends(self, tmp_path):
        write_csv(pl.DataFrame({"a": ["1", "2"], "b": ["x", None]}), tmp_path / "x.csv")

        assert (tmp_path / "x.csv").read_bytes() == b"a,b\n1,x\n2,\n"

    def test_for_spreadsheets_it_has_the_mark(self, tmp_path):
        write_csv(TABLE, tmp_path / "x.csv", for_spreadsheets=True)

        assert (tmp_path / "x.csv").read_bytes() == b"\xef\xbb\xbfemail\nann@acme.com\n"


FORMULAS = ('=HYPERLINK("x")', "+1+cmd", "@SUM(A1)", "-2+3", "\t=1", "\r=1", "=", "+", "-x", "+ann@acme.com", "--")
ORDINARY = ("+33 6 12 34 56 78", "+1 (555) 010-9999", "+49.30.1", "-5", "-1,234.50", "-", "a=b", "'quoted'", "", "x-y")


class TestFormulas:
    @pytest.mark.parametrize("cell", FORMULAS)
    def test_a_cell_that_a_spreadsheet_would_run_is_guarded(self, tmp_path, cell):
        assert shown(tmp_path, cell) == f"'{cell}"

    @pytest.mark.parametrize("cell", ORDINARY)
    def test_other_cells_are_as_they_were(self, tmp_path, cell):
        assert shown(tmp_path, cell) == cell

    @pytest.mark.parametrize("cell", [*FORMULAS, *ORDINARY])
    def test_the_guard_comes_off_again(self, tmp_path, cell):
        told = pl.DataFrame({"cell": [shown(tmp_path, cell)]}).select(unguarded(pl.col("cell")))

        assert told.item() == cell

    @pytest.mark.parametrize("cell", FORMULAS)
    def test_files_for_machines_are_never_altered(self, tmp_path, cell):
        write_csv(pl.DataFrame({"cell": [cell], "n": [1]}), tmp_path / "x.csv")

        assert read(tmp_path / "x.csv")[1][0] == cell

    def test_a_column_name_is_guarded_too(self, tmp_path):
        write_csv(pl.DataFrame({"=1+1": ["a"], "n": [1]}), tmp_path / "x.csv", for_spreadsheets=True)

        assert read(tmp_path / "x.csv") == [["'=1+1", "n"], ["a", "1"]]

    def test_numbers_of_ours_stay_numbers(self, tmp_path):
        write_csv(pl.DataFrame({"n": [-5, None], "x": ["a", None]}), tmp_path / "x.csv", for_spreadsheets=True)

        assert read(tmp_path / "x.csv") == [["n", "x"], ["-5", "a"], ["", ""]]


def shown(folder: Path, cell: str) -> str:
    write_csv(pl.DataFrame({"cell": [cell], "n": [1]}), folder / "x.csv", for_spreadsheets=True)
    return read(folder / "x.csv")[1][0]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_manifest_names_every_file_with_its_digest_and_rows(tmp_path):
    with staged(tmp_path / "out", force=False) as staging:
        write_csv(TABLE, staging / "batches" / "x-001.csv")
        (staging / "summary.json").write_text(to_json({"é": 1}), "utf-8")
        write_manifest(staging, {"campaign": "Q4"}, {"batches/x-001.csv": 1})

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["campaign"] == "Q4"
    assert [(item["file"], item["rows"]) for item in manifest["files"]] == [
        ("batches/x-001.csv", 1),
        ("summary.json", None),
    ]
    assert all(publishing.sha256(tmp_path / "out" / item["file"]) == item["sha256"] for item in manifest["files"])


def test_the_same_tables_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        publish(tmp_path / name)

    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    del one["manifest.json"], two["manifest.json"]
    assert one == two


@pytest.mark.parametrize(
    ("campaign", "slug"),
    [
        pytest.param("Q4 Outreach", "q4-outreach", id="plain"),
        pytest.param("Île-de-France – été!", "ile-de-france-ete", id="accents and dashes"),
        pytest.param("../../etc/passwd", "etc-passwd", id="a path"),
        pytest.param("東京", "campaign", id="nothing left"),
        pytest.param("a" * 79 + " b", "a" * 79, id="long"),
    ],
)
def test_files_are_called_after_the_campaign(campaign, slug):
    assert slugify(campaign) == slug
    assert batch_file(campaign, 7) == f"batches/{slug}-007.csv"
    assert default_out(campaign).parent == Path("runs")
    assert default_out(campaign).name.startswith(f"{slug}-20")


def test_the_same_list_gives_the_same_bytes(tmp_path):
    (tmp_path / "leads.csv").write_text(
        "email,companyName\n"
        + "".join(f"p{n % 30}@a{n % 6}.com,Company {n % 6}\n" for n in range(90))
        + "broken@@,x\n",
        "utf-8",
    )
    options = {"campaign": "Q4", "together": "companyName", "balance": True, "max_batch": 9, "validate": "off"}
    one, two = (
        contents(leadsieve.run(tmp_path / "leads.csv", workspace=None, **options).write(tmp_path / name))
        for name in ("one", "two")
    )

    manifests = [json.loads(files.pop("manifest.json")) for files in (one, two)]
    for manifest in manifests:
        del manifest["made_at"]
    assert manifests[0] == manifests[1]
    assert one == two
    assert {"excluded.csv", "failed.csv", "ledger.parquet", "summary.json", "batches/q4-005.csv"} <= set(one)


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.EACCES, "Permission denied. Mend that"), (errno.ENOSPC, "No space left on device. Free some space")],
)
def test_a_file_that_cannot_be_written_is_told_by_its_own_name_and_with_what_to_do(tmp_path, number, said):
    def write(beside: Path) -> None:
        message = f"{os.strerror(number)} (os error {number}): {beside}"  # as Polars tells it
        raise OSError(message)

    with pytest.raises(OutputError) as told:
        publish_file(tmp_path / "clean.csv", write, force=False)

    assert str(told.value) == f"{tmp_path / 'clean.csv'} cannot be written: {said}, or name another file."
