"""What all tests share: reports are drawn only where a test looks at one, and what is dear to make is made by one process."""

import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from leadsieve import output

TOGETHER = (
    "tests/reporting/",  # runs of the samples, with their reports
    "tests/validation/",  # Great Expectations, imported
    "tests/benchmarks/",  # a generated list and what was decided of it
    "tests/test_against_oracle.py",  # the count of what all its examples met
    "tests/test_wheel.py",  # a wheel and where it is installed
)
"""Tests that one worker of `make test` does all of, because they share what takes seconds to make; all others go one by one."""


class InGroups(LoadScopeScheduling):
    """Hands out tests to workers, the groups before the single ones, so that no worker is left alone with a group at the end.

    Not xdist's own `loadgroup`: it sets a name that pytest 9.2 no longer reads, and groups nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InGroups:
    return InGroups(config, log)


@pytest.fixture(autouse=True)
def undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs publish an empty report: drawing takes a second, and hundreds of tests publish. `drawn` tests draw it."""
    if not request.node.get_closest_marker("drawn"):
        monkeypatch.setattr(output, "_write_report", _blank)


@pytest.fixture(autouse=True)
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fsync does is the system's matter, and waiting for a disk would make the tests slow; that it is called has its own tests."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def _blank(_: Any, staging: Path) -> None:
    (staging / "report.html").write_text("<!doctype html>\n", "utf-8")
