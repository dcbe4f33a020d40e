"""A run by an old snapshot is told of."""

from datetime import UTC, datetime, timedelta

import pytest

from leadsieve.policy import Policy
from leadsieve.reporting import old_snapshot

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


def snapshot(**hours: float) -> dict[str, object]:
    loaded = [(name, NOW.replace(tzinfo=None) - timedelta(hours=age)) for name, age in hours.items()]
    return {"id": 7, "loaded": loaded}


@pytest.mark.parametrize(
    ("hours", "options", "said"),
    [
        ({"A": 24}, {}, ""),
        ({"A": 25}, {}, "Snapshot 7 is 25 hours old"),
        ({"A": 25, "B": 72}, {}, "Snapshot 7 is 25 hours old"),
        ({"A": 1, "B": 72, "C": 48}, {}, "2 of 3 campaigns of snapshot 7 were last loaded more than 2 days ago, the oldest 3 days ago."),
        ({"A": 1, "B": 72}, {"max_age": 1.0}, "1 of 2 campaigns of snapshot 7 was last loaded more than 3 days ago. Export and load them again (`max_age` is 1 hour)."),
        ({"A": 1, "B": 72}, {"storage_campaigns": ["B"]}, ""),
        ({"A": 1}, {"max_age": 0.5}, "Snapshot 7 is 60 minutes old"),
        ({"A": 999}, {"max_age": 0}, ""),
        ({}, {}, ""),
    ],
    ids=["as old as may be", "older", "all older", "some older", "one older", "storage", "half an hour", "never", "no campaigns"],
)  # fmt: skip
def test_the_age_is_told_when_it_is_more_than_the_policy_allows(hours, options, said):
    told = old_snapshot(snapshot(**hours), Policy().with_options(**options), now=NOW)
    assert told.startswith(said)
    assert bool(told) == bool(said)


def test_without_a_workspace_nothing_is_old():
    assert old_snapshot(None, Policy(), now=NOW) == ""
