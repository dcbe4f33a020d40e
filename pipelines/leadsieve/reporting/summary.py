"""The counts of a run: `summary.json`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from leadsieve.batching import Batch, Plan
from leadsieve.cleaning import IDENTIFYING_EMAIL, IDENTIFYING_LINKEDIN
from leadsieve.policy import Policy
from leadsieve.reporting.phrases import rows
from leadsieve.reporting.troubleshooting import Trouble, signs, troubles
from leadsieve.schema import MARKS
from leadsieve.sieve import Sieved, storage_campaign
from leadsieve.words import DedupMode, ImportMode, Outcome, Reason, RowWarning


def summarise(
    ledger: pl.DataFrame, sieved: Sieved, plan: Plan, *, ignored_lines: int, files: Mapping[int, str], policy: Policy
) -> dict[str, Any]:
    """Return the run's counts, in rows unless a name says people; `files` names each batch's file."""
    snapshot = sieved.snapshot
    return {
        "input_rows": ledger.height,
        "ignored_lines": ignored_lines,
        "people": ledger["person"].n_unique() - int(ledger["person"].has_nulls()) if ledger.height else 0,
        "outcomes": {str(o): _count(ledger, "outcome", o) for o in Outcome},
        "reasons": _counts(ledger["reason"]),
        "marks": {mark: int(ledger[mark].sum()) for mark in MARKS},
        "modes": {
            str(mode): {str(o): _count(sieved.decisions, f"mode_{mode}", o) for o in Outcome} for mode in DedupMode
        },
        "sources": sieved.sources.to_dicts(),
        "batches": [_batch(b, files) for b in plan.batches],
        "cells": {"email": _cells(ledger, "email", "email"), "linkedin": _cells(ledger, "linkedin", "linkedinUrl")},
        "warnings": _counts(ledger["warnings"].explode()),
        "connections": {
            "rows": _count_true(ledger, "is_connection"),
            "campaign": storage_campaign(sieved, policy),
        },
        "unclassified_statuses": sieved.statuses,
        "snapshot": {"id": snapshot["id"], "taken_at": f"{snapshot['taken_at'].isoformat()}Z"} if snapshot else None,
        "campaign": sieved.target.name,
        "dedup": str(policy.dedup),
        "import_mode": str(policy.import_mode),
        "method": str(policy.method),
        "advice": advice(ledger, sieved, policy),
        "troubles": [asdict(trouble) for trouble in _troubles(ledger, sieved, plan, policy)],
    }


def _cells(ledger: pl.DataFrame, kind: str, column: str) -> dict[str, int]:
    """Return the statuses of a column's cells, and how many usable ones were brought to their canonical form."""
    usable = pl.col(f"{kind}_status").is_in(IDENTIFYING_EMAIL if kind == "email" else IDENTIFYING_LINKEDIN)
    changed = pl.col("changes").list.eval(pl.element().struct.field("column")).list.contains(column)
    mended = ledger.filter(usable & changed).height
    return {**_counts(ledger[f"{kind}_status"]), "mended": mended}


def _count(ledger: pl.DataFrame, column: str, word: str) -> int:
    return int((ledger[column] == str(word)).sum())


def _count_true(ledger: pl.DataFrame, column: str) -> int | None:
    """Return how many rows a mark holds for, null where nobody knows of any row."""
    return int(ledger[column].sum()) if ledger[column].is_not_null().any() else None


def _counts(words: pl.Series) -> dict[str, int]:
    """Return how often each word stands in the column, the most frequent first."""
    counted = words.drop_nulls().value_counts(name="n").sort(["n", words.name], descending=[True, False])
    return dict(counted.iter_rows())


def _batch(batch: Batch, files: Mapping[int, str]) -> dict[str, Any]:
    return {"file": files[batch.batch], "campaign": batch.campaign, "upload": batch.upload, "rows": batch.rows}


def _troubles(ledger: pl.DataFrame, sieved: Sieved, plan: Plan, policy: Policy) -> list[Trouble]:
    target = sieved.target
    return troubles(signs(ledger, plan.batches, target=target.name, members=target.members), policy)


def advice(ledger: pl.DataFrame, sieved: Sieved, policy: Policy) -> list[dict[str, Any]]:
    """Return what a setting would change and what is odd: code, rows that it concerns, one sentence. Nothing without a row."""
    told = [*_of_settings(ledger, sieved), *_of_workspace(sieved, policy), *_of_connections(ledger, sieved, policy)]
    return [{"code": code, "rows": count, "text": text} for code, count, text in told if count]


def _of_settings(ledger: pl.DataFrame, sieved: Sieved) -> list[tuple[str, int, str]]:
    decisions = sieved.decisions
    profile = pl.col("linkedin_url").is_not_null() | pl.col("linkedinUrlSalesNav").is_not_null()
    invalid = ledger.filter((pl.col("reason") == Reason.INVALID_EMAIL) & profile).height
    several = _count(ledger, "reason", Reason.MULTIPLE_EMAILS)
    not_launched = decisions.filter(
        pl.col("not_launched") & (pl.col("decided").struct.field("outcome") == Outcome.IN_PROGRESS)
    ).height
    ours = decisions.filter(
        (pl.col("decided").struct.field("outcome") == Outcome.SUPPRESSED)
        & pl.col("only_by_status")
        & (pl.col("unsuppressed") == Outcome.CREATE)
    ).height
    updates = ledger.filter((pl.col("outcome") == Outcome.DUPLICATE) & (pl.col("reason") == Reason.IN_CAMPAIGN)).height
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
            f"{rows(updates)} in the campaign already: `--import-mode {ImportMode.CREATE_AND_UPDATE}` would update them.",
        ),
        ("shared_identifier", *_shared(ledger)),
    ]


def _shared(ledger: pl.DataFrame) -> tuple[int, str]:
    held = ledger.filter(
        pl.col("warnings").list.contains(RowWarning.SHARED_IDENTIFIER.value)
        & (pl.col("reason") == Reason.DUPLICATE_IN_LIST)
    ).height
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
            f"{unclassified:,} leads of the workspace have a status that nobody has classified and count as active: {named}. Say what they mean under [statuses] in the policy.",
        ),
        (
            "no_identifier",
            sieved.no_identifier,
            f"{sieved.no_identifier:,} leads of the workspace have neither an email nor a LinkedIn profile and cannot be recognised.",
        ),
        (
            "unknown_storage_campaigns",
            len(strange),
            f"The policy's storage_campaigns names {', '.join(strange)}, which the snapshot does not know: is it misspelt?",
        ),
    ]


def _of_connections(ledger: pl.DataFrame, sieved: Sieved, policy: Policy) -> list[tuple[str, int, str]]:
    # That lemlist skips their invite step: help article 8037834, best practices.
    created = ledger.filter(pl.col("outcome") == Outcome.CREATE)
    storage, known = storage_campaign(sieved, policy), created["is_connection"].is_not_null().any()
    connected = created.filter("is_connection").height
    where = (
        f"they go to {storage}"
        if storage
        else "`--connections separate` would give them batches for a storage campaign"
    )
    return [
        (
            "connections",
            connected,
            f"{rows(connected)} to create are first-degree LinkedIn connections, whose invite step lemlist skips by itself; {where}.",
        ),
        (
            "no_connections",
            created.height if storage and not known else 0,
            "No LinkedIn connections are loaded, so none were separated: load LinkedIn's file with `leadsieve snapshot load Connections.csv`.",
        ),
    ]


__all__: Sequence[str] = ["advice", "summarise"]
