"""What the gate and its worker say to each other: one line of JSON each way."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from leadsieve.validation.suites import Severity, Suite
from leadsieve.validation.verdict import Result

BATCHES_FOLDER = "batches"


@dataclass(frozen=True, slots=True)
class Staged:
    """Where the run is staged and what the pipeline says of it.

    `tables` holds the rows of `staged.TOLD_TABLES`, those of `batch_plan` in order of their batch; `parameters` are single
    values; `attach` is a workspace to open beside it, read-only, as `ws`, and `lock_timeout` the seconds to wait while
    another process writes to it; `scratch` takes what does not fit into memory.
    """

    folder: Path
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    parameters: Mapping[str, str | int | bool | None]
    attach: Path | None = None
    lock_timeout: float = 10.0
    scratch: Path | None = None
    batch_files: tuple[Path, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "batch_files", tuple(sorted((self.folder / BATCHES_FOLDER).glob("*.csv"))))


@dataclass(frozen=True, slots=True)
class Job:
    """What to check and by which suites."""

    staged: Staged
    suites: tuple[Suite, ...]

    def to_line(self) -> bytes:
        """Return the job as one line of JSON."""
        return _line(
            {
                "attach": _path_text(self.staged.attach),
                "folder": str(self.staged.folder),
                "lock_timeout": self.staged.lock_timeout,
                "parameters": dict(self.staged.parameters),
                "scratch": _path_text(self.staged.scratch),
                "suites": [suite.to_json() for suite in self.suites],
                "tables": {name: [dict(row) for row in rows] for name, rows in self.staged.tables.items()},
            }
        )

    @classmethod
    def from_line(cls, line: bytes) -> "Job":
        """Return the job that `to_line` wrote."""
        data = json.loads(line)
        staged = Staged(
            folder=Path(data["folder"]),
            tables=data["tables"],
            parameters=data["parameters"],
            attach=_path(data["attach"]),
            lock_timeout=data["lock_timeout"],
            scratch=_path(data["scratch"]),
        )
        return cls(staged=staged, suites=tuple(Suite.from_json(suite) for suite in data["suites"]))


class Fault(StrEnum):
    """Why the worker could not look, where it is neither the installation nor a bug."""

    SUITE = "suite"
    FILE = "file"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the worker found, or why it could not look (`error`), and at what that lies."""

    results: tuple[Result, ...] = ()
    versions: Mapping[str, str] | None = None
    error: str | None = None
    fault: Fault | None = None

    def to_line(self) -> bytes:
        """Return the answer as one line of JSON."""
        return _line(asdict(self))

    @classmethod
    def from_line(cls, line: bytes) -> "Answer":
        """Return the answer that `to_line` wrote; raises `ValueError`, `TypeError` or `KeyError` on anything else."""
        data = json.loads(line)
        results = tuple(_result(each) for each in data["results"])
        return cls(results, data["versions"], data["error"], data["fault"] and Fault(data["fault"]))


def expected_results(suites: Sequence[Suite], *, attached: bool) -> list[tuple[str, str, bool]]:
    """Return table, description and whether it is skipped of every result of these suites, in order.

    Nothing is skipped but what needs a workspace, and this only where none is `attached`.
    """
    return [
        (suite.table, description, needs_workspace and not attached)
        for suite in suites
        for description, needs_workspace in (
            (suite.not_empty, suite.needs_workspace),
            *((each.description, each.needs_workspace) for each in suite.expectations),
        )
    ]


def _result(data: Mapping[str, Any]) -> Result:
    changed = {"severity": Severity(data["severity"]), "rows": tuple(data["rows"]), "places": tuple(data["places"])}
    result = Result(**{**data, **changed})
    if (result.success is None) is not (result.skipped is not None) or result.success not in (True, False, None):
        message = "a result is neither true nor false nor skipped"
        raise TypeError(message)
    return result


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=True).encode() + b"\n"


def _path_text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
