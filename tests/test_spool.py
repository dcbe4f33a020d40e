"""A table in parts is the same table, wherever its parts lie."""

import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leadsieve as ls
from leadsieve import spool
from leadsieve.errors import OutputError
from leadsieve.intake import fast, structured, text
from leadsieve.sieve import decisions
from leadsieve.spool import FileSpool, Room, Spool, side_by_side

PART = 7
PART_OF_RUNS = 61
"""Rows of a part where whole runs are compared: 23 parts, and no list ends with one. Every part costs its time, whatever its size."""
ROWS = pl.DataFrame({"n": range(40), "t": [["x", "y"] if i % 3 else None for i in range(40)]})
SAMPLES = Path(__file__).parent.parent / "data" / "samples"


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    work_on_parts(monkeypatch, PART)


def work_on_parts(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    for module in (spool, fast, decisions, structured):
        monkeypatch.setattr(module, "PART_ROWS", rows)


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of more than one part may stay in memory."""
    monkeypatch.setattr(spool, "_KEPT", 1 << 60)


NOTHING, PLENTY = 0, 1 << 30


def spooled(room: Room, *sizes: int) -> Spool:
    made, start = Spool(room), 0
    made.append(ROWS.clear())
    for size in sizes:
        made.append(ROWS.slice(start, size))
        start += size
    return made


def in_parts(table: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from table.iter_slices(PART)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("memory", [NOTHING, PLENTY])
@settings(deadline=None)  # a disk may be busy
@given(sizes=st.lists(st.integers(0, 12), max_size=3))
def test_what_was_appended_comes_back_in_parts_of_one_size(memory, sizes):
    table = ROWS.head(sum(sizes))

    made = spooled(Room(memory), *sizes)

    assert made.height == table.height
    parts = list(made.parts())
    assert pl.concat(parts).equals(table)
    assert [part.height for part in parts[:-1]] == [PART] * (len(parts) - 1)
    assert pl.concat(made.parts(["t"])).equals(table.select("t"))
    assert made.scan().collect().equals(table)
    assert made.collect().equals(table)
    assert made.head(9).equals(table.head(9))
    assert made.without(["n"]).collect().equals(table.select("t"))
    read = [pl.read_parquet(file) for file in made.files()]
    assert pl.concat(read).equals(table) if read else memory or table.height < PART


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("size", [1, PART, PART + 1, 40])
def test_a_table_of_one_file_has_a_row_group_for_each_part(tmp_path, size):
    table = ROWS.head(size)

    made = FileSpool(in_parts(table))

    assert made.height == size
    assert pl.concat(made.parts()).equals(table)
    assert [part.height for part in made.parts(["t"])] == [part.height for part in in_parts(table)]
    assert made.scan().collect().equals(made.collect())
    made.copy_to(tmp_path / "x.parquet")
    assert pl.read_parquet(tmp_path / "x.parquet").equals(table)
    groups = pq.ParquetFile(tmp_path / "x.parquet").metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [p.height for p in in_parts(table)]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("size", [PART, 40])
def test_what_is_small_never_touches_the_disk(monkeypatch, size):
    monkeypatch.setattr(Room, "file", None)

    assert spooled(Room(PLENTY), size).collect().height == size
    assert FileSpool(in_parts(ROWS.head(PART))).collect().height == PART


@pytest.mark.usefixtures("small_parts")
def test_what_becomes_too_large_goes_to_the_disk_whole():
    room = Room(NOTHING)
    room.kept = int(1.4 * sum(part.estimated_size() for part in in_parts(ROWS.head(2 * PART))))
    made = spooled(room, 2 * PART)
    assert not made.files()

    made.append(ROWS.slice(2 * PART, PART + 1))

    assert pl.concat(pl.read_parquet(file) for file in made.files()).equals(ROWS.head(3 * PART + 1))


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("memory", [NOTHING, PLENTY])
def test_a_table_that_was_released_has_no_rows_left_to_ask_for(memory):
    made = spooled(Room(memory), 40)
    files = made.files()

    made.release()

    assert not [file for file in files if file.exists()]
    assert (made.height, made.columns) == (40, ROWS.columns)
    for ask in (made.collect, lambda: list(made.parts()), lambda: made.head(1)):
        with pytest.raises(RuntimeError, match="released"):
            ask()


@pytest.mark.usefixtures("small_parts")
def test_a_table_of_one_file_is_copied_where_it_cannot_get_another_name(tmp_path, monkeypatch):
    def refused(*_: Any) -> None:
        raise OSError(errno.EXDEV, "another disk")

    made = FileSpool(in_parts(ROWS))
    monkeypatch.setattr(spool.os, "link", refused)

    made.copy_to(tmp_path / "x.parquet")

    assert pl.read_parquet(tmp_path / "x.parquet").equals(ROWS)


@pytest.mark.usefixtures("small_parts")
def test_what_was_published_is_there_when_the_table_has_gone(tmp_path):
    made = FileSpool(in_parts(ROWS))
    made.copy_to(tmp_path / "x.parquet")

    del made

    assert pl.read_parquet(tmp_path / "x.parquet").equals(ROWS)


@pytest.mark.usefixtures("small_parts")
def test_a_long_run_tells_how_far_it_is(tmp_path):
    told: list[str] = []

    result = ls.run(SAMPLES / "event_booth.csv", workspace=None, campaign="Autumn", progress=told.append)
    result.write(tmp_path / "out", progress=told.append)

    steps = {step: [line for line in told if line.startswith(step)] for step in ("Cleaning", "Making the", "Writing")}
    assert [lines[-1].partition(": ")[2] for lines in steps.values()] == ["60 of 60 rows"] * 3
    assert all(len(lines) > 60 / PART for lines in steps.values())
    assert [line for line in told if ":" not in line] == [
        "Reading",
        "Finding persons and deciding",
        "Making batches",
        "Writing",
        "Validating",
        "Publishing",
    ]


@pytest.mark.usefixtures("small_parts", "no_memory")
def test_a_run_lets_go_of_what_it_does_not_need_any_more():
    result = ls.run(SAMPLES / "leads.csv", workspace=None, campaign="Autumn")

    kept = [result.lead_list.records, *(file.read.records for file in result.lead_list.files)]
    for table in kept:
        with pytest.raises(RuntimeError, match="released"):
            table.collect()


@pytest.mark.usefixtures("small_parts")
def test_the_room_goes_with_the_last_table_in_it():
    room = Room(NOTHING)
    one, other = Spool(room), Spool(room)
    one.append(ROWS)
    folder = room.file().parent
    del room, one
    assert folder.exists()

    del other

    assert not folder.exists()


NOT_WHOLE = "the ledger is not whole"
FULL = r"cannot be written: No space left on device\. Free some space there"


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "full")


@pytest.mark.usefixtures("small_parts")
def test_a_full_disk_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OutputError, match=FULL):
        spooled(Room(NOTHING), 40)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="The system has no device that is always full.")
def test_a_full_disk_is_told_of_a_table_of_one_file(monkeypatch):
    monkeypatch.setattr(Room, "file", lambda _: Path("/dev/full"))
    with pytest.raises(OutputError, match=FULL):
        FileSpool(in_parts(ROWS))


@pytest.mark.usefixtures("small_parts")
def test_what_a_part_raises_is_raised():
    def broken() -> Iterator[pl.DataFrame]:
        yield from in_parts(ROWS)
        raise OutputError(NOT_WHOLE)

    with pytest.raises(OutputError, match=NOT_WHOLE):
        FileSpool(broken())


@pytest.mark.parametrize("threads", [0, 1, 2, 9])
def test_what_is_made_side_by_side_comes_in_order_and_few_at_once(threads):
    begun: list[int] = []
    taken = 0

    def make(number: int, again: int) -> int:
        assert number == again
        return number

    def items() -> Iterator[tuple[int, int]]:
        for number in range(20):
            begun.append(number)
            yield number, number

    for made in side_by_side(make, items(), threads=threads):
        assert made == taken
        taken += 1
        assert len(begun) - taken <= 4
    assert taken == 20


@pytest.mark.parametrize("threads", [1, 2])
def test_what_was_made_before_a_failure_is_there(threads):
    made = side_by_side(lambda number: 6 // number, [(3,), (2,), (0,), (1,)], threads=threads)

    assert [next(made), next(made)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(made)


OPTIONS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "all filled, updated, divided": {
        "fill": "all",
        "import_mode": "create-and-update",
        "overwrite": True,
        "segment": "companyName",
        "together": "companyDomain",
        "multiple_emails": "first",
        "max_batch": 9,
    },
    "the fullest, in even batches": {"keep": "fullest", "balance": True, "max_batch": 5, "dedup": "workspace"},
}
TELLING_TIME = {"manifest.json"}


def files_of(out: Path) -> dict[str, Any]:
    found = {str(path.relative_to(out)): path for path in out.rglob("*") if path.is_file()}
    return {
        name: pl.read_parquet(path).to_dicts() if path.suffix == ".parquet" else path.read_bytes()
        for name, path in sorted(found.items())
        if name not in TELLING_TIME
    }


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> ls.Workspace:
    place = ls.Workspace(tmp_path_factory.mktemp("parts") / "workspace.duckdb")
    place.load(SAMPLES / "workspace" / "*.csv", campaigns=SAMPLES / "campaigns.csv")
    return place


@pytest.mark.drawn
@pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))
@pytest.mark.parametrize("fast_way", [False, True], ids=["read exactly", "read fast"])
def test_a_run_in_small_parts_gives_the_files_of_one_in_one_part(
    tmp_path, workspace, options, fast_way, monkeypatch, request
):
    lists = [SAMPLES / "leads.csv", SAMPLES / "leads.csv"]
    if fast_way:
        monkeypatch.setattr(text, "FAST_FROM_BYTES", 1)

    def run(name: str) -> dict[str, Any]:
        told = {"workspace": workspace, "campaign": "Q4 Outreach", "validate": "off", **options}
        return files_of(ls.run(lists, **told).write(tmp_path / name, record=False))

    whole = run("whole")
    work_on_parts(monkeypatch, PART_OF_RUNS)
    in_memory = run("in memory")
    request.getfixturevalue("no_memory")

    assert run("parts") == in_memory == whole


_KEEPING = """
import gc, sys
from pathlib import Path
import polars as pl
from leadsieve.spool import compact
kept = []
for part in range(8):
    texts = [pl.format("a text that is no short one, {} and {}", pl.int_range(200_000), part + n).alias(str(n)) for n in range(5)]
    picked = pl.select(texts).filter(pl.int_range(pl.len()) % 1000 == 0)
    kept.append(compact(picked) if sys.argv[1] == "compact" else picked)
gc.collect()
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")))
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="The system does not say how much memory a process has."
)
def test_picked_rows_do_not_keep_the_texts_of_the_others():
    used = {
        how: int(
            subprocess.run([sys.executable, "-c", _KEEPING, how], capture_output=True, text=True, check=True).stdout
        )
        for how in ("plain", "compact")
    }
    assert used["compact"] < 0.6 * used["plain"]
