"""Between an import and the next load: the leads of a run's batches count as scheduled in their campaigns."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from leadsieve.database import put
from leadsieve.errors import UsageError
from leadsieve.published import Importable, importable
from leadsieve.schema import PLAIN_FIELDS
from leadsieve.workspace import store
from leadsieve.workspace.keys import KEYS, further_keys
from leadsieve.workspace.storing import PLACE, States


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What `imported` did: the snapshot that it made, the batches of the run by what became of them, and the leads that it concerns.

    `already` were told of before; with `undo`: `never` were not told of, `undone` have been taken back already, `overtaken` have been loaded
    since. `changed` names batch files that are no longer as the run wrote them.
    """

    snapshot: int | None = None
    batches: tuple[int, ...] = ()
    campaigns: tuple[str, ...] = ()
    leads: int = 0
    already: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()
    overtaken: tuple[int, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unshown:
    """So many leads counted as imported into a campaign until a load took its place, whose exports show none of them or few."""

    campaign: str
    leads: int


def unshown_imports(con: duckdb.DuckDBPyConnection) -> tuple[Unshown, ...]:
    """Return what the load in `con` ended although it was told to be imported, one a campaign, by its newest name."""
    told = con.execute(
        "select (select arg_max(c.name, c.from_snapshot) from campaigns c where c.campaign = u.campaign) as name, u.leads "
        "from unshown u order by name, u.campaign"
    ).fetchall()
    return tuple(Unshown(campaign=name, leads=leads) for name, leads in told)


def tell_import(path: Path, out: Path, *, batches: Sequence[int] = (), lock_timeout: float = 10.0) -> Imported:
    """Let the leads of the run's batches (all, unless some are named) count as scheduled until a load brings their campaigns.

    A batch that was told of already is not counted twice. Raises InputError for a folder that gives nothing to import, UsageError
    for a batch that the run does not have, WorkspaceError for the workspace.
    """
    store.require(path)
    run = importable(out)
    wanted = _wanted(run, out, batches)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        already = _standing(con, run) & wanted
        told = run.leads.filter(pl.col("batch").is_in(wanted - already))
        if not told.height:
            return Imported(already=tuple(sorted(already)), changed=run.changed)
        states, further = States(con), further_keys(told)
        put(con, "told_further", further.select(told["row"].gather(further[PLACE]), "key", "role"))
        snapshot = _stage(con, run, states.stored(_memberships(told, run.variables)), kind="import")
        states.add_to(con)
        con.execute(store.statement("imported.sql"))
    return Imported(
        snapshot=snapshot,
        batches=tuple(sorted(wanted - already)),
        campaigns=tuple(told["batch_campaign"].unique(maintain_order=True)),
        leads=told.height,
        already=tuple(sorted(already)),
        changed=run.changed,
    )


def undo_import(path: Path, out: Path, *, batches: Sequence[int] = (), lock_timeout: float = 10.0) -> Imported:
    """Take back what `tell_import` told, where no load has shown the leads since; raises what that raises."""
    store.require(path)
    run = importable(out)
    wanted = _wanted(run, out, batches)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        standing, undone = _standing(con, run) & wanted, _undone(con, run) & wanted
        told = run.leads.filter(pl.col("batch").is_in(standing)).select("row", "batch", name="batch_campaign")
        counting = set(_counting(con, run, told))
        snapshot = None
        if counting:
            snapshot = _stage(con, run, told, kind="undo")
            con.execute(store.statement("undo_import.sql"))
        leads = con.execute("select count(*) from taken_back").fetchall()[0][0] if counting else 0
    return Imported(
        snapshot=snapshot,
        batches=tuple(sorted(counting)),
        campaigns=tuple(told.filter(pl.col("batch").is_in(counting))["name"].unique(maintain_order=True)),
        leads=leads,
        never=tuple(sorted(wanted - standing - undone)),
        undone=tuple(sorted(undone - standing)),
        overtaken=tuple(sorted(standing - counting)),
    )


def _from_one(last: int) -> str:
    return f"1 to {last}" if last > 1 else "only batch 1"


def _wanted(run: Importable, out: Path, batches: Sequence[int]) -> set[int]:
    """Return the batches that are meant; raises UsageError for one that the run does not have."""
    there = set(run.leads["batch"])
    unknown = sorted(set(batches) - there)
    if unknown or not there:
        number = f"batch {unknown[0]}" if unknown else "batch to import"
        why = f"it has {_from_one(max(there))}" if there else "it created no lead"
        msg = f"The run in {out} has no {number}: {why}."
        raise UsageError(msg)
    return set(batches) or there


def _standing(con: duckdb.DuckDBPyConnection, run: Importable) -> set[int]:
    """Return the batches of the run that were told of and not taken back."""
    found = con.execute("select batch from imports where run = ? and undone_by is null", [run.run]).fetchall()
    return {batch for (batch,) in found}


def _undone(con: duckdb.DuckDBPyConnection, run: Importable) -> set[int]:
    """Return the batches of the run that were told of and taken back, some of which may have been told of again."""
    found = con.execute("select batch from imports where run = ? and undone_by is not null", [run.run]).fetchall()
    return {batch for (batch,) in found}


def _counting(con: duckdb.DuckDBPyConnection, run: Importable, told: pl.DataFrame) -> list[int]:
    """Return the batches of which a lead still counts because it was told of."""
    put(con, "told", told)
    found = con.execute(
        "select distinct o.batch from told o join imported_leads l on l.seal = md5_number(? || ':' || o.row) "
        "join memberships m using (membership) where m.until_snapshot is null",
        [run.run],
    ).fetchall()
    return [batch for (batch,) in found]


def _stage(con: duckdb.DuckDBPyConnection, run: Importable, told: pl.DataFrame, *, kind: str) -> int:
    """Make the snapshot, as of the newest load, and put what was told into temporary tables; return its number."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    newest = con.execute("select max(taken_at) from snapshots").fetchall()[0][0]
    batches = sorted(set(told["batch"]))
    snapshot = con.execute(
        "insert into snapshots (taken_at, loaded_at, complete, sha256, kind) values (?, ?, false, ?, ?) returning id",
        [newest or now, now, hashlib.sha256(f"{kind} {run.run} {batches}".encode()).hexdigest(), kind],
    ).fetchall()[0][0]
    put(con, "told", told)
    put(con, "telling", pl.DataFrame({"snapshot": [snapshot], "taken_at": [newest or now], "run": [run.run]}))
    return int(snapshot)


def _memberships(leads: pl.DataFrame, variables: Sequence[str]) -> pl.DataFrame:
    """Return the leads as an export of their campaign would show them, one row each."""
    fields = [*(name for name in PLAIN_FIELDS if leads[name].is_not_null().any()), *variables]
    return leads.select(
        "row",
        "batch",
        "email",
        "linkedin_url",
        "source",
        *KEYS,
        status=pl.lit("scheduled"),
        is_paused=pl.lit(value=False),
        last_state=pl.lit(None, pl.String),
        imported=pl.lit(value=True),
        name="batch_campaign",
        linkedin_url_sales_nav="linkedinUrlSalesNav",
        fields=pl.struct(fields).struct.json_encode() if fields else pl.lit("{}"),
    )
