"""A published run, read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from leadsieve.errors import InputError, UsageError
from leadsieve.identity import parse_email
from leadsieve.publishing import LEDGER, MANIFEST, SUMMARY, sha256
from leadsieve.schema import ledger_columns
from leadsieve.words import Outcome, Validate


def rows_of(out: Path, wanted: str) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """Return the ledger rows that a row number or an email names, the run's summary and its policy.

    Raises InputError for a folder that no run published, UsageError when the run has no such row.
    """
    try:
        ledger = ledger_of(out)
        summary = json.loads((out / SUMMARY).read_text("utf-8"))
        policy = json.loads((out / MANIFEST).read_text("utf-8"))["policy"]
        found = ledger.filter(_names(wanted)).collect()
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        msg = f"{out} is no folder that a run published (its ledger cannot be read). Name the folder that `leadsieve run` wrote."
        raise InputError(msg) from error
    if not found.height:
        what = (
            f"row {wanted}; it has rows 1 to {summary['input_rows']}" if wanted.isdecimal() else "row with this email"
        )
        msg = f"The run in {out} has no {what}."
        raise UsageError(msg)
    return found.to_dicts(), summary, policy


def ledger_of(out: Path) -> pl.LazyFrame:
    """Return the whole ledger of a published run, to be asked."""
    return pl.scan_parquet(out / LEDGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published run: its SHA-256 (the ledger's), when it was made (UTC), its counts, the settings that it ran by, its ledger."""

    run: str
    made_at: datetime
    summary: dict[str, Any]
    policy: dict[str, Any]
    ledger: pl.LazyFrame


def published(out: Path) -> Published:
    """Return the run that was published at `out`.

    Raises InputError for a folder that no run published, that no gate let pass, or whose counts are no longer as they were written.
    """
    manifest = _manifest(out)
    written = {item["file"]: item["sha256"] for item in manifest["files"]}
    if not manifest["checked"] or _was_held(manifest) or not {LEDGER, SUMMARY} <= written.keys():
        msg = f"{out} is no folder that a run published. Name the folder that `leadsieve run` wrote."
        raise InputError(msg)
    if not all(_is_as_written(out / name, written[name]) for name in (LEDGER, SUMMARY)):
        msg = f"The counts in {out} are not as the run wrote them. Run again, or take the folder from a backup."
        raise InputError(msg)
    return Published(
        run=written[LEDGER],
        made_at=datetime.fromisoformat(manifest["made_at"]).replace(tzinfo=None),
        summary=json.loads((out / SUMMARY).read_text("utf-8")),
        policy=manifest["policy"],
        ledger=ledger_of(out),
    )


_BATCHES = "batches/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Importable:
    """What a run gave to import: its SHA-256 (the ledger's), the ledger's rows to create, the variables that the batches carry.

    `changed` names batch files that are no longer as the run wrote them.
    """

    run: str
    leads: pl.DataFrame
    variables: tuple[str, ...]
    changed: tuple[str, ...]


def importable(out: Path) -> Importable:
    """Return what the run published at `out` gave to import.

    Raises InputError for a folder that no run published, that no gate let pass, whose batches nobody checked (`leadsieve split`), or
    whose ledger is no longer as it was written.
    """
    manifest = _manifest(out)
    if not manifest["checked"]:
        msg = f"The batches in {out} come from `leadsieve split`, which checks nobody. Make them with `leadsieve run`, then say what was imported."
        raise InputError(msg)
    if _was_held(manifest):
        msg = f"The run in {out} did not pass its expectations and was not published. Mend what its validation/index.html shows and run again."
        raise InputError(msg)
    written = {item["file"]: item["sha256"] for item in manifest["files"]}
    changed = _changed(out, written)
    if LEDGER in changed:
        msg = f"{out / LEDGER} is not as the run wrote it, so it does not tell whom the batches hold. Run again, then import and mark that."
        raise InputError(msg)
    leads = ledger_of(out).filter(pl.col("outcome") == Outcome.CREATE).collect()
    return Importable(
        run=written[LEDGER],
        leads=leads,
        variables=_variables(
            leads, [out / name for name in written if name.startswith(_BATCHES) and name not in changed]
        ),
        changed=tuple(name for name in changed if name.startswith(_BATCHES)),
    )


def _manifest(out: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((out / MANIFEST).read_text("utf-8"))
        # A folder of the user's own may have a manifest.json too.
        told = {"checked", "validated", "files", "policy"} if manifest["checked"] else {"files"}
        if manifest.keys() >= told:
            return manifest
    except (OSError, ValueError, KeyError, TypeError):
        pass
    msg = f"{out} is no folder that a run published (its manifest cannot be read). Name the folder that `leadsieve run` wrote."
    raise InputError(msg)


def _was_held(manifest: Mapping[str, Any]) -> bool:
    """Tell whether the gate let nothing be published: what is there was kept aside."""
    return bool(manifest["validated"] == {"mode": str(Validate.GATE), "passed": False})


def changed_files(out: Path) -> list[str]:
    """Return the files of a published run that are no longer as it wrote them, or not there; raises InputError for another folder."""
    return _changed(out, {item["file"]: item["sha256"] for item in _manifest(out)["files"]})


def _changed(out: Path, written: Mapping[str, str]) -> list[str]:
    return [name for name, digest in written.items() if not _is_as_written(out / name, digest)]


def _is_as_written(file: Path, digest: str) -> bool:
    try:
        return sha256(file) == digest
    except OSError:
        return False


def _variables(leads: pl.DataFrame, batches: list[Path]) -> tuple[str, ...]:
    """Return the custom variables that the batches carry: not all of the ledger's if `--columns` chose some."""
    carried = pl.read_csv(batches[0], n_rows=0).columns if batches else leads.columns
    ours = set(ledger_columns([]))
    return tuple(name for name in leads.columns if name not in ours and name in carried)


def ledger_digest(out: Path) -> str:
    """Return the SHA-256 of a published run's ledger, by which the run is known again."""
    return next(str(item["sha256"]) for item in _manifest(out)["files"] if item["file"] == LEDGER)


def _names(wanted: str) -> pl.Expr:
    if wanted.isdecimal():
        # As text, for a number may be longer than a column of integers can hold.
        return pl.col("row").cast(pl.String) == str(int(wanted))
    address = parse_email(wanted).address or wanted
    return (pl.col("email") == address) | (
        pl.col("email_raw").str.strip_chars().str.to_lowercase() == wanted.strip().lower()
    )


def passed(out: Path) -> bool:
    """Tell whether no expectation stands against what a run published at `out`; unchecked is not failed."""
    return json.loads((out / MANIFEST).read_text("utf-8"))["validated"]["passed"] is not False
