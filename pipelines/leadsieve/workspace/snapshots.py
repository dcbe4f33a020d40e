"""Campaign exports into the workspace: each load is a snapshot, and only what changed is stored."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from leadsieve.cleaning import clean
from leadsieve.errors import InputError, UsageError, WorkspaceError
from leadsieve.intake import Read, expand, load_mappings, map_columns, read, saved_for
from leadsieve.intake.names import letters
from leadsieve.workspace import store
from leadsieve.workspace.keys import dictionary, keys_of_cleaned

_OWN_COLUMNS: Mapping[str, str] = {
    "id": "lead_id",
    "status": "status",
    "laststate": "last_state",
    "ispaused": "is_paused",
    "campaign": "campaign",
    "campaignname": "campaign",
    "campaignid": "campaign",
    "source": "source",
    "emailstatus": "email_status",
}
"""lemlist's export columns that say something of the membership; names compared in lower case, letters only."""

_EXACT = ("_id", "status", "lastState", "isPaused", "campaign", "source", "emailStatus")
"""The same as lemlist writes them: they win over a custom variable that is called alike."""

_EXPORT: dict[str, pl.DataType | type[pl.DataType]] = {
    "told": pl.String,  # the campaign as the export names it: name or id
    "lead_id": pl.String,
    "email": pl.String,
    "linkedin_url": pl.String,
    "linkedin_url_sales_nav": pl.String,
    "status": pl.String,
    "is_paused": pl.Boolean,
    "last_state": pl.String,
    "source": pl.String,
    "fields": pl.String,
    "keys": pl.List(pl.String),
}
_OF_MEMBERSHIP = ("told", "linkedin_url_sales_nav", "lead_id", "status", "is_paused", "last_state", "source")
_CAMPAIGNS = {"id": pl.String, "name": pl.String, "owner": pl.String, "status": pl.String, "archived": pl.Boolean}
_PACKED = frozenset({".gz", ".zst", ".zip"})
_TRUE = ("true", "yes", "1", "x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load brought: the snapshot's number and time, and counts over the campaigns that it brought."""

    snapshot: int
    taken_at: datetime
    campaigns: int
    memberships: int
    no_identifier: int
    came: int
    left: int


def load_snapshot(
    path: Path,
    exports: Sequence[str],
    *,
    campaigns: str | None = None,
    campaign: str | None = None,
    taken_at: datetime | None = None,
    complete: bool = False,
    mappings: str = "",
    lock_timeout: float = 10.0,
) -> Loaded:
    """Load campaign exports into the workspace at `path` (made when absent), in one transaction.

    An export is one campaign named by the file's stem (or by `campaign`), or has a column `campaign`. `campaigns` names a
    file with `id`, `name`, `owner`, `status`, `archived` of each. `complete` says that there are no other campaigns.
    `mappings` is a file of saved mappings.
    Raises InputError for a file that cannot be read whole, WorkspaceError for the workspace; both leave it as it was.
    """
    reads = [_whole(read(source)) for pattern in exports for source in expand(pattern)]
    if campaign and len(reads) > 1:
        msg = f"--campaign names one campaign, but {len(reads)} exports were given. Load them one by one, or name each file by its campaign."
        raise UsageError(msg)
    saved = load_mappings(mappings)
    known = _read_campaigns(campaigns) if campaigns else pl.DataFrame(schema=_CAMPAIGNS)
    brought = pl.concat(
        [pl.DataFrame(schema=_EXPORT), *(_memberships(r, campaign, saved_for(r, saved)) for r in reads)]
    )
    moment = (taken_at or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    content = hashlib.sha256("".join(r.sha256 for r in reads).encode()).hexdigest()
    empty = [_campaign_of(r, campaign) for r in reads if not r.table.height]
    with store.writing(path, lock_timeout=lock_timeout) as con:
        _stage(con, brought, known, empty)
        return _merge(con, path, moment=moment, complete=complete, content=content)


def _read_campaigns(source: str) -> pl.DataFrame:
    """Return the campaigns file, one row a campaign: id, name, owner, status, archived."""
    told = _whole(read(expand(source)[0]))
    columns = {letters(name): name for name in told.table.columns}
    columns.setdefault("id", columns.get("campaignid", ""))
    if "name" not in columns:
        msg = f"The campaigns file {told.file} has no column `name`. Give it the columns id, name, owner, status, archived."
        raise InputError(msg)
    cells = told.table.select(_cell(columns.get(name, "")).alias(name) for name in _CAMPAIGNS)
    archived = _truth("archived") | (pl.col("status").str.to_lowercase() == "archived").fill_null(value=False)
    return cells.with_columns(archived=archived).drop_nulls("name")


def _whole(told: Read) -> Read:
    """Return the read itself; a record that cannot be read is refused, for a lost membership is a person written to twice."""
    if told.rejected.height:
        msg = (
            f"{told.file} has {told.rejected.height} records that cannot be read, the first at line {told.rejected['line'][0]}. "
            "Mend them or export again; nothing was loaded."
        )
        raise InputError(msg)
    return told


def _memberships(told: Read, campaign: str | None, saved: Mapping[str, str]) -> pl.DataFrame:
    """Return one export's memberships, one row each: `_EXPORT`."""
    own = _own_columns(told.table.columns)
    leads = told.table.drop(column for name, column in own.items() if name != "source")
    mappings = map_columns(replace(told, table=leads), overrides={}, saved=saved)
    cleaned = clean(leads, mappings)
    fields = [
        str(m.field or m.variable)
        for m in mappings
        if m.field not in {"email", "linkedinUrl"} and (m.field or m.variable)
    ]
    named = _cell("" if campaign else own.get("campaign", "")).fill_null(_campaign_of(told, campaign))
    second = next((m.column for m in mappings if m.field == "linkedinUrlSalesNav"), None)
    sales = pl.col(second) if second else pl.lit(None, pl.String)
    return pl.concat(
        # with_columns and not select: a file that has none of these columns would come out as one row.
        [
            told.table.with_columns(_own(own), told=named, linkedin_url_sales_nav=sales).select(*_OF_MEMBERSHIP),
            cleaned.select(_exported(fields)),
        ],
        how="horizontal",
    ).select(*_EXPORT)


def _own_columns(columns: Sequence[str]) -> dict[str, str]:
    """Return the columns that say something of the membership, by what they say."""
    by_likeness = {_OWN_COLUMNS[letters(c)]: c for c in reversed(columns) if letters(c) in _OWN_COLUMNS}
    return {**by_likeness, **{_OWN_COLUMNS[letters(c)]: c for c in _EXACT if c in columns}}


def _own(own: Mapping[str, str]) -> pl.Expr | list[pl.Expr]:
    texts = [_cell(own.get(name, "")).alias(name) for name in ("lead_id", "status", "last_state", "source")]
    return [
        *texts,
        _cell(own.get("is_paused", "")).str.to_lowercase().is_in(_TRUE).fill_null(value=False).alias("is_paused"),
    ]


def _exported(fields: Sequence[str]) -> list[pl.Expr]:
    filled = pl.struct(fields).struct.json_encode() if fields else pl.lit("{}")
    return [
        pl.col("email_raw").alias("email"),
        pl.col("linkedin_raw").alias("linkedin_url"),
        filled.alias("fields"),
        keys_of_cleaned(),
    ]


def _campaign_of(told: Read, campaign: str | None) -> str:
    """Return the campaign that the export is named by: the file's stem, a compression's suffix aside."""
    name = Path(told.file)
    return campaign or (name.with_suffix("") if name.suffix in _PACKED else name).stem


def _cell(column: str) -> pl.Expr:
    """Return a column's cells trimmed, blank as null; all null for a column that the file lacks (an empty name)."""
    cell = pl.col(column).str.strip_chars() if column else pl.lit(None, pl.String)
    return pl.when(cell != "").then(cell)


def _truth(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().is_in(_TRUE).fill_null(value=False)


def _stage(con: duckdb.DuckDBPyConnection, rows: pl.DataFrame, known: pl.DataFrame, empty: Sequence[str]) -> None:
    """Put the load's rows into temporary tables beside the workspace's own."""
    told = sorted({*rows["told"], *empty})
    frames = {
        "staged_rows": rows,
        "staged_keys": dictionary(rows["keys"]),
        "known": known,
        "brought": _resolve(con, told, known.to_dicts()),
    }
    for name, frame in frames.items():
        store.put(con, name, frame)


def _resolve(con: duckdb.DuckDBPyConnection, told: Sequence[str], known: list[dict[str, Any]]) -> pl.DataFrame:
    """Return which campaign each export means: by id, else by name, in the campaigns file and in the workspace.

    One row an export's word for a campaign. Raises InputError for a name that two campaigns share.
    """
    current = (
        con.sql("select campaign, id, name, owner, status, archived from campaigns where until_snapshot is null")
        .pl()
        .to_dicts()
    )
    fresh = itertools.count(1 + con.execute("select coalesce(max(campaign), 0) from campaigns").fetchall()[0][0])
    resolved: list[dict[str, Any]] = []
    for word in told:
        here = _called(word, known, "the campaigns file") or {}
        there = (
            _called(here.get("id") or word, current, "the workspace")
            or _called(here.get("name") or word, current, "the workspace")
            or {}
        )
        if here.get("id") and there.get("id") not in {None, here["id"]}:
            there = {}
        row = {name: here.get(name) if here.get(name) is not None else there.get(name) for name in _CAMPAIGNS}
        same = [r["campaign"] for r in resolved if (r["id"], r["name"]) == (row["id"], row["name"] or word)]
        number = there.get("campaign") or (same[0] if same else next(fresh))
        resolved.append(
            {"told": word, "campaign": number, **row, "name": row["name"] or word, "archived": bool(row["archived"])}
        )
    return pl.DataFrame(resolved, schema={"told": pl.String, "campaign": pl.Int32, **_CAMPAIGNS})


def _called(word: str, campaigns: list[dict[str, Any]], where: str) -> dict[str, Any] | None:
    """Return the one campaign that `word` names, by id before name."""
    found = [c for c in campaigns if c["id"] == word] or [c for c in campaigns if c["name"] == word]
    if len(found) > 1:
        msg = (
            f"There are {len(found)} campaigns called {word} in {where}. Name the export by the campaign's id instead."
        )
        raise InputError(msg)
    return found[0] if found else None


def _merge(con: duckdb.DuckDBPyConnection, path: Path, *, moment: datetime, complete: bool, content: str) -> Loaded:
    """Write the staged load as the next snapshot; what did not change since the last one stays as it is."""
    newest = con.execute("select max(taken_at) from snapshots").fetchone()
    if newest and newest[0] and moment < newest[0]:
        msg = f"The exports are older ({moment} UTC) than the newest snapshot of {path} ({newest[0]} UTC). Load snapshots in the order of time."
        raise WorkspaceError(msg)
    snapshot = con.execute(
        "insert into snapshots (taken_at, loaded_at, complete, sha256, kind) values (?, ?, ?, ?, 'load') returning id",
        [moment, datetime.now(UTC).replace(tzinfo=None), complete, content],
    ).fetchall()[0][0]
    con.execute(
        "create or replace temp table load as select ?::integer as snapshot, ?::timestamp as taken_at, ?::boolean as complete",
        [snapshot, moment, complete],
    )
    con.execute(files("leadsieve.workspace").joinpath("merge.sql").read_text("utf-8"))
    counts = con.execute("select campaigns, memberships, no_identifier, came, gone from merged").fetchall()[0]
    return Loaded(
        snapshot=snapshot,
        taken_at=moment,
        campaigns=counts[0],
        memberships=counts[1],
        no_identifier=counts[2],
        came=counts[3],
        left=counts[4],
    )
