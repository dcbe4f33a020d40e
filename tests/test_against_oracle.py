"""The program and a second, brute-force reading of the rules agree on random lists and workspaces.

Every example goes through the front door: files are rendered, exports loaded, the list run. The second reading is quick, so it
picks, out of many random examples, those whose reasons were met least; where all of them are asked for, the fixture `reached`
sees that the program met every outcome, every reason and every pair of modes often enough.
"""

import collections
import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

import leadsieve as ls
from leadsieve.words import Outcome, Reason
from oracle.oracle_reading import DEDUP_MODES, IMPORT_MODES, Decision, decide
from oracle.oracle_strategies import Example, render, thrown_example

PAIRS = tuple(itertools.product(DEDUP_MODES, IMPORT_MODES))
EXAMPLES = 20
"""For each pair of modes: 180 in all, no two alike."""
OUT_OF = 12
"""How many random examples each one is picked from."""
AT_LEAST = 20
MARKS = (
    "in_campaign",
    "active_elsewhere",
    "in_workspace",
    "blocked_by_campaign",
    "blocked_by_active",
    "blocked_by_workspace",
)


def policy_of(example: Example) -> dict[str, object]:
    told = example.settings
    return {
        "dedup": told.dedup,
        "import_mode": told.import_mode,
        "keep": told.keep,
        "fill": told.fill,
        "required_fields": told.required,
        "invalid_email": told.invalid_email,
        "multiple_emails": told.multiple_emails,
        "storage_campaigns": told.storage_campaigns,
        "archived": told.archived,
        "statuses": dict(told.statuses),
        "suppress_statuses": told.suppress_statuses,
        "deleted": told.deleted,
        "crm_sources": told.crm_sources,
        "cooldown": told.cooldown,
    }


def run_example(example: Example, folder: Path) -> ls.Result:
    files = render(example, folder)
    workspace = ls.Workspace(folder / "workspace.duckdb")
    for load in files.loads:
        moment, policy = (
            datetime.fromisoformat(load.taken_at),
            ls.Policy().with_options(statuses=policy_of(example)["statuses"]),
        )
        workspace.load(*load.exports, campaigns=load.campaigns, taken_at=moment, policy=policy)
    if files.suppression:
        workspace.suppress(files.suppression)
    return ls.run(
        files.leads,
        campaign=example.settings.campaign,
        workspace=workspace,
        new_campaign=example.is_new_campaign,
        source_column=files.source_column,
        **policy_of(example),
    )


def expected_row(decision: Decision) -> dict[str, object]:
    return {
        "outcome": decision.outcome,
        "reason": decision.reason,
        "duplicate_of": decision.duplicate_of,
        **{mark: getattr(decision, mark) for mark in MARKS},
        "conflicts": list(decision.conflicts),
        "warnings": set(decision.warnings),
    }


def actual_row(row: dict[str, object]) -> dict[str, object]:
    told = {name: row[name] for name in ("outcome", "reason", "duplicate_of", *MARKS)}
    conflicts = sorted((c["campaign"], c["status"], c["matched_on"]) for c in row["conflicts"] or [])
    return {**told, "conflicts": conflicts, "warnings": set(row["warnings"])}


def cell_of(row: dict[str, object], name: str) -> object:
    """Return a filled cell as the second reading names it; phones without their separators."""
    if name == "phone":
        return re.sub(r"[^+\d]", "", str(row["phone"]))
    return row[{"linkedin": "linkedin_key", "member": "linkedin_member_key"}.get(name, name)]


def partition(keys: list[object]) -> list[frozenset[int]]:
    groups: dict[object, set[int]] = collections.defaultdict(set)
    for place, key in enumerate(keys):
        if key is not None:
            groups[key].add(place)
    return sorted((frozenset(g) for g in groups.values()), key=min)


def second_reading(example: Example) -> list[Decision]:
    return decide(
        example.rows, example.campaigns, example.memberships, example.suppressed, example.settings, example.past
    )


def assert_agreement(example: Example, result: ls.Result) -> None:
    decisions = second_reading(example)
    rows = result.ledger.to_dicts()
    for decision, row in zip(decisions, rows, strict=True):
        expected, actual = expected_row(decision), actual_row(row)
        if decision.outcome == "failed":
            del expected["warnings"], actual["warnings"]
        assert actual == expected, f"row {row['row']}"
        if decision.conflicts:
            assert (row["conflict_campaign"], row["conflict_status"], row["matched_on"]) in decision.conflict_ties
        assert {name: cell_of(row, name) for name in decision.filled} == decision.filled, f"row {row['row']}"
    assert partition([d.person for d in decisions]) == partition([r["person"] for r in rows])
    for mode in DEDUP_MODES:
        counted = collections.Counter(d.outcome if d.outcome == "failed" else d.modes[mode] for d in decisions)
        assert {o: n for o, n in result.summary["modes"][mode].items() if n} == counted


@cache
def picked() -> Mapping[tuple[str, str, int], Example]:
    """Return the examples by their modes and number, each the one of `OUT_OF` random ones that adds most to what those before met."""
    seeds, met, found = itertools.count(), collections.Counter(), {}
    for number, (dedup, import_mode) in itertools.product(range(EXAMPLES), PAIRS):
        thrown = [thrown_example(s, dedup=dedup, import_mode=import_mode) for s in itertools.islice(seeds, OUT_OF)]
        reasons = [[decision.reason for decision in second_reading(example)] for example in thrown]
        best = max(range(OUT_OF), key=lambda n: sum(1 / (1 + met[reason]) for reason in reasons[n]))
        found[dedup, import_mode, number] = thrown[best]
        met.update(reasons[best])
    return found


UNREACHED = {Reason.UNREADABLE_ROW}
"""What no list of whole rows can give; intake's own tests see to it."""


@pytest.fixture(scope="module")
def reached(request: pytest.FixtureRequest) -> Iterator[collections.Counter]:
    """Count what the examples met; where all are asked for, everything must have been met often enough."""
    seen: collections.Counter = collections.Counter()
    yield seen
    wanted = {*Outcome, *(set(Reason) - UNREACHED), *PAIRS}
    if sum(item.path == request.path for item in request.session.items) == EXAMPLES * len(PAIRS):
        assert {word: seen[word] for word in wanted if seen[word] < AT_LEAST} == {}


@pytest.mark.parametrize(
    ("dedup", "import_mode", "number"), [(*pair, n) for n, pair in itertools.product(range(EXAMPLES), PAIRS)]
)
def test_program_agrees_with_the_second_reading(tmp_path, dedup, import_mode, number, reached):
    example = picked()[dedup, import_mode, number]
    result = run_example(example, tmp_path)
    reached.update([*result.ledger["outcome"], *result.ledger["reason"], (dedup, import_mode)])
    assert_agreement(example, result)
