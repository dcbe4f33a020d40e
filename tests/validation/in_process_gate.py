"""The gate without its child: the worker's own functions in this process, so that Great Expectations is imported once."""

import tempfile
from pathlib import Path
from typing import Self

from leadsieve.bundled import bundled
from leadsieve.validation import Brief, Verdict
from leadsieve.validation.gate import refuse
from leadsieve.validation.job import Job, Staged, expected_results
from leadsieve.validation.suites import Suite, load_own_suites, load_suites


class InProcessGate:
    """Stands in for `Gate`."""

    def __init__(self, suites: tuple[Suite, ...]) -> None:
        self.suites = suites

    @classmethod
    def start(cls, folder: Path | None = None, *, own: tuple[str, ...] = ()) -> Self:
        return cls((*load_suites(folder or bundled("expectations")), *load_own_suites(own)))

    def check(self, staged: Path, brief: Brief) -> Verdict:
        from leadsieve.validation.worker import run_job

        with tempfile.TemporaryDirectory() as scratch:
            told = Staged(
                staged, brief.tables, brief.parameters, brief.attach, brief.lock_timeout, scratch=Path(scratch)
            )
            answer = run_job(Job(told, self.suites))
        refuse(answer, staged, brief)
        answered = [(each.table, each.description, each.skipped is not None) for each in answer.results]
        assert answered == expected_results(self.suites, attached=brief.attach is not None)
        return Verdict(answer.results, answer.versions or {}, 0.5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End nothing."""
