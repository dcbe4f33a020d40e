"""The counts of a run: `summary.json`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from leadsieve.batching import Batch, Plan
from leadsieve.counts import counted, fitting
from leadsieve.policy import Policy
from leadsieve.reporting.phrases import among, rows
from leadsieve.reporting.tally import CELLS, Tally
from leadsieve.reporting.troubleshooting import signs, troubles
from leadsieve.schema import MARKS
from leadsieve.sieve import Sieved, storage_campaign
from leadsieve.suppress_values import ColumnValue
from leadsieve.words import DedupMode, ImportMode, Outcome, Reason


def summarise(
    tally: Tally,
    sieved: Sieved,
    plan: Plan,
    *,
    ignored_lines: int,
    unread: Sequence[ColumnValue],
    files: Mapping[int, str],
    policy: Policy,
) -> dict[str, Any]:
    """Return the run's counts, in rows unless a name says people; `files` names each batch's file.

    `unread` is what stands in the list's columns for opt-outs and is neither one nor a no.
    """
    snapshot = sieved.snapshot
    counted = _counted(tally, sieved)
    found = signs(tally, plan.batches, target=sieved.target.name, members=sieved.target.members)
    outcomes = _words(counted.of_rows, "outcome")
    return {
        "input_rows": counted.total("rows"),
        "ignored_lines": ignored_lines,
        "people": int(counted.people),
        "outcomes": {str(o): outcomes.get(o, 0) for o in Outcome},
        "reasons": _words(counted.of_rows, "reason"),
        "marks": {mark: counted.total(mark) for mark in MARKS},
        "modes": {
            str(mode): {str(o): _words(counted.modes, f"mode_{mode}").get(o, 0) for o in Outcome} for mode in DedupMode
        },
        "sources": sieved.sources.to_dicts(),
        "batches": [_batch(b, files) for b in plan.batches],
        "cells": {kind: {**_words(counted.cells, kind), "mended": counted.total(f"mended_{kind}")} for kind in CELLS},
        "warnings": dict(counted.warnings.iter_rows()),
        "connections": {
            "rows": counted.total("connections") if counted.total("told_connections") else None,
            "campaign": storage_campaign(sieved, policy),
        },
        "unclassified_statuses": sieved.statuses,
        "unread_opt_outs": _by_column(unread),
        "snapshot": {"id": snapshot["id"], "taken_at": f"{snapshot['taken_at'].isoformat()}Z"} if snapshot else None,
        "campaign": sieved.target.name,
        "dedup": str(policy.dedup),
        "import_mode": str(policy.import_mode),
        "method": str(policy.method),
        "advice": _advice(counted, sieved, unread, policy),
        "troubles": [asdict(trouble) for trouble in troubles(found, policy)],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """A run in counts. `of_rows` has one row an outcome and reason; `cells`, `modes` one row a combination of words, with `rows`."""

    of_rows: pl.DataFrame
    cells: pl.DataFrame
    warnings: pl.DataFrame
    modes: pl.DataFrame
    of_decisions: Mapping[str, int]
    people: int

    def total(self, name: str) -> int:
        """Return a count over all rows."""
        return int(self.of_rows[name].sum())

    def where(self, name: str, *, outcome: Outcome | None = None, reason: Reason | None = None) -> int:
        """Return a count over the rows of an outcome, or of a reason."""
        column, word = ("outcome", outcome) if outcome else ("reason", reason)
        return int(
            self.of_rows.filter(pl.col(column) == str(word), pl.col("reason") == (reason or pl.col("reason")))[
                name
            ].sum()
        )


def _counted(tally: Tally, sieved: Sieved) -> _Counted:
    decided, outcome = sieved.decisions.rows, pl.col("outcome")
    ours = (outcome == Outcome.SUPPRESSED) & pl.col("only_by_status") & (pl.col("unsuppressed") == Outcome.CREATE)
    not_launched = pl.col("not_launched") & (outcome == Outcome.IN_PROGRESS)
    warnings = tally.table("warnings").sort(["rows", "warnings"], descending=[True, False])
    return _Counted(
        of_rows=tally.table("rows"),
        cells=tally.table("cells").rename({f"{kind}_status": kind for kind in CELLS}),
        warnings=warnings,
        modes=decided.group_by(f"mode_{mode}" for mode in DedupMode).agg(rows=pl.len()),
        of_decisions=decided.select(not_launched=not_launched.sum(), ours=ours.sum()).row(0, named=True),
        people=decided.select(pl.col("person").max().fill_null(0)).item(),  # numbered from 1 without a gap
    )


def _words(counted: pl.DataFrame, column: str) -> dict[str, int]:
    """Return how many rows have each word of the column, the most frequent first."""
    each = counted.drop_nulls(column).group_by(column).agg(pl.col("rows").sum().cast(pl.Int64))
    return dict(each.sort(["rows", column], descending=[True, False]).iter_rows())


def _batch(batch: Batch, files: Mapping[int, str]) -> dict[str, Any]:
    return {"file": files[batch.batch], "campaign": batch.campaign, "upload": batch.upload, "rows": batch.rows}


def _by_column(unread: Sequence[ColumnValue]) -> dict[str, dict[str, int]]:
    """Return in how many rows each value stands, by column; those that are not shown are counted together."""
    names = dict.fromkeys(value.column for value in unread)
    return {name: {v.value or "(not shown)": v.rows for v in unread if v.column == name} for name in names}


def _advice(counted: _Counted, sieved: Sieved, unread: Sequence[ColumnValue], policy: Policy) -> list[dict[str, Any]]:
    """Return what a setting would change and what is odd: code, rows that it concerns, one sentence. Nothing without a row."""
    told = [
        *_of_opt_outs(unread),
        *_of_settings(counted),
        *_of_workspace(sieved, policy),
        *_of_connections(counted, sieved, policy),
    ]
    return [{"code": code, "rows": count, "text": text} for code, count, text in told if count]


_MOST_VALUES: Final = 5
"""Of a column's values that are not understood so many are named; summary.json has them all."""


def _of_opt_outs(unread: Sequence[ColumnValue]) -> list[tuple[str, int, str]]:
    columns = _by_column(unread)
    count = sum(value.rows for value in unread)
    what = "cell of a column for opt-outs says", "cells of columns for opt-outs say"
    named = "; ".join(f"`{column}` {among(_named(values))}" for column, values in columns.items())
    return [
        (
            "unread_opt_outs",
            count,
            f"{counted(count, *what)} neither yes nor no and {'holds' if count == 1 else 'hold'} nobody back: {named}. If these people opted out, add the words under `suppress_columns` in the policy (`leadsieve init` writes it), and run again before you import.",
        )
    ]


def _named(values: Mapping[str, int]) -> list[str]:
    first = [f"{value} ({rows:,})" for value, rows in list(values.items())[:_MOST_VALUES]]
    more = len(values) - len(first)
    return [*first, f"{more:,} more"] if more else first


def _of_settings(counted: _Counted) -> list[tuple[str, int, str]]:
    invalid = counted.where("with_profile", reason=Reason.INVALID_EMAIL)
    several = counted.where("rows", reason=Reason.MULTIPLE_EMAILS)
    not_launched, ours = int(counted.of_decisions["not_launched"]), int(counted.of_decisions["ours"])
    updates = counted.where("rows", outcome=Outcome.DUPLICATE, reason=Reason.IN_CAMPAIGN)
    return [
        (
            "invalid_email_drop",
            invalid,
            f'{rows(invalid)} with a broken email and a LinkedIn profile: `invalid_email = "drop"` in the policy would go on with the profile.',
        ),
        (
            "multiple_emails_first",
            several,
            f'{rows(several)} with several emails in one cell: `multiple_emails = "first"` in the policy would take the first.',
        ),
        (
            "not_launched",
            not_launched,
            f"{rows(not_launched)} held back only by leads that are not launched yet (review, scanning).",
        ),
        (
            "suppressed_by_default",
            ours,
            f"{rows(ours)} held back because the person unsubscribed in some campaign: lemlist's rule alone would let them in (`suppress_statuses = []` in the policy).",
        ),
        (
            "updates",
            updates,
            f"{rows(updates)} in the campaign already: `--import-mode {ImportMode.CREATE_AND_UPDATE}` would update {fitting(updates, 'it', 'them')}.",
        ),
        ("shared_identifier", *_shared(counted)),
    ]


def _shared(counted: _Counted) -> tuple[int, str]:
    held = counted.where("shared", reason=Reason.DUPLICATE_IN_LIST)
    return (
        held,
        f"{rows(held)} left out because of an address or profile that several people share: only the first row with it goes in.",
    )


def _of_workspace(sieved: Sieved, policy: Policy) -> list[tuple[str, int, str]]:
    strange = [name for name in policy.storage_campaigns if sieved.snapshot and name not in sieved.target.names]
    unclassified = sum(sieved.statuses.values())
    named = ", ".join(f"{word} ({count:,})" for word, count in sieved.statuses.items())
    return [
        (
            "unclassified_statuses",
            unclassified,
            f"{counted(unclassified, 'lead of the workspace has', 'leads of the workspace have')} a status that nobody has classified and {fitting(unclassified, 'counts', 'count')} as active: {named}. Say what {fitting(len(sieved.statuses), 'it means', 'they mean')} under [statuses] in the policy.",
        ),
        (
            "no_identifier",
            sieved.no_identifier,
            f"{counted(sieved.no_identifier, 'lead of the workspace has', 'leads of the workspace have')} neither an email nor a LinkedIn profile and cannot be recognised.",
        ),
        (
            "unknown_storage_campaigns",
            len(strange),
            f"The policy's storage_campaigns names {', '.join(strange)}, which the snapshot does not know: is it misspelt?",
        ),
    ]


def _of_connections(seen: _Counted, sieved: Sieved, policy: Policy) -> list[tuple[str, int, str]]:
    # That lemlist skips their invite step: help article 8037834, best practices.
    created = seen.where("rows", outcome=Outcome.CREATE)
    storage, known = storage_campaign(sieved, policy), seen.where("told_connections", outcome=Outcome.CREATE)
    connected = seen.where("connections", outcome=Outcome.CREATE)
    where = (
        f"{fitting(connected, 'it goes', 'they go')} to {storage}"
        if storage
        else f"`--connections separate` would give {fitting(connected, 'it a batch', 'them batches')} for a storage campaign"
    )
    return [
        (
            "connections",
            connected,
            f"{counted(connected, 'row to create is a first-degree LinkedIn connection', 'rows to create are first-degree LinkedIn connections')}, whose invite step lemlist skips by itself; {where}.",
        ),
        (
            "no_connections",
            created if storage and not known else 0,
            "No LinkedIn connections are loaded, so none were separated: load LinkedIn's file with `leadsieve snapshot load Connections.csv`.",
        ),
    ]


__all__: Sequence[str] = ["summarise"]
