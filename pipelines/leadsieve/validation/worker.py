"""The child process of the gate: imports Great Expectations while the run works, then answers one job.

Started as `python -m leadsieve.validation.worker`. It waits for a job on standard input, answers on standard output and
ends; without a job, when its parent is gone, it ends by itself. Whatever libraries print goes nowhere.
"""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import version
from importlib.util import LazyLoader
from types import ModuleType

from leadsieve.errors import SuiteError
from leadsieve.validation.job import Answer, Fault, Job
from leadsieve.validation.staged import StagedError, open_staged

VERSIONED = ("great-expectations", "duckdb", "leadsieve")
POSTPONED = ("altair", "jsonschema", "scipy.stats")
"""What GX imports for a few kinds of expectations: half the time that it takes to import. It loads when one of these is evaluated."""


def main() -> None:
    """Answer one job, then end at once: what the libraries print when Python winds down is noise."""
    # Collecting cycles while GX loads takes a quarter of that time, and a process this short keeps little.
    gc.disable()
    answers = _private_stdout()
    unusable = _import_engine()
    line = sys.stdin.buffer.readline()
    if line:
        answer = Answer(error=unusable) if unusable else answer_line(line)
        _send(answers, answer.to_line())
    os._exit(0)


def answer_line(line: bytes) -> Answer:
    """Return the answer to a job; a fault of any kind is an answer too, and no result."""
    try:
        return run_job(Job.from_line(line))
    except Exception as error:  # noqa: BLE001 # the parent must hear of every fault, and of none as a pass
        return Answer(error=f"the check broke off ({type(error).__name__})")


def run_job(job: Job) -> Answer:
    """Read back what is staged and evaluate the suites on it."""
    from leadsieve.validation.engine import evaluate  # imports GX: seconds, so not before it is needed

    try:
        connection = open_staged(job.staged)
    except StagedError as error:
        return Answer(error=str(error), fault=error.fault)
    with connection:
        try:
            results = evaluate(connection, job.suites, attached=job.staged.attach is not None)
        except SuiteError as error:
            return Answer(error=str(error), fault=Fault.SUITE)
    return Answer(results=tuple(results), versions={name: version(name) for name in VERSIONED})


def _private_stdout() -> int:
    """Keep the way to the parent for answers alone; send what anyone prints to nowhere."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _import_engine() -> str | None:
    try:
        sys.meta_path.insert(0, _Postponing)
        import_module("leadsieve.validation.engine")
    except Exception as error:  # noqa: BLE001 # whatever stops the import, the run must not pass
        return f"Great Expectations cannot be imported ({type(error).__name__}: {error})"
    return None


class _Postponing:
    """Finds `POSTPONED` where Python does, with a loader that waits until something of the module is asked for."""

    @staticmethod
    def find_spec(fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname not in POSTPONED:
            return None
        found = PathFinder.find_spec(fullname, path, target)
        if found and found.loader:
            found.loader = LazyLoader(found.loader)
        return found


def _send(answers: int, line: bytes) -> None:
    with os.fdopen(answers, "wb") as channel:
        channel.write(line)


if __name__ == "__main__":
    main()
