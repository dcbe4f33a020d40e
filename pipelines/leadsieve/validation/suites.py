"""Suites: what is expected of each table, read from hand-owned JSON, refused unless it is complete."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from glob import glob
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from leadsieve.errors import SuiteError

TABLES_OF_WORKSPACE = ("snapshot", "suppression")
TABLES = ("batches", "excluded", "failed", "input", "ledger", *TABLES_OF_WORKSPACE, "updates")
"""The tables that a suite can be of."""

WORKSPACE = "workspace"
SUITE_KEYS = {"expectations", "meta", "name"}
SUITE_META_KEYS = {"rows_expected"}
EXPECTATION_KEYS = {"description", "kwargs", "meta", "severity", "type"}
EXPECTATION_META_KEYS = {"guards", "why"}
NEEDS = "needs"
"""What an expectation's meta may say besides: that it can only be checked beside a workspace."""


class Severity(StrEnum):
    """What a failed expectation does: block the publishing, or be shown."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One sentence about a table, with the Great Expectations type and arguments that check it."""

    type: str
    kwargs: Mapping[str, Any]
    description: str
    severity: Severity
    why: str
    guards: str
    needs_workspace: bool = False


@dataclass(frozen=True, slots=True)
class Suite:
    """All that is expected of one table; where `rows_expected`, SQL for a number, is above 0 it must not be empty.

    `own`: it is a team's, and what it only warns of stops nothing, not even by failing to be evaluated.
    """

    table: str
    rows_expected: str
    expectations: tuple[Expectation, ...]
    own: bool = False

    @property
    def not_empty(self) -> str:
        """The description of the check that every suite brings along."""
        return f"The table {self.table} is not empty where it should hold rows."

    @property
    def needs_workspace(self) -> bool:
        """Whether the table itself is one of the workspace's."""
        return self.table in TABLES_OF_WORKSPACE

    def to_json(self) -> dict[str, Any]:
        """Return the suite as plain JSON values, for the worker."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Suite":
        """Return the suite that `to_json` wrote."""
        expectations = tuple(
            Expectation(**{**each, "severity": Severity(each["severity"])}) for each in data["expectations"]
        )
        return cls(**{**data, "expectations": expectations})


def load_suites(folder: Path) -> tuple[Suite, ...]:
    """Return the suites of all `<table>.json` in a folder, in name order; there is one for every table.

    Raises `SuiteError` with every fault found: a suite that is left out, half read or empty would pass whatever
    it is given.
    """
    files = sorted(folder.glob("*.json"))
    lacking = sorted(set(TABLES) - {file.stem for file in files})
    faults = [f"{folder} holds no suite"] if not files else [f"there is no {table}.json" for table in lacking]
    _refuse([*faults, *_faults_of_files(files)])
    return tuple(_suite(cast("dict[str, Any]", _read(file))) for file in files)


def load_own_suites(patterns: Iterable[str]) -> tuple[Suite, ...]:
    """Return a team's own suites: the files that the patterns name, relative to the current folder, in name order.

    They are written like ours, but a file may have any name, and an expectation without a severity warns.
    Raises `SuiteError` with every fault found, and for a pattern that names no file.
    """
    found = {pattern: sorted(glob(pattern, recursive=True)) for pattern in patterns}  # noqa: PTH207 # Path.glob takes no absolute ones
    faults = [f"{pattern} names no file" for pattern, names in found.items() if not names]
    files = [Path(name) for name in dict.fromkeys(name for names in found.values() for name in names)]
    _refuse([*faults, *_faults_of_files(files, own=True)])
    return tuple(replace(_suite(cast("dict[str, Any]", _completed(_read(file)))), own=True) for file in files)


def _refuse(faults: list[str]) -> None:
    if faults:
        message = f"The expectations cannot be used: {'; '.join(faults)}. Mend these files and run again."
        raise SuiteError(message)


def _faults_of_files(files: Iterable[Path], *, own: bool = False) -> Iterator[str]:
    for file in files:
        try:
            data = _read(file)
        except (OSError, ValueError) as error:
            # What the system says repeats the whole path.
            said = error.strerror if isinstance(error, OSError) else error
            yield f"{file.name} is not readable as JSON ({said})"
            continue
        faults = _faults_of_suite(TABLES, _completed(data)) if own else _faults_of_suite((file.stem,), data)
        yield from (f"{file.name}: {fault}" for fault in faults)


def _completed(data: object) -> object:
    """Return a team's suite with what it may leave out."""
    if not isinstance(data, dict):
        return data
    expectations, meta = data.get("expectations"), data.get("meta", {})
    told = {
        "meta": {"rows_expected": "select 0", **meta} if isinstance(meta, dict) else meta,
        "expectations": [_with_severity(each) for each in expectations]
        if isinstance(expectations, list)
        else expectations,
    }
    return {**data, **told}


def _with_severity(expectation: object) -> object:
    return {"severity": Severity.WARNING.value, **expectation} if isinstance(expectation, dict) else expectation


def _read(file: Path) -> object:
    return json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_without_repeats)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # json keeps the last of two equal keys in silence; here that would be an expectation that is never checked.
    keys = [key for key, _ in pairs]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        message = f"key {repeated[0]!r} stands twice in one object"
        raise ValueError(message)
    return dict(pairs)


def _faults_of_suite(tables: tuple[str, ...], data: object) -> Iterator[str]:
    if not isinstance(data, dict):
        yield "it is not an object"
        return
    yield from _faults_of_keys("the suite", data, SUITE_KEYS)
    if data.get("name") not in tables:
        yield f"its name is not {' or '.join(repr(table) for table in tables)}"
    yield from _faults_of_texts("the suite's meta", data.get("meta"), SUITE_META_KEYS)
    yield from _faults_of_list(data.get("expectations"))


def _faults_of_list(expectations: object) -> Iterator[str]:
    if not isinstance(expectations, list) or not expectations:
        yield "it holds no expectations"
        return
    for number, each in enumerate(expectations, start=1):
        yield from _faults_of_expectation(f"expectation {number}", each)
    yield from _repeats(expectations)


def _faults_of_expectation(where: str, data: object) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{where} is not an object"
        return
    yield from _faults_of_keys(where, data, EXPECTATION_KEYS)
    yield from _faults_of_texts(where, {key: data.get(key) for key in ("type", "description")}, {"type", "description"})
    if data.get("severity") not in set(Severity):
        yield f"{where} has the severity {data.get('severity')!r}, not one of {', '.join(Severity)}"
    if not isinstance(data.get("kwargs"), dict):
        yield f"{where} has no kwargs"
    if known_types() and data.get("type") not in known_types():
        yield f"{where}: Great Expectations has no type {data.get('type')!r}"
    yield from _faults_of_meta(f"{where}'s meta", data.get("meta"))


def _faults_of_meta(where: str, meta: object) -> Iterator[str]:
    if isinstance(meta, dict) and NEEDS in meta:
        if meta[NEEDS] != WORKSPACE:
            yield f"{where} needs {meta[NEEDS]!r}, which can only be {WORKSPACE!r}"
        meta = {key: value for key, value in meta.items() if key != NEEDS}
    yield from _faults_of_texts(where, meta, EXPECTATION_META_KEYS)


@cache
def known_types() -> frozenset[str]:
    """Return the types of Great Expectations' gallery by its files, for importing it takes seconds; none if it is absent."""
    spec = find_spec("great_expectations")
    folders = spec.submodule_search_locations if spec else None
    files = [file for folder in folders or () for file in Path(folder, "expectations", "core").glob("*.py")]
    return frozenset(file.stem for file in files if file.stem != "__init__")


def _faults_of_keys(where: str, data: dict[str, Any], keys: set[str]) -> Iterator[str]:
    yield from (f"{where} lacks {key!r}" for key in sorted(keys - data.keys()))
    yield from (f"{where} has the unknown key {key!r}" for key in sorted(data.keys() - keys))


def _faults_of_texts(where: str, data: object, keys: set[str]) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{where} is not an object"
        return
    yield from _faults_of_keys(where, data, keys)
    yield from (
        f"{where} has no text for {key!r}"
        for key in sorted(keys & data.keys())
        if not isinstance(data[key], str) or not data[key].strip()
    )


def _repeats(expectations: list[Any]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, each in enumerate(expectations, start=1):
        for mark in _marks(each):
            if mark in seen:
                yield f"expectation {number} repeats expectation {seen[mark]}"
                break
        seen.update({mark: seen.get(mark, number) for mark in _marks(each)})


def _marks(expectation: object) -> tuple[str, ...]:
    if not isinstance(expectation, dict):
        return ()
    check = json.dumps([expectation.get("type"), expectation.get("kwargs")], sort_keys=True)
    return (check, json.dumps(expectation.get("description")))


def _suite(data: dict[str, Any]) -> Suite:
    table = data["name"]
    return Suite(
        table=table,
        rows_expected=data["meta"]["rows_expected"],
        expectations=tuple(_expectation(table, each) for each in data["expectations"]),
    )


def _expectation(table: str, data: dict[str, Any]) -> Expectation:
    meta = data["meta"]
    return Expectation(
        type=data["type"],
        kwargs=data["kwargs"],
        description=data["description"],
        severity=Severity(data["severity"]),
        why=meta["why"],
        guards=meta["guards"],
        needs_workspace=table in TABLES_OF_WORKSPACE or NEEDS in meta,
    )
