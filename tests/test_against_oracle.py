"""The program and a second, brute-force reading of the rules agree on random lists and workspaces.

Every example goes through the front door: files are rendered, exports loaded, the list run. When all pairs of modes are
through, the fixture `reached` sees that the examples met every outcome, every reason and every pair often enough.
"""

import collections
import itertools
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import leadsieve as ls
from leadsieve.words import Outcome, Reason
from oracle.oracle_reading import DEDUP_MODES, IMPORT_MODES, Decision, decide
from oracle.oracle_strategies import Example, examples, render

PAIRS = tuple(itertools.product(DEDUP_MODES, IMPORT_MODES))
EXAMPLES = 27
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


def assert_agreement(example: Example, result: ls.Result) -> None:
    decisions = decide(
        example.rows, example.campaigns, example.memberships, example.suppressed, example.settings, example.past
    )
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


UNREACHED = {Reason.UNREADABLE_ROW}
"""What no list of whole rows can give; intake's own tests see to it."""


@pytest.fixture(scope="module")
def reached() -> Iterator[collections.Counter]:
    """Count what the examples met; when every pair of modes ran, everything must have been met often enough."""
    seen: collections.Counter = collections.Counter()
    yield seen
    wanted = {*Outcome, *(set(Reason) - UNREACHED), *(f"{d} {i}" for d, i in PAIRS)}
    if all(f"{d} {i}" in seen for d, i in PAIRS):
        assert {word: seen[word] for word in wanted if seen[word] < AT_LEAST} == {}


@pytest.mark.xdist_group("against_oracle")
@pytest.mark.parametrize(("dedup", "import_mode"), PAIRS)
def test_program_agrees_with_the_second_reading(dedup: str, import_mode: str, reached: collections.Counter):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(examples(dedup=[dedup], import_mode=[import_mode]))
    def agree(example: Example) -> None:
        with tempfile.TemporaryDirectory() as folder:
            result = run_example(example, Path(folder))
        assert_agreement(example, result)
        reached.update(result.ledger["outcome"])
        reached.update(result.ledger["reason"])
        reached[f"{dedup} {import_mode}"] += 1

    agree()
