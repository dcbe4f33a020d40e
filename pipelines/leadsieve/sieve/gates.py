"""The gates (docs/words.md) in their order: the first that applies to a row decides it."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from leadsieve.sieve.facts import REASON
from leadsieve.words import DedupMode, ImportMode, Outcome, Reason

OUTCOME = pl.Enum([str(outcome) for outcome in Outcome])
_FAILED, _DUPLICATE_OF, _SUPPRESSED = (pl.col(name) for name in ("failed", "duplicate_of", "suppressed"))
_IN_CAMPAIGN, _ACTIVE_ELSEWHERE, _IN_WORKSPACE = (
    pl.col(name) for name in ("in_campaign", "active_elsewhere", "in_workspace")
)
_ALWAYS = pl.lit(value=True)
_NOBODY = pl.lit(None, dtype=REASON)


@dataclass(frozen=True, slots=True)
class _Gate:
    """When it applies, and what it then decides; the reason is a word or a column of the facts."""

    applies: pl.Expr
    outcome: Outcome
    reason: Reason | pl.Expr


def _gates(dedup: DedupMode, import_mode: ImportMode, suppressed: pl.Expr = _SUPPRESSED) -> Sequence[_Gate]:
    updates = pl.lit(import_mode is not ImportMode.CREATE_ONLY)
    only_updates = pl.lit(import_mode is ImportMode.UPDATE_ONLY)
    active, workspace = pl.lit(dedup is DedupMode.ACTIVE), pl.lit(dedup is DedupMode.WORKSPACE)
    return (
        _Gate(_FAILED.is_not_null(), Outcome.FAILED, _FAILED),
        _Gate(_DUPLICATE_OF.is_not_null(), Outcome.DUPLICATE, Reason.DUPLICATE_IN_LIST),
        _Gate(suppressed.is_not_null(), Outcome.SUPPRESSED, suppressed),
        _Gate(_IN_CAMPAIGN & updates, Outcome.UPDATE, Reason.IN_CAMPAIGN),
        _Gate(_IN_CAMPAIGN, Outcome.DUPLICATE, Reason.IN_CAMPAIGN),
        _Gate(only_updates, Outcome.SKIPPED, Reason.NOT_IN_CAMPAIGN),
        _Gate(_ACTIVE_ELSEWHERE & active, Outcome.IN_PROGRESS, Reason.ACTIVE_IN_OTHER_CAMPAIGN),
        _Gate(_IN_WORKSPACE & workspace, Outcome.DUPLICATE, Reason.IN_OTHER_CAMPAIGN),
        _Gate(_ACTIVE_ELSEWHERE, Outcome.CREATE, Reason.ACTIVE_ELSEWHERE),
        _Gate(_IN_WORKSPACE, Outcome.CREATE, Reason.RE_ENGAGE),
        _Gate(_ALWAYS, Outcome.CREATE, Reason.NEW),
    )


def decide(facts: pl.DataFrame, *, dedup: DedupMode, import_mode: ImportMode) -> pl.DataFrame:
    """Return the facts of every row (`facts_of_rows`) with what is decided.

    Added: outcome and reason, mode_campaign, mode_active, mode_workspace (the outcome that each dedup mode would give), unsuppressed (the outcome
    if nothing held the person back).
    """
    chosen = _gates(dedup, import_mode)
    return facts.with_columns(
        outcome=_outcome(chosen),
        reason=_reason(chosen),
        **{f"mode_{mode}": _outcome(_gates(mode, import_mode)) for mode in DedupMode},
        unsuppressed=_outcome(_gates(dedup, import_mode, _NOBODY)),
    )


def _outcome(gates: Sequence[_Gate]) -> pl.Expr:
    return _first([(gate.applies, pl.lit(str(gate.outcome), dtype=OUTCOME)) for gate in gates])


def _reason(gates: Sequence[_Gate]) -> pl.Expr:
    return _first([(gate.applies, _told(gate.reason)) for gate in gates])


def _told(reason: Reason | pl.Expr) -> pl.Expr:
    return pl.lit(str(reason), dtype=REASON) if isinstance(reason, Reason) else reason


def _first(choices: Sequence[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    """Return the value of the first choice that applies; null applies as little as false, and the last one always does."""
    *others, (_, found) = choices
    for applies, value in reversed(others):
        found = pl.when(applies).then(value).otherwise(found)
    return found
