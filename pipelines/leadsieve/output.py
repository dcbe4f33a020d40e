"""Write what a run publishes: tables, summary, verdict, manifest; all at once or nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from leadsieve.decided import Decided
from leadsieve.errors import ValidationError
from leadsieve.names import batch_file
from leadsieve.progress import Progress, so_far
from leadsieve.publishing import LEDGER, SUMMARY, append_csv, keep_aside, staged, to_json, write_manifest
from leadsieve.reporting import render_page
from leadsieve.spool import compact
from leadsieve.tables import columns_for_files, make_batch, make_excluded, make_failed, make_updates
from leadsieve.validation import Brief, Gate, Verdict, brief
from leadsieve.words import Outcome, Validate

FOR_PEOPLE = ("excluded.csv", "failed.csv")
"""The files that people open in a spreadsheet."""

_Tables: TypeAlias = Iterable[tuple[str, pl.DataFrame]]  # the file that each goes into, and its rows


def publish(decided: Decided, out: Path, *, force: bool, gate: Gate | None, progress: Progress) -> Path:
    """Write the run's files at `out` and return it; see `Result.write`."""
    # Drawing takes a second of its own; writing and checking wait for disk and child meanwhile.
    with staged(out, force=force) as staging, ThreadPoolExecutor(max_workers=1) as beside:
        progress("Writing")
        report = beside.submit(_write_report, decided, staging)
        rows = _write_tables(decided, staging, progress)
        verdict = None
        if decided.policy.validate is not Validate.OFF:
            progress("Validating")
            verdict = _validate(decided, staging, gate)
        report.result()
        write_manifest(staging, _about(decided, verdict), rows)
        if verdict and not verdict.passed and decided.policy.validate is Validate.GATE:
            raise ValidationError(_not_published(verdict, keep_aside(staging, out)))
        progress("Publishing")
    return out


def _write_tables(decided: Decided, staging: Path, progress: Progress) -> dict[str, int]:
    """Write every table that has a row, reading the ledger once; return the files with their rows."""
    rows: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=1) as beside:
        for tables, others in _tables(decided):
            written = beside.submit(_append, others, staging)
            rows += _append(tables, staging)
            rows += written.result()
            so_far(progress, "Writing", rows.total(), decided.parts.height)
    decided.parts.copy_to(staging / LEDGER)
    (staging / SUMMARY).write_text(to_json(decided.summary), "utf-8")
    return {**rows, LEDGER: decided.parts.height}


def _append(tables: _Tables, staging: Path) -> Counter[str]:
    """Write tables behind what their files have; return the files with the rows that they got."""
    rows: Counter[str] = Counter()
    for name, table in tables:
        if table.height:
            append_csv(table, staging / name, for_spreadsheets=name in FOR_PEOPLE)
            rows[name] += table.height
    return rows


def _write_report(decided: Decided, staging: Path) -> None:
    page = render_page(decided.parts.scan(), decided.summary, decided.policy.as_dict())
    (staging / "report.html").write_text(page, "utf-8")


def _tables(decided: Decided) -> Iterator[tuple[_Tables, _Tables]]:
    """Yield what goes into the CSV files, part by part, in two halves that share no file; of updates all, which are fewer."""
    shown, wanted, failed = decided.shape, pl.col("outcome"), []
    updates = []
    for ledger in decided.parts.parts(columns_for_files(decided.shape)):
        yield _batches(decided, ledger), _excluded(decided, ledger)
        updates.append(compact(ledger.filter(wanted == Outcome.UPDATE)))
        failed.append(compact(ledger.filter(wanted == Outcome.FAILED).select("row", "reason")))
    targets = decided.sieved.targets
    updated = make_updates(pl.concat(updates), targets, shown, overwrite=decided.policy.overwrite)
    unmended = make_failed(decided.lead_list, pl.concat(failed))
    yield [("updates.csv", updated)], (("failed.csv", table) for table in unmended)


def _batches(decided: Decided, ledger: pl.DataFrame) -> _Tables:
    created = ledger.filter(pl.col("outcome") == Outcome.CREATE)
    for (number,), leads in created.group_by("batch", maintain_order=True):
        yield batch_file(decided.summary["campaign"], int(str(number))), make_batch(leads, decided.shape)


def _excluded(decided: Decided, ledger: pl.DataFrame) -> _Tables:
    yield "excluded.csv", make_excluded(ledger, decided.shape)


def _validate(decided: Decided, staging: Path, gate: Gate | None) -> Verdict:
    """Return the verdict on what is staged, which then lies beside it."""
    with _opened(gate, decided.policy.expectations) as checker:
        verdict = checker.check(staging, _brief(decided))
    verdict.write(staging)
    return verdict


def _brief(decided: Decided) -> Brief:
    """Return what the gate must know besides the files."""
    campaign = decided.summary["campaign"]
    plan = [{**asdict(b), "file": batch_file(campaign, b.batch)} for b in decided.plan.batches]
    return brief(
        decided.policy,
        decided.summary,
        inputs=[f.described() for f in decided.lead_list.files],
        plan=plan,
        workspace=decided.workspace.path if decided.workspace else None,
        snapshot_sha256=decided.sieved.snapshot_sha256,
    )


def _not_published(verdict: Verdict, kept: Path | None) -> str:
    """Return what stopped the run and where it can be looked at."""
    where = f"; see {kept / 'validation' / 'index.html'}" if kept else ""
    return f"{verdict.sentence()} Nothing was published{where}."


@contextmanager
def _opened(gate: Gate | None, own: Sequence[str]) -> Iterator[Gate]:
    """Yield the gate that was started beside the work, or one of our own."""
    if gate is not None:
        yield gate
        return
    with Gate.start(own=own) as started:
        yield started


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
        # What was not checked did neither pass nor fail.
        "validated": {"mode": str(decided.policy.validate), "passed": verdict and verdict.passed},
    }
