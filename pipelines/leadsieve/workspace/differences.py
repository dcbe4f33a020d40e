"""What changed between two snapshots."""

from pathlib import Path

import duckdb
import polars as pl

from leadsieve.database import put
from leadsieve.errors import WorkspaceError
from leadsieve.workspace import store


def diff_snapshots(path: Path, before: int | None, after: int | None, *, lock_timeout: float = 10.0) -> pl.DataFrame:
    """Return what came, went and changed from one snapshot to another, by default from the last load but one to the last.

    One row is one campaign (`lead_id` is null) or one lead: campaign, campaign_id, lead_id, what (`Difference`),
    status_before, status_after (as exported).
    Raises WorkspaceError for a snapshot that there is not.
    """
    with store.reading(path, lock_timeout=lock_timeout) as con:
        a, b = _chosen(con, path, before, after)
        put(con, "compared", pl.DataFrame({"a": [a], "b": [b]}))
        con.execute(store.statement("unlike.sql"))
        con.execute(store.statement("pairs.sql"))
        changes: pl.DataFrame = con.sql(store.statement("diff.sql")).pl()
    return changes


def _chosen(con: duckdb.DuckDBPyConnection, path: Path, before: int | None, after: int | None) -> tuple[int, int]:
    """Return the two snapshots: the newest load and the one before it where none is named."""
    kinds = dict(con.execute("select id, kind from snapshots order by id").fetchall())
    for wanted in (before, after):
        if wanted is not None and wanted not in kinds:
            msg = f"The workspace {path} has no snapshot {wanted}. `leadsieve snapshot list` shows those that it has."
            raise WorkspaceError(msg)
    loads = [number for number, kind in kinds.items() if kind == "load"]
    last = after if after is not None else max((n for n in loads if before is None or n > before), default=None)
    earlier = before if before is not None else max((n for n in loads if last is not None and n < last), default=None)
    if earlier is None or last is None:
        msg = (
            f"The workspace {path} has no two loads to compare. Load the exports again when the campaigns have gone on."
        )
        raise WorkspaceError(msg)
    return earlier, last
