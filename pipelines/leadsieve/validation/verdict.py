"""The verdict on a staged run: what was expected, what held, and where it did not."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from leadsieve.validation.page import render
from leadsieve.validation.suites import Severity

FOLDER = "validation"
RESULTS_FILE = "results.json"
PAGE_FILE = "index.html"


@dataclass(frozen=True, slots=True)
class Result:
    """One expectation, held or not.

    `unexpected` counts what broke it (null where nothing can be counted); `rows` are a few row numbers of the ledger
    and `places` a few records of files, never values. `error` says why it could not be evaluated, which is a failure.
    `skipped` says why it does not apply to this run (then `success` is null); `own`, that a team brought it.
    """

    table: str
    expectation: str
    description: str
    why: str
    guards: str
    severity: Severity
    success: bool | None
    unexpected: int | None = None
    rows: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    error: str | None = None
    skipped: str | None = None
    own: bool = False

    @property
    def failed(self) -> bool:
        """Whether it applies and did not hold."""
        return self.skipped is None and self.success is not True

    @property
    def blocks(self) -> bool:
        """Whether this result alone stops the publishing: a broken rule, or a check of ours that could not be made."""
        return self.failed and (self.severity is Severity.CRITICAL or (self.error is not None and not self.own))


@dataclass(frozen=True, slots=True)
class Verdict:
    """All results of a gate, and which versions of what came to them."""

    results: tuple[Result, ...]
    versions: Mapping[str, str]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the run may be published: something was checked and nothing blocks."""
        return any(result.skipped is None for result in self.results) and not self.blocking

    @property
    def blocking(self) -> tuple[Result, ...]:
        """The results that stop the publishing."""
        return tuple(result for result in self.results if result.blocks)

    @property
    def warnings(self) -> tuple[Result, ...]:
        """The results that did not hold and are only shown."""
        return tuple(result for result in self.results if result.failed and not result.blocks)

    @property
    def skipped(self) -> tuple[Result, ...]:
        """The results that do not apply to this run."""
        return tuple(result for result in self.results if result.skipped is not None)

    def sentence(self) -> str:
        """Return in words what stopped the publishing, for the error message."""
        if self.passed:
            critical = sum(result.severity is Severity.CRITICAL and result.skipped is None for result in self.results)
            return f"All {critical} checks that can stop a run held."
        first, *others = self.blocking or (None,)
        if first is None:
            return "Nothing was checked."
        more = f", and {len(others)} more" if others else ""
        broken = "a check could not be made" if first.error is not None else "the output breaks a rule"
        return f"{broken.capitalize()} ({first.table}): {first.description.rstrip('.')}{more}."

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain JSON values."""
        return {
            "passed": self.passed,
            "results": [{**asdict(result), "blocks": result.blocks} for result in self.results],
            "seconds": self.seconds,
            "versions": dict(self.versions),
        }

    def write(self, folder: Path) -> None:
        """Write `validation/results.json` and `validation/index.html` below a folder."""
        target = folder / FOLDER
        target.mkdir(parents=True, exist_ok=True)
        data = self.to_json()
        text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (target / RESULTS_FILE).write_text(text, encoding="utf-8", newline="\n")
        (target / PAGE_FILE).write_text(render(data), encoding="utf-8", newline="\n")
