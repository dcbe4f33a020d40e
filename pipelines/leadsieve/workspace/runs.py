"""What runs were there, by which rules and with which counts: no person, and nothing of a lead, is recorded."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import polars as pl

from leadsieve.database import put
from leadsieve.workspace import store

_COUNTS: Final = pl.Struct({"key": pl.String, "value": pl.Int64})


def record_run(
    path: Path,
    *,
    ledger_sha256: str,
    policy_sha256: str,
    summary: Mapping[str, Any],
    sources: pl.DataFrame,
    overlaps: pl.DataFrame,
    lock_timeout: float = 10.0,
) -> int:
    """Record a published run by its summary, and return its number.

    `sources` has what each source brought, `overlaps` the persons that two of them share. Raises WorkspaceError when the workspace cannot be written.
    """
    run = {
        "ran_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        "sha256": ledger_sha256,
        "version": version("leadsieve"),
        "snapshot": summary["snapshot"] and summary["snapshot"]["id"],
        "policy_sha256": policy_sha256,
        **{name: summary[name] for name in ("campaign", "dedup", "import_mode", "method", "input_rows", "people")},
        **{name: _entries(summary[name]) for name in ("outcomes", "reasons", "warnings")},
    }
    counts = {name: pl.List(_COUNTS) for name in ("outcomes", "reasons", "warnings")}
    store.require(path)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        put(con, "recorded", pl.DataFrame([run], schema_overrides={**counts, "snapshot": pl.Int32}))
        put(con, "recorded_sources", sources)
        put(con, "recorded_overlaps", overlaps)
        con.execute(store.statement("record.sql"))
        number = con.execute("select max(run) from runs").fetchall()[0][0]
    return int(number)


def _entries(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"key": word, "value": count} for word, count in counts.items()]


def list_runs(path: Path, *, lock_timeout: float = 10.0) -> pl.DataFrame:
    """Return all recorded runs, one row each, the newest last; the outcomes as columns of rows."""
    with store.reading(path, lock_timeout=lock_timeout) as con:
        runs: pl.DataFrame = con.sql(store.statement("runs.sql")).pl()
        return runs
