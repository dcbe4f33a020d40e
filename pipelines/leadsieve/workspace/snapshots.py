"""Campaign exports into the workspace: each load is a snapshot, and only what changed is stored."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from leadsieve.cleaning import tidied
from leadsieve.counts import counted
from leadsieve.database import put
from leadsieve.errors import InputError, UsageError, WorkspaceError
from leadsieve.intake import (
    ColumnMapping,
    Read,
    ReadOptions,
    Saved,
    expand,
    load_mappings,
    map_columns,
    read,
    saved_for,
)
from leadsieve.intake.names import letters
from leadsieve.policy import Policy
from leadsieve.workspace import store
from leadsieve.workspace.arrival import allow, arrive
from leadsieve.workspace.backup import Backup, is_backup, read_backup
from leadsieve.workspace.connections import Connections, connections_of, is_connections, replace_connections
from leadsieve.workspace.imports import Unshown, unshown_imports
from leadsieve.workspace.keys import KEYS, cleaned_cells, further_keys
from leadsieve.workspace.recognition import (
    Export,
    digest_of_load,
    recognise,
    record_exports,
    refuse_copies,
    refuse_strangers,
)
from leadsieve.workspace.staging import Cleaned, Staging, staging
from leadsieve.workspace.tombstones import Departure, conclude_deletions

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

_OF_STATES = frozenset({"lead_id", "status", "last_state", "is_paused"})
"""What no list of leads has, but every export of lemlist."""

_OF_MEMBERSHIP = ("told", "linkedin_url_sales_nav", "lead_id", "status", "is_paused", "last_state", "source")
_CAMPAIGNS: dict[str, type[pl.DataType]] = {
    "id": pl.String,
    "name": pl.String,
    "owner": pl.String,
    "status": pl.String,
    "archived": pl.Boolean,
}
_PACKED = frozenset({".gz", ".zst", ".zip"})
_TRUE = ("true", "yes", "1", "x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load brought: the snapshot's number and time, and counts over the campaigns that it brought.

    `came`, `left` and `changed` count leads against what their campaigns were before; one is the same as `leadsieve snapshot diff` knows it.
    `known`: that snapshot had these exports already, and nothing was loaded.
    `new_campaigns` names those that the workspace did not have, `like_lists` the files that have neither `_id`s nor states of leads: lists of leads, perhaps.
    `departures` has the campaigns from which somebody deleted leads, `unshown` those whose imported leads the exports do not show though they
    are later than the import. `connections` counts LinkedIn connections, and
    `unnamed_connections` those without anything to recognise them by. A load of connections alone makes no snapshot.
    """

    snapshot: int | None
    taken_at: datetime
    campaigns: int = 0
    memberships: int = 0
    no_identifier: int = 0
    came: int = 0
    left: int = 0
    changed: int = 0
    known: bool = False
    new_campaigns: tuple[str, ...] = ()
    like_lists: tuple[str, ...] = ()
    departures: tuple[Departure, ...] = ()
    unshown: tuple[Unshown, ...] = ()
    connections: int = 0
    unnamed_connections: int = 0


def load_snapshot(
    path: Path,
    exports: Sequence[str],
    *,
    campaigns: str | None = None,
    campaign: str | None = None,
    taken_at: datetime | None = None,
    complete: bool = False,
    account: str = "",
    policy: Policy,
    lock_timeout: float = 10.0,
) -> Loaded:
    """Load campaign exports into the workspace at `path` (made when absent), in one transaction.

    An export is one campaign named by the file's stem (or by `campaign`), or has a column `campaign`; a folder is a backup
    that `export_snapshot` wrote. Exports that are a snapshot already are known again, unless `taken_at` is given. `campaigns` names a
    file with `id`, `name`, `owner`, `status`, `archived` of each. `complete` says that there are no other campaigns.
    LinkedIn's `Connections.csv` among them goes to the connections of `account`, in place of what that has.
    Of the policy only saved mappings and the statuses count.
    Raises InputError for a file that cannot be read whole, WorkspaceError for the workspace; both leave it as it was.
    """
    with staging(policy.resources.threads) as staged:
        bundle = _bundle(staged, exports, campaigns=campaigns, campaign=campaign, policy=policy)
        moment = taken_at.astimezone(UTC).replace(tzinfo=None) if taken_at else bundle.taken_at
        with store.writing(path, lock_timeout=lock_timeout) as con:
            loaded = Loaded(snapshot=None, taken_at=moment)
            if bundle.exports:
                loaded = _load(
                    con, path, bundle, moment=moment, complete=complete, anew=taken_at is not None, policy=policy
                )
            if bundle.connections is not None:
                replace_connections(con, bundle.connections, account)
    return _with_connections(loaded, bundle.connections)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bundle:
    """What a load brings, read and checked: staged memberships, the campaigns file, what each file is, when it was so."""

    staged: Staging
    known: pl.DataFrame
    exports: tuple[Export, ...]
    taken_at: datetime
    known_sha256: str | None = None
    connections: Connections | None = None
    from_backup: bool = False


def _bundle(
    staged: Staging, exports: Sequence[str], *, campaigns: str | None, campaign: str | None, policy: Policy
) -> _Bundle:
    """Read what is to be loaded: exports, LinkedIn connections, or one backup."""
    if len(exports) == 1 and is_backup(Path(exports[0])):
        return _backup(staged, read_backup(Path(exports[0])))
    listed = _whole(read(expand(campaigns)[0])) if campaigns else None
    saved = load_mappings(policy.mappings)
    found: list[Export] = []
    connected: list[Read] = []
    for source in (source for pattern in exports for source in expand(pattern)):
        told = _whole(read(source, options=ReadOptions(memory=policy.resources.memory)))
        if is_connections(told):
            connected.append(told)
            continue
        if campaign and found:
            msg = "--campaign names one campaign, but several exports were given. Load them one by one, or name each file by its campaign."
            raise UsageError(msg)
        found.append(_stage_file(staged, told, place=len(found), campaign=campaign, saved=saved))
    return _Bundle(
        staged=staged,
        known=pl.DataFrame(schema=_CAMPAIGNS) if listed is None else _read_campaigns(listed),
        exports=tuple(found),
        taken_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        known_sha256=listed.sha256 if listed else None,
        connections=connections_of(connected) if connected else None,
    )


def _stage_file(staged: Staging, told: Read, *, place: int, campaign: str | None, saved: Saved) -> Export:
    """Stage a file's memberships; return what is to be known of it: its hash, and the campaigns that it names."""
    mappings = _mappings(told, saved_for(told, saved))
    own = _own_columns(told.columns)
    column = None if campaign else own.get("campaign")
    name = _campaign_of(told, campaign)
    staged.add_read(told, partial(_memberships, column=column, name=name, mappings=mappings), file=place)
    words = _words(told, column, name) if column else [name]
    stem = None if campaign or column else name
    return Export(
        file=told.file, sha256=told.sha256, words=tuple(words), stem=stem, tells_states=bool(_OF_STATES & own.keys())
    )


def _words(told: Read, column: str, name: str) -> list[str]:
    """Return a file's words for campaigns, by its column; `name` where a cell is empty."""
    cells = told.records.scan().select(pl.col(column).unique()).collect(engine="streaming")
    return sorted(cells.select(_cell(column).fill_null(name)).to_series().unique())


def _backup(staged: Staging, backup: Backup) -> _Bundle:
    """Return what a backup holds as if its campaigns were exported with it."""
    words = backup.campaigns.select(pl.coalesce("id", "name").alias("told"))["told"]
    records = cleaned_cells(backup.cells)
    staged.add((backup.leads.with_columns(records.select(KEYS)), further_keys(records)), file=0)
    whole = Export(file=backup.folder, sha256=backup.sha256, words=tuple(words), stem=None)
    return _Bundle(staged=staged, known=backup.campaigns, exports=(whole,), taken_at=backup.taken_at, from_backup=True)


def _load(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    bundle: _Bundle,
    *,
    moment: datetime,
    complete: bool,
    anew: bool,
    policy: Policy,
) -> Loaded:
    """Make the next snapshot of the bundle, unless it is one already and nobody said that it was exported `anew`."""
    content = digest_of_load(bundle.exports, bundle.known_sha256, complete=complete)
    if not anew and (known := recognise(con, content)):
        return Loaded(known=True, **asdict(known))
    refuse_copies(con, bundle.exports, bundle.known)
    loaded = _merge(con, path, bundle, moment=moment, complete=complete, content=content, policy=policy)
    if not bundle.from_backup:
        refuse_strangers(con, bundle.exports)
    record_exports(con, bundle.exports)
    return loaded


def _with_connections(loaded: Loaded, connections: Connections | None) -> Loaded:
    if connections is None:
        return loaded
    return replace(loaded, connections=connections.members, unnamed_connections=connections.members - connections.named)


def _read_campaigns(told: Read) -> pl.DataFrame:
    """Return the campaigns file, one row a campaign: id, name, owner, status, archived."""
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
            f"{told.file} has {counted(told.rejected.height, 'record')} that cannot be read, the first at line {told.rejected['line'][0]:,}. "
            "Mend the file or export again; nothing was loaded."
        )
        raise InputError(msg)
    return told


def _mappings(told: Read, saved: Mapping[str, str]) -> tuple[ColumnMapping, ...]:
    """Return what the export's columns are that say something of the lead."""
    of_leads = replace(told, records=told.records.without(_not_of_leads(told.columns)))
    return map_columns(of_leads, overrides={}, saved=saved)


def _not_of_leads(columns: Sequence[str]) -> list[str]:
    """Return the columns that say something of the membership only."""
    return [column for name, column in _own_columns(columns).items() if name != "source"]


def _memberships(table: pl.DataFrame, *, column: str | None, name: str, mappings: Sequence[ColumnMapping]) -> Cleaned:
    """Return the memberships of an export's table, one row each, and their keys; `column` names their campaigns, else `name`."""
    own = _own_columns(table.columns)
    cleaned = tidied(table.drop(_not_of_leads(table.columns)), mappings)
    fields = [
        str(m.field or m.variable)
        for m in mappings
        if m.field not in {"email", "linkedinUrl"} and (m.field or m.variable)
    ]
    named = _cell(column or "").fill_null(name)
    second = next((m.column for m in mappings if m.field == "linkedinUrlSalesNav"), None)
    sales = pl.col(second) if second else pl.lit(None, pl.String)
    rows = pl.concat(
        # with_columns and not select: a file that has none of these columns would come out as one row.
        [
            table.with_columns(_own(own), told=named, linkedin_url_sales_nav=sales).select(*_OF_MEMBERSHIP),
            cleaned.select(*_exported(fields), *KEYS),
        ],
        how="horizontal",
    ).with_columns(imported=pl.lit(value=False))
    return rows, further_keys(cleaned)


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
    ]


def _campaign_of(told: Read, campaign: str | None) -> str:
    """Return the campaign that the export is named by: the file's stem, a compression's suffix aside."""
    name = Path(told.file)
    return campaign or (name.with_suffix("") if name.suffix in _PACKED else name).stem


def _cell(column: str) -> pl.Expr:
    """Return a column's cells trimmed, blank as null; all null for a column that the file lacks (an empty name)."""
    return pl.col(column).str.strip_chars().replace("", None) if column else pl.lit(None, pl.String)


def _truth(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().is_in(_TRUE).fill_null(value=False)


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
            {
                "told": word,
                "campaign": number,
                **row,
                "name": row["name"] or word,
                "archived": bool(row["archived"]),
                "as_of": here.get("as_of"),
            }
        )
    return pl.DataFrame(
        resolved, schema={"told": pl.String, "campaign": pl.Int32, **_CAMPAIGNS, "as_of": pl.Datetime("us")}
    )


def _called(word: str, campaigns: list[dict[str, Any]], where: str) -> dict[str, Any] | None:
    """Return the one campaign that `word` names, by id before name."""
    found = [c for c in campaigns if c["id"] == word] or [c for c in campaigns if c["name"] == word]
    if len(found) > 1:
        msg = (
            f"There are {len(found)} campaigns called {word} in {where}. Name the export by the campaign's id instead."
        )
        raise InputError(msg)
    return found[0] if found else None


def _merge(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    bundle: _Bundle,
    *,
    moment: datetime,
    complete: bool,
    content: str,
    policy: Policy,
) -> Loaded:
    """Write the bundle as the next snapshot; what did not change since the last one stays as it is."""
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
    words = [word for export in bundle.exports for word in export.words]
    brought = _resolve(con, sorted(set(words)), bundle.known.to_dicts())
    put(con, "known", bundle.known)
    put(con, "brought", brought)
    allow(con, policy.resources, bundle.staged.folder)
    arrive(con, bundle.staged, brought, words=len(words))
    con.execute(store.statement("merge.sql"))
    departures = conclude_deletions(con, policy.statuses)
    con.execute(store.statement("pairs.sql"))
    counts = con.execute(
        "select campaigns, memberships, no_identifier, came, gone, (select count(*) from pairs) from merged"
    ).fetchall()[0]
    new_campaigns = con.execute("select name from came_anew order by name").fetchall()
    return Loaded(
        snapshot=snapshot,
        taken_at=moment,
        new_campaigns=tuple(name for (name,) in new_campaigns),
        like_lists=tuple(export.file for export in bundle.exports if not export.tells_states),
        campaigns=counts[0],
        memberships=counts[1],
        no_identifier=counts[2],
        came=counts[3] - counts[5],
        left=counts[4] - counts[5],
        changed=counts[5],
        departures=departures,
        unshown=unshown_imports(con),
    )
