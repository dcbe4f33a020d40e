"""Whatever `why` promises comes true: its changes made in random small worlds, which the second reading then decides."""

import itertools
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from leadsieve.reporting import Act, Change, Explanation
from leadsieve.words import Outcome
from oracle.oracle_reading import Decision, Row, decide
from oracle.oracle_strategies import Example, examples
from test_against_oracle import run_example

GOES_IN = (Outcome.CREATE, Outcome.UPDATE)
FRESH = "mended@fresh-corp.com"
PROFILE = "https://www.linkedin.com/in/mended-fresh"
NAMES = {"required_fields": "required"}
"""Settings that the second reading calls otherwise."""


def mended(row: Row, change: Change) -> Row:
    """The row with a fresh email, and with every field filled where the change asks for that."""
    row = replace(row, email=FRESH, email_status="valid")
    if "fill" not in change.words:
        return row
    fields = {"firstName": "Zoe", "lastName": "Zed", "companyName": "Alpha Tools", **row.fields}
    profile = {"linkedin_key": PROFILE, "linkedin_status": "person_vanity", "linkedin_writable": True}
    return replace(row, fields=fields, phone=row.phone or "+33199001234", **profile)


def changed(example: Example, place: int, person: list[int], change: Change) -> tuple[Example, int]:
    """The world after one change, and where the row then stands."""
    rows = list(example.rows)
    told = {NAMES.get(name, name): value for name, value in change.settings.items()}
    example = replace(example, settings=replace(example.settings, **{k: _plain(v) for k, v in told.items()}))
    if change.act is Act.MEND:
        rows[place] = mended(rows[place], change)
    if change.act is Act.EMPTY:
        rows = [replace(row, list_says=None) if n in person else row for n, row in enumerate(rows)]
    if change.act is Act.MOVE:
        rows, place = [rows[place], *rows[:place], *rows[place + 1 :]], 0
    if change.act is Act.RELOAD:
        cleared = tuple(replace(m, last_state="") for m in example.memberships)
        example = replace(example, memberships=cleared)
    if change.act is Act.LIFT:
        example = replace(example, suppressed=())
    return replace(example, rows=tuple(rows)), place


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value


def after(example: Example, place: int, person: list[int], changes: Iterable[Change]) -> Decision:
    """What the second reading decides for the row when the changes are made; the row's move comes last."""
    for change in sorted(changes, key=lambda c: c.act is Act.MOVE):
        example, place = changed(example, place, person, change)
    told = decide(example.rows, example.campaigns, example.memberships, example.suppressed, example.settings)
    return told[place]


def assert_kept(told: Explanation, decided: Decision) -> None:
    if told.promises is None:
        assert decided.outcome != Outcome.FAILED, told
    else:
        assert decided.outcome == told.promises, told


def fewer(changes: tuple[Change, ...]) -> Iterable[tuple[Change, ...]]:
    return itertools.combinations(changes, len(changes) - 1) if changes else ()


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(examples())
def test_what_is_promised_comes_true_and_nothing_less_would_do(example):
    # Deletions and cooldowns have tests of their own (test_why_over_time.py).
    example = replace(example, past=(), settings=replace(example.settings, cooldown=0))
    with tempfile.TemporaryDirectory() as folder:
        result = run_example(example, Path(folder))
    people = result.ledger["person"].to_list()
    for place, who in enumerate(people):
        told = result.why(place + 1)
        person = [n for n, p in enumerate(people) if p == who and who is not None]
        assert_kept(told, after(example, place, person, told.changes))
        for less in fewer(told.changes):
            missed = after(example, place, person, less)
            assert missed.outcome not in (GOES_IN if told.promises else set(Outcome) - {Outcome.FAILED}), told
