"""What the gate is told of a run besides its files: the settings and the plan that it must have kept to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadsieve.batching import effective_limit
from leadsieve.policy import Policy
from leadsieve.workspace import status_table

# A check takes seconds; one that takes this long hangs, and a run in the night must end.
SECONDS_TO_WAIT, ROWS_A_SECOND = 300, 2_000

Table = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Tables and single values that the suites speak of, and the workspace to attach, if there is one.

    `published` says that the run was published before, and so has changed since where it cannot be read.
    """

    tables: Mapping[str, Table]
    parameters: Mapping[str, str | int | bool | None]
    attach: Path | None = None
    lock_timeout: float = 10.0
    published: bool = False

    @property
    def seconds_to_wait(self) -> float:
        """How long a check of so many rows may take before it counts as one that hangs."""
        return SECONDS_TO_WAIT + self.lock_timeout + int(self.parameters["input_rows"] or 0) / ROWS_A_SECOND


def brief(
    policy: Policy,
    summary: Mapping[str, Any],
    *,
    inputs: Sequence[Mapping[str, Any]],
    plan: Table,
    workspace: Path | None,
    snapshot_sha256: str | None,
    published: bool = False,
) -> Brief:
    """Return what the gate is told of a run; `inputs` as the manifest describes them, `plan` one row a batch.

    A run that decided by no snapshot is checked without a workspace. The limit is the policy's, whatever was planned by.
    """
    snapshot, limit = summary["snapshot"], effective_limit(policy)
    return Brief(
        tables={
            "batch_plan": [{**batch, "limit": limit} for batch in plan],
            "input_columns": _input_columns(inputs),
            **_settings(policy),
        },
        parameters={
            **{name: summary[name] for name in ("method", "dedup", "import_mode", "campaign")},
            "input_rows": sum(file["records"] for file in inputs),
            "archived": policy.archived,
            "connections_campaign": summary["connections"]["campaign"],
            "snapshot": snapshot and snapshot["id"],
            "snapshot_sha256": snapshot_sha256,
        },
        attach=workspace if snapshot else None,
        lock_timeout=policy.lock_timeout,
        published=published,
    )


def plan_of(summary: Mapping[str, Any]) -> Table:
    """Return the plan of a published run's batches; how many members it counted is not known any more."""
    return [{"batch": number, **batch, "members": None} for number, batch in enumerate(summary["batches"], start=1)]


def _settings(policy: Policy) -> dict[str, Table]:
    return {
        "statuses": status_table(policy.statuses).select("exported", "status", "class").to_dicts(),
        "storage_campaigns": [{"name": name} for name in policy.storage_campaigns],
        "suppress_statuses": [{"status": status} for status in policy.suppress_statuses],
    }


def _input_columns(inputs: Sequence[Mapping[str, Any]]) -> Table:
    return [
        {"file": file["file"], "becomes": column["becomes"]}
        for file in inputs
        for column in file["columns"]
        if column["becomes"]
    ]
