"""The gate passes what was checked whole, and nothing else; its child never outlives it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadsieve.errors import SuiteError, ValidationError
from leadsieve.validation import Gate, Verdict, briefing, gate
from leadsieve.validation.job import expected_results
from leadsieve.validation.suites import load_suites
from validation.tiny_run import TinyRun

SUITES_FOLDER = Path(__file__).parents[2] / "expectations"
FEW_SECONDS = 30


@pytest.fixture
def run() -> TinyRun:
    return TinyRun()


@pytest.fixture
def without_gx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a Great Expectations in front of the real one that cannot be imported."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "great_expectations.py").write_text("import a_module_that_is_missing\n", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path / "broken"), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)


@pytest.fixture
def scratch_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make temporary folders here, and see that none is left."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    yield
    assert list(place.iterdir()) == []


def ask(opened: Gate, run: TinyRun, folder: Path) -> Verdict:
    return opened.check(run.write(folder), run.brief())


def check(run: TinyRun, folder: Path) -> Verdict:
    with Gate.start(SUITES_FOLDER) as opened:
        return ask(opened, run, folder)


def answers(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let the child be a program of one line."""
    monkeypatch.setattr(gate, "COMMAND", ("-c", f"import sys, os; sys.stdin.readline(); {program}"))


@pytest.mark.usefixtures("scratch_free")
def test_a_right_run_passes_and_a_wrong_one_does_not_in_silence(
    run: TinyRun, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Gate.start(SUITES_FOLDER) as first, Gate.start(SUITES_FOLDER) as second:
        right = ask(first, run, tmp_path / "right")
        run.set_lead(2, email="Lead2@example-firm.com")
        verdict = ask(second, run, tmp_path / "wrong")
    assert right.passed
    assert not verdict.passed
    assert verdict.sentence() == "The output breaks a rule (batches): Emails are in lower case."
    assert [(each.rows, each.places) for each in verdict.blocking] == [((2,), ("batches/q4-001.csv, record 2",))]
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("without_gx", "scratch_free")
def test_a_great_expectations_that_cannot_be_imported_is_an_error(run: TinyRun, tmp_path: Path) -> None:
    with pytest.raises(
        ValidationError, match=r"Great Expectations cannot be imported \(ModuleNotFoundError: .*Nothing"
    ):
        check(run, tmp_path / "staged")


def half_answer() -> str:
    return "os.write(1, b'{\"results\": []')"


def no_results() -> str:
    return 'print(\'{"results": [], "versions": {}, "error": null, "fault": null}\')'


def right_results() -> list[dict[str, object]]:
    expected = expected_results(load_suites(SUITES_FOLDER), attached=False)
    return [
        {
            "table": table,
            "description": description,
            "expectation": "x",
            "why": "",
            "guards": "",
            "severity": "critical",
            "success": None if skipped else True,
            "unexpected": 0,
            "rows": [],
            "places": [],
            "error": None,
            "skipped": "no workspace" if skipped else None,
            "own": False,
        }
        for table, description, skipped in expected
    ]


def answer_of(results: list[dict[str, object]]) -> str:
    line = json.dumps({"results": results, "versions": {}, "error": None, "fault": None})
    return f"print({line!r})"


def one_result_less() -> str:
    return answer_of(right_results()[:-1])


def one_skipped() -> str:
    first, *others = right_results()
    return answer_of([first | {"success": None, "skipped": "no time"}, *others])


def one_neither_true_nor_false() -> str:
    first, *others = right_results()
    return answer_of([first | {"success": None}, *others])


NO_ANSWERS = {
    "dies before it answers": ("os.kill(os.getpid(), 9)", "ended with status -9"),
    "fails": ("sys.exit(3)", "ended with status 3"),
    "ends without a word": ("pass", "no whole answer"),
    "says something else": ("print('passed')", "no whole answer"),
    "says a bare true": ("print('true')", "no whole answer"),
    "answers by halves": (half_answer(), "no whole answer"),
    "answers and then fails": (f"{no_results()}; sys.exit(1)", "ended with status 1"),
    "checked nothing": (no_results(), "0 results came back"),
    "left one out": (one_result_less(), "results came back, not those"),
    "skipped one": (one_skipped(), "results came back, not those"),
    "passed one without a word": (one_neither_true_nor_false(), "no whole answer"),
}


@pytest.mark.parametrize(("program", "said"), NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_a_child_without_a_whole_answer_is_an_error(
    run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    answers(monkeypatch, program)
    with pytest.raises(ValidationError, match=f"could not be checked: .*{said}"):
        check(run, tmp_path / "staged")


def test_a_child_that_is_gone_before_it_is_asked_is_an_error(
    run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "COMMAND", ("-c", "raise SystemExit(1)"))
    with Gate.start(SUITES_FOLDER) as opened:
        opened._worker.wait(FEW_SECONDS)
        with pytest.raises(ValidationError, match="could not be checked"):
            ask(opened, run, tmp_path / "staged")


def test_a_child_that_hangs_is_an_error_and_ends(run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, f"import time; time.sleep({FEW_SECONDS})")
    monkeypatch.setattr(briefing, "SECONDS_TO_WAIT", -9.9)
    with Gate.start(SUITES_FOLDER) as opened, pytest.raises(ValidationError, match="did not end within"):
        ask(opened, run, tmp_path / "staged")
    assert opened._worker.returncode == -signal.SIGKILL


def test_a_longer_list_may_take_longer(run: TinyRun) -> None:
    short = run.brief().seconds_to_wait
    run.parameters["input_rows"] = 10_000_000
    assert run.brief().seconds_to_wait >= short + 4_000


def test_a_broken_suite_is_told_before_anything_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(SuiteError, match="holds no suite"):
        Gate.start(tmp_path)


def test_a_broken_suite_of_a_team_is_told_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    (tmp_path / "ours.json").write_text("{")
    with pytest.raises(SuiteError, match=r"ours\.json is not readable as JSON"):
        Gate.start(own=[f"{tmp_path}/*.json"])


def test_a_suite_that_the_child_cannot_use_is_told_as_such(
    run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.dumps({"results": [], "versions": None, "error": "batches, expectation 1: x", "fault": "suite"})
    answers(monkeypatch, f"print({told!r})")
    with pytest.raises(SuiteError, match="cannot be used: batches, expectation 1: x"):
        check(run, tmp_path / "staged")


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
@pytest.mark.usefixtures("scratch_free")
def test_closing_ends_a_child_that_is_still_at_work(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "COMMAND", ("-c", f"import time; time.sleep({FEW_SECONDS})"))
    opened = Gate.start(SUITES_FOLDER)
    for _ in range(times):
        opened.close()
    assert opened._worker.returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(opened._worker.pid, 0)


@pytest.mark.usefixtures("scratch_free")
def test_an_error_in_the_main_work_ends_the_child_too() -> None:
    with pytest.raises(KeyError), Gate.start(SUITES_FOLDER) as opened:
        raise KeyError
    assert opened._worker.returncode is not None


@pytest.mark.usefixtures("without_gx")
def test_a_child_whose_parent_is_gone_ends_by_itself() -> None:
    opened = Gate.start(SUITES_FOLDER)
    assert opened._worker.stdin
    opened._worker.stdin.close()
    opened._worker.stdin = None
    assert opened._worker.wait(FEW_SECONDS) == 0
    opened.close()


@pytest.mark.usefixtures("without_gx")
def test_starting_does_not_wait_for_great_expectations() -> None:
    started = time.monotonic()
    with Gate.start(SUITES_FOLDER):
        assert time.monotonic() - started < 1


def test_the_child_loads_what_only_a_few_expectations_use_when_one_of_them_does() -> None:
    program = """if True:
        import sys
        from leadsieve.validation import worker

        def loaded():
            return [name for name in ("altair.vegalite", "jsonschema.validators", "scipy.stats.distributions") if name in sys.modules]

        assert worker._import_engine() is None
        print(loaded())
        from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as divergence
        import jsonschema
        print(divergence.stats.entropy([1]), divergence.alt.Chart.__name__, jsonschema.validate(1, True))
        print(len(loaded()))
    """
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert ended.stdout.splitlines() == ["[]", "0.0 Chart None", "3"]


def test_the_child_is_started_before_an_engine_is_loaded() -> None:
    program = (
        "import sys; from leadsieve.validation import Gate; print({'polars', 'duckdb', 'numpy'} & sys.modules.keys())"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "set()\n"


def test_the_parent_never_imports_great_expectations() -> None:
    program = "import sys, leadsieve.validation; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
