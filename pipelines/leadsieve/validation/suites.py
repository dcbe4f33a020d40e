"""Suites: what is expected of each table, read from hand-owned JSON, refused unless it is complete."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from leadsieve.errors import ValidationError

SUITE_KEYS = {"expectations", "meta", "name"}
SUITE_META_KEYS = {"rows_expected"}
EXPECTATION_KEYS = {"description", "kwargs", "meta", "severity", "type"}
EXPECTATION_META_KEYS = {"guards", "why"}


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


@dataclass(frozen=True, slots=True)
class Suite:
    """All that is expected of one table; where `rows_expected`, SQL for a number, is above 0 it must not be empty."""

    table: str
    rows_expected: str
    expectations: tuple[Expectation, ...]

    @property
    def not_empty(self) -> str:
        """The description of the check that every suite brings along."""
        return f"The table {self.table} is not empty where it should hold rows."

    def to_json(self) -> dict[str, Any]:
        """Return the suite as plain JSON values, for the worker."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Suite":
        """Return the suite that `to_json` wrote."""
        expectations = tuple(
            Expectation(**{**each, "severity": Severity(each["severity"])}) for each in data["expectations"]
        )
        return cls(table=data["table"], rows_expected=data["rows_expected"], expectations=expectations)


def load_suites(folder: Path) -> tuple[Suite, ...]:
    """Return the suites of all `<table>.json` in a folder, in name order.

    Raises `ValidationError` with every fault found: a suite that is left out, half read or empty would pass whatever
    it is given.
    """
    files = sorted(folder.glob("*.json"))
    faults = [fault for file in files for fault in _faults_of_file(file)]
    if not files:
        faults = [f"{folder} holds no suite"]
    if faults:
        message = f"The expectations cannot be used: {'; '.join(faults)}. Mend these files and run again."
        raise ValidationError(message)
    return tuple(_suite(file.stem, cast("dict[str, Any]", _read(file))) for file in files)


def _faults_of_file(file: Path) -> Iterator[str]:
    try:
        data = _read(file)
    except (OSError, ValueError) as error:
        yield f"{file.name} is not readable as JSON ({error})"
        return
    for fault in _faults_of_suite(file.stem, data):
        yield f"{file.name}: {fault}"


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


def _faults_of_suite(table: str, data: object) -> Iterator[str]:
    if not isinstance(data, dict):
        yield "it is not an object"
        return
    yield from _faults_of_keys("the suite", data, SUITE_KEYS)
    if data.get("name") != table:
        yield f"its name is not {table!r}"
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
    yield from _faults_of_texts(f"{where}'s meta", data.get("meta"), EXPECTATION_META_KEYS)


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


def _suite(table: str, data: dict[str, Any]) -> Suite:
    return Suite(
        table=table,
        rows_expected=data["meta"]["rows_expected"],
        expectations=tuple(_expectation(each) for each in data["expectations"]),
    )


def _expectation(data: dict[str, Any]) -> Expectation:
    meta = data["meta"]
    return Expectation(
        type=data["type"],
        kwargs=data["kwargs"],
        description=data["description"],
        severity=Severity(data["severity"]),
        why=meta["why"],
        guards=meta["guards"],
    )
