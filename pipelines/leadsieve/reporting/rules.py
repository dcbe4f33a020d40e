"""Whether the team's members import by the same rules."""

from collections.abc import Mapping
from typing import Any


def different_rules(recent: Mapping[tuple[str, str], int], summary: Mapping[str, Any]) -> list[str]:
    """Return a sentence where recorded runs (rules with their number) imported by other rules than this one, else nothing.

    Not in `summary.json`: that is the same for the same list and snapshot, whoever ran what before.
    """
    own = (summary["dedup"], summary["import_mode"])
    others = {rules: runs for rules, runs in recent.items() if rules != own}
    if not others:
        return []
    told = "; ".join(f"{_named(rules)}: {runs}" for rules, runs in others.items())
    return [
        f"{sum(others.values())} of the last {sum(recent.values())} recorded runs imported by other rules ({told}) than this one "
        f"({_named(own)}). Agree on one: a lead that one of you holds back goes in with another."
    ]


def _named(rules: tuple[str, str]) -> str:
    dedup, import_mode = rules
    return f"dedup {dedup}, {import_mode}"
