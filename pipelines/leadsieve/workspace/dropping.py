"""Snapshots that are no longer needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from leadsieve.database import put
from leadsieve.errors import UsageError, WorkspaceError
from leadsieve.workspace import store


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What a drop took: the snapshots, and the states of leads that only they showed."""

    snapshots: tuple[int, ...]
    memberships: int


def drop_snapshots(path: Path, snapshots: Sequence[int], *, lock_timeout: float = 10.0) -> Dropped:
    """Remove snapshots; all others keep exactly what they hold.

    Raises WorkspaceError for one that the workspace does not have, UsageError when none would be left and for an import that
    still counts.
    """
    wanted = tuple(sorted(set(snapshots)))
    with store.writing(path, lock_timeout=lock_timeout) as con:
        put(con, "dropped", pl.DataFrame({"id": wanted}, schema={"id": pl.Int32}))
        _refuse_unknown(con, path)
        _refuse_imports(con)
        con.execute(store.statement("drop.sql"))
        lost = con.execute("select count(*) from lost").fetchall()[0][0]
    return Dropped(snapshots=wanted, memberships=lost)


def _refuse_unknown(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    unknown = con.execute("select id from dropped anti join snapshots using (id) order by id").fetchall()
    if unknown:
        msg = (
            f"The workspace {path} has no snapshot {unknown[0][0]}. `leadsieve snapshot list` shows those that it has."
        )
        raise WorkspaceError(msg)
    if not con.execute("select count(*) from snapshots anti join dropped using (id)").fetchall()[0][0]:
        msg = "No snapshot would be left. Keep one, load a newer one first, or delete the workspace's file."
        raise UsageError(msg)


def _refuse_imports(con: duckdb.DuckDBPyConnection) -> None:
    """Refuse an import that still counts: only its own command, which knows the batch, takes it back."""
    counting = con.execute(
        "select min(d.id) from dropped d join memberships m on m.from_snapshot = d.id where m.imported and m.until_snapshot is null"
    ).fetchall()[0][0]
    if counting is not None:
        msg = (
            f"Snapshot {counting} tells of an import whose leads no load has shown yet. Load their campaign's export first, or take the "
            "import back with `leadsieve imported OUT --undo`."
        )
        raise UsageError(msg)
