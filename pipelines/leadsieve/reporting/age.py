"""How old what a run decided by is; it depends on the clock, so it is told and stands in no file that the same inputs make again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from leadsieve.counts import counted, fitting
from leadsieve.policy import Policy

_HOURS_IN_DAYS = 48  # from so many hours an age is told in days


def old_snapshot(snapshot: Mapping[str, Any] | None, policy: Policy, *, now: datetime | None = None) -> str:
    """Return a sentence on a snapshot, or campaigns of it, older than the policy's `max_age`; nothing for one that is not.

    The age is that of the newest load of a campaign, whatever was told of imports since. Archived and storage campaigns do
    not age.
    """
    moment = (now or datetime.now(UTC)).replace(tzinfo=None)
    ages = [moment - as_of for name, as_of in _ageing(snapshot, policy)]
    most = timedelta(hours=policy.max_age)
    late = [age for age in ages if age > most]
    if snapshot is None or not policy.max_age or not late:
        return ""
    remedy = f"Export and load them again (`max_age` is {policy.max_age:g} {fitting(policy.max_age, 'hour', 'hours')})."
    if len(late) == len(ages):
        return f"Snapshot {snapshot['id']} is {_told(min(ages))} old, and its campaigns have gone on since. {remedy}"
    return f"{len(late)} of {len(ages)} campaigns of snapshot {snapshot['id']} {fitting(len(late), 'was', 'were')} last loaded more than {_told(min(late))} ago{_oldest(late)}. {remedy}"


def _ageing(snapshot: Mapping[str, Any] | None, policy: Policy) -> list[tuple[str, datetime]]:
    """Return the campaigns that go on, with the moment that each was last loaded as of."""
    loaded: list[tuple[str, datetime]] = snapshot["loaded"] if snapshot else []
    return [(name, as_of) for name, as_of in loaded if name not in policy.storage_campaigns]


def _oldest(late: Sequence[timedelta]) -> str:
    return f", the oldest {_told(max(late))} ago" if len(late) > 1 else ""


def _told(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours >= _HOURS_IN_DAYS:
        return f"{hours / 24:,.0f} days"
    return f"{hours:.0f} hours" if hours >= 2 else counted(round(hours * 60), "minute")
