"""The gate of a run: a child process that checks what is staged, and its verdict.

Great Expectations takes seconds to import and prints as it ends; in a child it does both beside the main work and out
of sight. Nothing but a whole answer of a child that did its work is a verdict.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from leadsieve.bundled import bundled
from leadsieve.errors import InputError, SuiteError, ValidationError, WorkspaceError
from leadsieve.scratch import scratch
from leadsieve.validation.job import Answer, Fault, Job, Staged, expected_results
from leadsieve.validation.suites import Suite, load_own_suites, load_suites
from leadsieve.validation.verdict import Verdict

if TYPE_CHECKING:
    from leadsieve.validation.briefing import Brief

WORKER = "leadsieve.validation.worker"
# -P keeps the folder that a user stands in off the import path: a csv.py that lies there is not ours.
COMMAND = ("-P", "-m", WORKER)
# GX reports its use to its maker unless told otherwise; it brings a library for linear algebra, whose threads take time to start.
QUIET = {"GX_ANALYTICS_ENABLED": "false", "PYTHONWARNINGS": "ignore", "OPENBLAS_NUM_THREADS": "1"}
REMEDY = "Nothing was published; mend the installation, or run with `--validate off` if you accept unchecked files"
AGAIN = "Mend the installation and validate again"


class Gate:
    """A child process that waits, with Great Expectations imported, for the one thing that it checks."""

    def __init__(
        self, suites: tuple[Suite, ...], worker: "subprocess.Popen[bytes]", spill: Path, stack: ExitStack
    ) -> None:
        self._suites = suites
        self._worker = worker
        self._spill = spill
        self._stack = stack

    @classmethod
    def start(cls, suites_folder: Path | None = None, *, own: Iterable[str] = ()) -> Self:
        """Start the child and return at once; raises `SuiteError` where the suites cannot be used.

        The suites are ours unless another folder is named, and those of a team that the patterns in `own` name.
        """
        suites = (*load_suites(suites_folder or bundled("expectations")), *load_own_suites(own))
        stack = ExitStack()
        spill = stack.enter_context(scratch())
        worker = subprocess.Popen(  # noqa: S603 # this interpreter, arguments of ours
            [sys.executable, *COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # GX makes temporary folders that nobody removes; here they go with the rest.
            env={**os.environ, **QUIET, "TMPDIR": str(spill)},
        )
        return cls(suites, worker, spill, stack)

    def check(self, staged: Path, brief: "Brief") -> Verdict:
        """Return the verdict on a staged folder; the child has then done its work and ended.

        Raises `SuiteError` where a suite is wrong, and `ValidationError` where there is no whole answer: that is never
        a pass. Of a run that was published before, `InputError` for a file that cannot be read any more and `WorkspaceError`.
        """
        started = time.monotonic()
        answer = self._ask(Job(_staged(staged, brief, self._spill), self._suites), brief)
        refuse(answer, staged, brief)
        self._assert_whole(answer, brief)
        return Verdict(answer.results, answer.versions or {}, round(time.monotonic() - started, 3))

    def close(self) -> None:
        """End the child, whatever it does, and remove what it spilled."""
        if self._worker.poll() is None:
            self._worker.kill()
        # communicate() and not wait(): it closes the pipes too, also after a check.
        self._worker.communicate()
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, job: Job, brief: "Brief") -> Answer:
        seconds = brief.seconds_to_wait
        try:
            line, _ = self._worker.communicate(job.to_line(), timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise ValidationError(_unchecked(f"the check did not end within {seconds:.0f} seconds", brief)) from error
        if self._worker.returncode:
            raise ValidationError(_unchecked(f"the check ended with status {self._worker.returncode}", brief))
        try:
            return Answer.from_line(line)
        except (ValueError, TypeError, KeyError) as error:
            raise ValidationError(_unchecked("the check gave no whole answer", brief)) from error

    def _assert_whole(self, answer: Answer, brief: "Brief") -> None:
        answered = [(each.table, each.description, each.skipped is not None) for each in answer.results]
        if answered != expected_results(self._suites, attached=brief.attach is not None):
            fault = f"{len(answered)} results came back, not those that the suites ask for"
            raise ValidationError(_unchecked(fault, brief))


def refuse(answer: Answer, staged: Path, brief: "Brief") -> None:
    """Raise what an answer stands for that is none."""
    if answer.error is None:
        return
    match answer.fault:
        case Fault.SUITE:
            message = f"The expectations cannot be used: {answer.error}. Mend that suite; nothing was published."
            raise SuiteError(message)
        case Fault.FILE if brief.published:
            message = f"{staged / answer.error}. Take the file from a backup, or run again."
            raise InputError(message)
        case Fault.WORKSPACE if brief.published:
            message = f"{answer.error}."
            raise WorkspaceError(message)
        case Fault.WORKSPACE:
            message = f"The output could not be checked: {answer.error}. Nothing was published."
            raise ValidationError(message)
    raise ValidationError(_unchecked(answer.error, brief))


def _staged(folder: Path, brief: "Brief", scratch: Path) -> Staged:
    return Staged(
        folder=folder.resolve(),
        tables=brief.tables,
        parameters=brief.parameters,
        attach=brief.attach and brief.attach.resolve(),
        lock_timeout=brief.lock_timeout,
        scratch=scratch,
    )


def _unchecked(fault: str, brief: "Brief") -> str:
    return f"The output could not be checked: {fault}. {AGAIN if brief.published else REMEDY}."
