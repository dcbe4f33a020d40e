"""What a source is worth, in plain words, judged by its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import Any, Final

from leadsieve.reporting.phrases import percent, rows

MOSTLY, HALF = 0.75, 0.5
"""From this duplicate rate on a source brings mostly, and more than half, what is nothing new."""
DEAR = 2.0
"""From this many times the middle price of a new person on a source is dear."""
STOP, WATCH, KEEP = "stop", "watch", "keep"
WORDS: Final = {STOP: "hardly worth it", WATCH: "look closer", KEEP: "worth it"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to think of a source: `stop`, `watch` or `keep`, and the sentence why."""

    source: str
    word: str
    sentence: str


def verdicts(rows: Sequence[Mapping[str, Any]], *, currency: str) -> list[Verdict]:
    """Judge every source by its row of the figures, in their order; one alone is not compared."""
    alone, costs = len(rows) == 1, [row["cost_per_new"] for row in rows if row["cost_per_new"] is not None]
    dear = DEAR * median(costs) if len(costs) > 1 else inf
    return [
        Verdict(
            source=row["source"],
            word=_word(row, alone=alone, dear=dear),
            sentence=_sentence(row, alone=alone, currency=currency),
        )
        for row in rows
    ]


def _word(row: Mapping[str, Any], *, alone: bool, dear: float) -> str:
    rate, nothing = row["duplicate_rate"], not (row["new_people"] if alone else row["only_new_people"])
    if rate is None or nothing or rate >= MOSTLY:
        return STOP
    return WATCH if rate >= HALF or (row["cost_per_new"] or 0) >= dear else KEEP


def _sentence(row: Mapping[str, Any], *, alone: bool, currency: str) -> str:
    if row["duplicate_rate"] is None:
        return (
            "Its only row could not be used."
            if row["rows"] == 1
            else f"Not one of its {rows(row['rows'])} could be used."
        )
    told = _duplicates(row["duplicate_rate"], row["valid"])
    if not row["new_people"]:
        return f"{told} There is not one new person in it."
    people = "one new person" if row["new_people"] == 1 else f"{row['new_people']:,} new people"
    told += f" It brought {people}"
    if not alone:
        told += f", {row['only_new_people']:,} of them in no other source of this run"
    if row["cost_per_new"] is not None:
        told += f", at {money(row['cost_per_new'], currency)} each"
    return f"{told}."


def _duplicates(rate: float, valid: int) -> str:
    if valid == 1:
        return f"Its only valid row is {'no' if rate == 0 else 'a'} duplicate."
    if rate == 0:
        return f"None of its {valid:,} valid rows is a duplicate."
    return f"{percent(rate)} of its {valid:,} valid rows are duplicates."


def money(amount: float | None, currency: str) -> str:
    """Return an amount as people read it.

    >>> money(1234.5, "EUR"), money(None, "EUR")
    ('1,234.50 EUR', '–')
    """
    return "–" if amount is None else f"{amount:,.2f} {currency}".strip()


def answer(rows: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the source to stop paying for first, and why; nothing where there is none to compare with.

    In: the figures' sources. Where each has its price, the dearest new person decides, else the duplicate rate.
    """
    if len(rows) < 2:  # one alone cannot be compared
        return None
    if all(row["price"] is not None for row in rows):
        return max(rows, key=_cost)["source"], "each new person costs most there"
    # The figures have the worst first, those without a valid row before all.
    return rows[0]["source"], "it has the highest duplicate rate"


def _cost(row: Mapping[str, Any]) -> tuple[float, float]:
    """Return what a new person costs; nobody new for whatever price is the dearest."""
    if row["cost_per_new"] is None:
        return inf, row["price"]
    return row["cost_per_new"], row["price"]
