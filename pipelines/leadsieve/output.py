"""Write what a run publishes: tables, summary, verdict, manifest; all at once or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from leadsieve.bundled import bundled
from leadsieve.decided import Decided
from leadsieve.errors import ValidationError
from leadsieve.names import batch_file
from leadsieve.progress import Progress
from leadsieve.publishing import staged, to_json, write_csv, write_manifest
from leadsieve.tables import make_batch, make_excluded, make_failed, make_updates, shape
from leadsieve.validation import Gate, Verdict
from leadsieve.words import Outcome, Validate


def publish(decided: Decided, out: Path, *, force: bool, gate: Gate | None, progress: Progress) -> Path:
    """Write the run's files at `out` and return it; see `Result.write`."""
    with staged(out, force=force) as staging:
        progress("Writing")
        rows = _write_tables(decided, staging)
        verdict = None
        if decided.policy.validate is not Validate.OFF:
            progress("Validating")
            verdict = _validate(decided, staging, gate)
        write_manifest(staging, _about(decided, verdict), rows)
        progress("Publishing")
    return out


def _write_tables(decided: Decided, staging: Path) -> dict[str, int]:
    """Write every table that has a row; return the files with their rows."""
    ledger = decided.ledger
    shown = shape(decided.lead_list, ledger, decided.policy.columns)
    for_people = {
        "excluded.csv": make_excluded(ledger, shown),
        "failed.csv": make_failed(decided.lead_list, ledger),
    }
    for_machines = {
        **{f: make_batch(leads, shown) for f, leads in _batches(decided)},
        "updates.csv": make_updates(ledger, decided.sieved.targets, shown, overwrite=decided.policy.overwrite),
    }
    for tables, told in ((for_machines, False), (for_people, True)):
        for name, table in tables.items():
            if table.height:
                write_csv(table, staging / name, for_spreadsheets=told)
    ledger.write_parquet(staging / "ledger.parquet")
    (staging / "summary.json").write_text(to_json(decided.summary), "utf-8")
    written = {name: table.height for name, table in {**for_machines, **for_people}.items() if table.height}
    return {**written, "ledger.parquet": ledger.height}


def _batches(decided: Decided) -> Iterator[tuple[str, pl.DataFrame]]:
    created = decided.ledger.filter(pl.col("outcome") == Outcome.CREATE)
    for (number,), leads in created.group_by("batch", maintain_order=True):
        yield batch_file(decided.summary["campaign"], int(str(number))), leads


def _validate(decided: Decided, staging: Path, gate: Gate | None) -> Verdict:
    """Check what is staged; raise ValidationError where it does not pass, unless the policy only warns."""
    policy = decided.policy
    campaign = decided.summary["campaign"]
    plan = [
        {
            "batch": b.batch,
            "file": batch_file(campaign, b.batch),
            "campaign": b.campaign,
            "upload": b.upload,
            "rows": b.rows,
            "limit": b.limit,
            "members": b.members,
        }
        for b in decided.plan.batches
    ]
    told = {
        "method": str(policy.method),
        "dedup": str(policy.dedup),
        "import_mode": str(policy.import_mode),
        "input_rows": decided.summary["input_rows"],
    }
    with _opened(gate) as checker:
        verdict = checker.check(staging, {"batch_plan": plan}, told)
    verdict.write(staging)
    if not verdict.passed and policy.validate is Validate.GATE:
        msg = f"{verdict.sentence()} Nothing was published."
        raise ValidationError(msg)
    return verdict


@contextmanager
def _opened(gate: Gate | None) -> Iterator[Gate]:
    """Yield the gate that was started beside the work, or one of our own."""
    if gate is not None:
        yield gate
        return
    with Gate.start(bundled("expectations")) as own:
        yield own


def _about(decided: Decided, verdict: Verdict | None) -> dict[str, Any]:
    """Return what the run was made from, for the manifest."""
    snapshot = decided.summary["snapshot"]
    return {
        "checked": True,
        "policy": decided.policy.as_dict(),
        "policy_sha256": decided.policy.digest(),
        "campaign": decided.summary["campaign"],
        "inputs": [f.described() for f in decided.lead_list.files],
        "snapshot": snapshot and {**snapshot, "sha256": decided.sieved.snapshot_sha256},
        "validated": None if verdict is None else {"mode": str(decided.policy.validate), "passed": verdict.passed},
    }
