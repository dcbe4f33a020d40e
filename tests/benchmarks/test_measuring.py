"""What a benchmark measures of a command, and what its tables say."""

import json
import subprocess
import sys

import pytest

import main_job
import small
from measuring import Measured, measure
from prepared import HERE

BUSY = "import time\nwhile time.process_time() < 0.3: pass"
LARGE = "import time; held = bytearray(80_000_000); time.sleep(0.2)"
STARTS = "import subprocess, sys; held = bytearray(60_000_000); subprocess.run([sys.executable, '-c', {code!r}])"


def test_processor_time_counts_a_process_and_its_children():
    assert measure([sys.executable, "-c", STARTS.format(code=BUSY)]).cpu >= 0.3


def test_memory_is_told_of_all_processes_together_and_of_the_largest():
    found = measure([sys.executable, "-c", STARTS.format(code=LARGE)])
    assert found.tree > 140
    assert 80 < found.largest < 140


def test_a_command_that_fails_stops_the_benchmark_with_its_own_words():
    with pytest.raises(RuntimeError, match="no such list"):
        measure([sys.executable, "-c", "import sys; sys.exit('no such list')"])


def test_the_least_time_and_the_most_memory_of_several_tries_count():
    assert main_job.best([Measured(3, 2, 50, 40), Measured(1, 4, 60, 30)]) == Measured(1, 2, 60, 40)


def test_a_table_says_how_many_floors_a_job_took():
    floor, job = main_job.JOBS["run"][0], main_job.JOBS["run"][2]
    found = {"floor": [Measured(2, 4, 100, 90)], "run": [Measured(5, 6, 300, 200)]}
    assert list(main_job.table([floor, job], found))[-1] == (
        "| run | `leadsieve run --validate off` | 5.00 s | 2.5 | 6.00 s | 1.5 | 300 MB | 200 MB |"
    )


def test_ledgers_that_decide_otherwise_stop_the_benchmark(decided, tmp_path):
    (tmp_path / "run.parquet").write_bytes(decided.ledger.read_bytes())
    decided.read().reverse().write_parquet(tmp_path / "by_hand.parquet")
    with pytest.raises(RuntimeError, match="run and by_hand do not decide the same"):
        main_job.compare(tmp_path)


def test_the_benchmark_of_scripts_by_hand_writes_figures_and_table(tmp_path):
    command = [HERE / "main_job.py", "--rows", "1000", "--jobs", "polars,duckdb", "--repeat", "1"]
    subprocess.run(
        [sys.executable, *command, "--data", tmp_path / "data", "--results", tmp_path / "results"],
        check=True, capture_output=True,
    )  # fmt: skip
    figures = json.loads((tmp_path / "results" / "main_job-1000.json").read_text())
    assert {job: len(tries) for job, tries in figures["tries"].items()} == {"floor": 1, "polars": 1, "duckdb": 1}
    assert "| duckdb | by hand in DuckDB |" in (tmp_path / "results" / "main_job-1000.md").read_text()


@pytest.mark.parametrize(("now", "status"), [(9.0, 0), (20.0, 0), (20.1, 1)])
def test_a_run_that_takes_more_than_twice_the_floors_that_are_kept_fails(now, status):
    assert small.verdict(now, kept=10.0)[0] == status


def test_a_run_that_became_twice_as_fast_is_told_how_to_keep_that():
    assert "--keep" in small.verdict(4.9, kept=10.0)[1]
    assert "--keep" not in small.verdict(5.1, kept=10.0)[1]


def test_what_python_compiles_is_kept_for_the_next_try(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "tried.py").write_text("", "utf-8")

    measure([sys.executable, "-c", "import tried"])

    assert list((tmp_path / "__pycache__").glob("tried.*"))


def test_the_kept_ratio_is_one_of_the_list_that_is_measured():
    kept = json.loads(small.KEPT_RATIO.read_text())
    assert kept["rows"] == small.ROWS
    assert kept["ratio"] > 1
