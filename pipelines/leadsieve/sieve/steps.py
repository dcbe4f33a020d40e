"""The steps from keys to decisions, in their order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from leadsieve.database import connect, put, quoted, small_table
from leadsieve.errors import InputError
from leadsieve.identity import mailbox_key
from leadsieve.policy import Policy
from leadsieve.schema import SUPPRESSION
from leadsieve.scratch import scratch
from leadsieve.sieve.columns import fetched, placed
from leadsieve.sieve.decisions import Decisions
from leadsieve.sieve.evidence import Evidence
from leadsieve.sieve.facts import facts_of_rows
from leadsieve.sieve.forward import Candidate, duplicates
from leadsieve.sieve.gates import decide
from leadsieve.sieve.people import Crowd, distinct
from leadsieve.sieve.sources import count_deleted, count_overlaps, count_sources, people_of_sources
from leadsieve.sieve.target import Target, choose_snapshot, find_target
from leadsieve.spool import Room, Spool
from leadsieve.words import Connections, Keep, Outcome
from leadsieve.workspace import HASH_CHECK, attach, deletions, hashes_of, key_of_hashes, status_table

LIST_ROWS: Mapping[str, Any] = {
    "row": pl.Int64,
    "source": pl.String,
    "unreadable": pl.Boolean,
    "missing_required": pl.Boolean,
    "email_status": pl.String,
    "email": pl.String,
    "email_role": pl.Boolean,
    "linkedin_key": pl.String,
    "member_key": pl.String,
    "linkedin_writable": pl.Boolean,
    "phone": pl.String,
    "list_says": pl.String,
    "list_column": pl.String,
    "filled": pl.Int64,
}
"""The narrow table that the sieve works on: one row is one record of the list."""


_TARGETS: Mapping[str, Any] = {
    "row": pl.UInt32,
    "person": pl.Int32,
    "campaign": pl.String,
    "lead_id": pl.String,
    "email": pl.String,
    "linkedin_url": pl.String,
    "fields": pl.String,
    "keys": pl.List(pl.String),
}
_HOLDS = {"hold": pl.Int32, "suppressed_by": pl.String, "suppressions": pl.List(SUPPRESSION)}
_LENT = 100  # bytes that the arrays take for a moment, for each row
_BYTES = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_DELETED = {
    "person": pl.Int32,
    "campaign": pl.String,
    "last_seen": pl.Datetime,
    "missed": pl.Datetime,
    "held": pl.Boolean,
}
_COOLING = {"person": pl.Int64, "campaign": pl.String, "status": pl.String, "since": pl.Date, "until": pl.Date}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieved:
    """What the sieve found out.

    `targets` has one row a row to update: the lead as lemlist has it. `statuses` counts the memberships whose status nobody has classified.
    `deleted_by_source` has how many persons of a source have a lead that somebody deleted, where there are any.
    `overlaps` counts the persons that two sources share. `recent_rules` has the rules (dedup, import mode) of the last recorded runs
    with their number.
    """

    decisions: Decisions
    targets: pl.DataFrame
    statuses: dict[str, int]
    sources: pl.DataFrame
    overlaps: pl.DataFrame
    recent_rules: dict[tuple[str, str], int]
    deleted_by_source: dict[str, int]
    target: Target
    snapshot: dict[str, Any] | None
    no_identifier: int
    shared_keys: pl.Series
    snapshot_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a list is decided on: a connection with the workspace attached as `ws`, the target, the snapshot (null without a workspace)."""

    con: duckdb.DuckDBPyConnection
    target: Target
    snapshot: dict[str, Any] | None


@contextmanager
def prepared(
    *, policy: Policy, campaign: str, new_campaign: bool = False, workspace: Path | None, snapshot: int | None = None
) -> Iterator[Ground]:
    """Yield the ground for a list: the workspace as of the snapshot, or an empty one.

    Raises UsageError for a campaign that the snapshot does not know, WorkspaceError for a workspace that cannot be used.
    """
    # What does not fit into memory is spilled beside other temporary files, not into the folder that a job happens to run in.
    with (
        scratch() as spill,
        connect(temp_directory=str(spill), allowed=policy.resources) as con,
    ):
        _attach(con, workspace, policy)
        chosen = choose_snapshot(con, snapshot) if workspace else None
        number = int(str(chosen["id"])) if chosen else 0
        target = find_target(con, campaign, snapshot=number, new=new_campaign or workspace is None)
        _settings(con, policy, target, number)
        yield Ground(con=con, target=target, snapshot=chosen)


def sieve(parts: Iterable[pl.DataFrame], ground: Ground, policy: Policy) -> Sieved:
    """Decide every row of the list, whose `parts` (columns `LIST_ROWS`) number them from 1 without a gap."""
    con = ground.con
    with _told_of_memory():
        rows = _take_in(con, parts, Room(policy.resources.memory))
        for step in STEPS:
            step(con)
        decided = decide(facts_of_rows(con, rows.height), dedup=policy.dedup, import_mode=policy.import_mode)
        return _collect(con, decided, ground.target, ground.snapshot)


def storage_campaign(sieved: Sieved, policy: Policy) -> str | None:
    """Return the name of the campaign that connections are separated for; null where they stay in their batch."""
    if policy.connections is not Connections.SEPARATE:
        return None
    told = policy.storage_campaigns[0]
    return sieved.target.names.get(told, told)


@contextmanager
def _told_of_memory() -> Iterator[None]:
    """Say in a sentence that the list is too large for the memory that the run may use."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        msg = "The list does not fit into the memory that the run may use. Give it more with --memory, run it in parts, or on a larger machine."
        raise InputError(msg) from error


def _attach(con: duckdb.DuckDBPyConnection, workspace: Path | None, policy: Policy) -> None:
    if workspace:
        attach(con, workspace, lock_timeout=policy.lock_timeout)
        return
    # Without a workspace the same steps run over an empty one.
    con.execute("attach ':memory:' as ws; use ws")
    con.execute(files("leadsieve.workspace").joinpath("schema.sql").read_text("utf-8"))
    con.execute("use memory")


def _take_in(con: duckdb.DuckDBPyConnection, parts: Iterable[pl.DataFrame], room: Room) -> Spool:
    """Make `list_rows` of the list's parts, and `list_sources` (source: its number, name); return what the rows lie in.

    Of a long list DuckDB reads what a step asks for from the parts, and holds none of its texts.
    """
    numbers: dict[str, int] = {}
    spool = Spool(room)
    for part in parts:
        for source in part["source"].unique(maintain_order=True):
            numbers.setdefault(source, len(numbers))
        spool.append(
            part.select(*LIST_ROWS, source_number=pl.col("source").replace_strict(numbers, return_dtype=pl.Int32))
        )
    put(con, "list_sources", pl.DataFrame({"source": list(numbers.values()), "name": list(numbers)}))
    files = spool.files()
    if files:
        con.execute(f"create temp view list_rows as from read_parquet([{', '.join(quoted(file) for file in files)}])")
    else:
        put(con, "list_rows", spool.collect())
    return spool


def _settings(con: duckdb.DuckDBPyConnection, policy: Policy, target: Target, snapshot: int) -> None:
    told = {
        "snapshot": snapshot,
        "keep": str(policy.keep),
        "invalid_email": policy.invalid_email,
        "multiple_emails": policy.multiple_emails,
        "archived": policy.archived,
        "mailbox": policy.mailbox,
        "hash_key_file": policy.hash_key_file,
        "deleted": str(policy.deleted),
        "cooldown": policy.cooldown,
        "crm_sources": [source.strip().lower() for source in policy.crm_sources],
        "storage_campaigns": list(policy.storage_campaigns),
        "suppress_statuses": list(policy.suppress_statuses),
    }
    lists = {name: pl.List(pl.String) for name in ("crm_sources", "storage_campaigns", "suppress_statuses")}
    put(con, "settings", pl.DataFrame([told], schema_overrides=lists))
    put(con, "statuses", status_table(policy.statuses))
    put(con, "target", pl.DataFrame({"campaign": list(target.campaigns)}, schema={"campaign": pl.Int32}))


def _sql(name: str) -> Callable[[duckdb.DuckDBPyConnection], None]:
    """Return the step that runs one of the SQL files beside this module."""

    def step(con: duckdb.DuckDBPyConnection) -> None:
        con.execute(files("leadsieve.sieve").joinpath(name).read_text("utf-8"))

    return step


def _reach(con: duckdb.DuckDBPyConnection) -> None:
    """Make `near`: every membership that identifiers tie to the list, directly or through other memberships. No other can matter."""
    while con.execute("select count(*) from frontier").fetchall()[0][0]:
        _sql("reach.sql")(con)


def _find_people(con: duckdb.DuckDBPyConnection) -> None:
    """Make `list_people` (row, person: 0 is nobody, source), its view `people` (row, person), `person_memberships` (person, nth), `person_numbers` (person, number), `matches` (row, nth, by_email, by_linkedin), `shared` (number), `shared_rows` (row), `doubtful` (person, number, is_email, profile) and `forward` (row, duplicate_of)."""
    with _lending_memory(con):
        crowd = Crowd.of(con)
        rows = np.arange(1, crowd.rows + 1, dtype=np.int32)
        _put(
            con,
            "list_people",
            row=rows,
            person=crowd.person,
            source=placed(con, "select row - 1, source_number from list_rows", crowd.rows),
        )
        con.execute("create temp view people as select row, person from list_people where person > 0")
        known, told = crowd.memberships_of_people, crowd.numbers_of_people
        _put(con, "person_memberships", person=known.carrier, nth=known.number)
        _put(con, "person_numbers", person=told.carrier, number=told.number)
        matches = crowd.matches()
        _put(con, "matches", **{**matches, "row": matches["row"] + 1})
        _put(con, "shared", number=distinct(crowd.shared_of_rows.number))
        _put(con, "shared_rows", row=np.flatnonzero(crowd.has_shared) + 1)
        told, is_email = crowd.doubtful()
        # Who is in no doubt, and mostly nobody is, needs no names of profiles.
        profiles = crowd.profile_root[told.number] if len(told.number) else told.number
        _put(con, "doubtful", person=told.carrier, number=told.number, is_email=is_email, profile=profiles)
        _go_forward(con, crowd)


@contextmanager
def _lending_memory(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let DuckDB hold less while arrays need the room, but a quarter of what it may; what it cannot spill it keeps."""
    ((usual, rows),) = con.execute(
        "select current_setting('memory_limit'), (select count(*) from list_rows)"
    ).fetchall()
    number, unit = usual.split()
    whole = float(number) * _BYTES[unit]
    try:
        with suppress(duckdb.OutOfMemoryException):
            con.execute(f"set memory_limit = '{max(whole - rows * _LENT, whole / 4):.0f}B'")
        yield
    finally:
        con.execute(f"set memory_limit = '{usual}'")


def _go_forward(con: duckdb.DuckDBPyConnection, crowd: Crowd) -> None:
    """Make `forward`: for every row that another one goes forward in place of, that row."""
    fullest = con.execute("select keep from settings").fetchall()[0][0] == Keep.FULLEST
    shared: dict[int, list[int]] = {int(row): [] for row in crowd.entangled}
    filled = (
        placed(con, "select row - 1, filled from list_rows", crowd.rows)
        if fullest or shared
        else np.zeros(0, dtype=np.int64)
    )
    rows, instead = crowd.forward(filled if fullest else None)
    for row, number in zip(crowd.shared_of_rows.carrier, crowd.shared_of_rows.number, strict=True):
        shared[int(row)].append(int(number))
    candidates = [
        Candidate(row, int(crowd.person[row]), tuple(numbers), int(filled[row])) for row, numbers in shared.items()
    ]
    pairs = np.array(list(duplicates(candidates, fullest=fullest)), dtype=np.int64).reshape(-1, 2)
    rows, instead = np.concatenate([rows, pairs[:, 0]]), np.concatenate([instead, pairs[:, 1]])
    _put(con, "forward", row=rows + 1, duplicate_of=instead + 1)


def _put(con: duckdb.DuckDBPyConnection, name: str, **columns: NDArray[Any]) -> None:
    put(con, name, pl.DataFrame(columns))


def _look_up_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Make `keys` (number, kind, key) of the identifiers that a later step reads as text: few, unless mailboxes or hashes are asked for."""
    _sql("keys.sql")(con)


def _compare_mailboxes(con: duckdb.DuckDBPyConnection) -> None:
    """Make `same_mailbox`: rows whose address another person's is delivered beside; empty unless the policy asks."""
    if not con.execute("select mailbox from settings").fetchall()[0][0]:
        put(con, "same_mailbox", pl.DataFrame(schema={"row": pl.Int64}))
        return
    emails = con.sql("select number, key from keys where kind = 'email'").pl()
    put(con, "delivered", emails.select("number", mailbox=mailbox_key(pl.col("key"))).drop_nulls())
    _sql("mailboxes.sql")(con)


def _find_deleted(con: duckdb.DuckDBPyConnection) -> None:
    """Make `deleted`: the persons whose lead somebody deleted, as far as the snapshot knows."""
    snapshot, some = con.execute("select snapshot, exists (from ws.tombstones) from settings").fetchall()[0]
    if not some:
        put(con, "deleted", pl.DataFrame(schema=_DELETED))
        return
    put(con, "deletions", deletions(con, snapshot).select("membership", "campaign", "last_seen", "missed", "state"))
    _sql("deleted.sql")(con)


def _cool_down(con: duckdb.DuckDBPyConnection) -> None:
    """Make `cooling`: the persons whose lead ended too short a time ago; empty without a cooldown, which spares the history."""
    if con.execute("select cooldown from settings").fetchall()[0][0]:
        _sql("cooldown.sql")(con)
    else:
        put(con, "cooling", pl.DataFrame(schema=_COOLING))


def _find_hosts(con: duckdb.DuckDBPyConnection) -> None:
    """Make `hosts`: the domain of every address; empty unless the workspace holds domains, which spares reading the addresses."""
    if con.execute("select exists (from ws.suppressions where kind = 'domain')").fetchall()[0][0]:
        _sql("hosts.sql")(con)
    else:
        put(con, "hosts", pl.DataFrame(schema={"number": pl.Int32, "host": pl.String}))


def _hash_emails(con: duckdb.DuckDBPyConnection) -> None:
    """Make `email_hashes`: the keyed hash of every person's addresses; empty unless the workspace holds such hashes.

    Raises WorkspaceError when it does and the key is missing, or another.
    """
    file, hashes, check = con.execute(
        "select hash_key_file, (select count(*) from ws.suppressions where kind = 'email_hash'), "
        "(select value from ws.facts_of_file where name = $check) from settings",
        {"check": HASH_CHECK},
    ).fetchall()[0]
    key = key_of_hashes(file, hashes=hashes, check=check)
    if key is None:
        put(con, "email_hashes", pl.DataFrame(schema={"number": pl.Int32, "hash": pl.String}))
        return
    emails = con.sql("select number, key from keys where kind = 'email'").pl()
    put(con, "email_hashes", emails.select("number", hash=hashes_of(emails["key"], key)))


STEPS: tuple[Callable[[duckdb.DuckDBPyConnection], None], ...] = (
    _sql("01_failed.sql"),
    _sql("02_identifiers.sql"),
    _reach,
    _sql("03_snapshot.sql"),
    _sql("04_numbers.sql"),
    _find_people,
    _look_up_keys,
    _sql("05_conflicted.sql"),
    _sql("06_conflicts.sql"),
    _find_deleted,
    _cool_down,
    _sql("connections.sql"),
    _hash_emails,
    _find_hosts,
    _sql("07_suppression.sql"),
    _sql("holds.sql"),
    _compare_mailboxes,
    _sql("drop.sql"),
)
"""How a row walks through, read from top to bottom; from the tables that they make `facts_of_rows` and `decide` go on."""


_RECENT = 10
_RECENT_RULES = "select dedup, import_mode, count(*) as runs from (from ws.runs order by run desc limit ?) group by all order by runs desc, dedup, import_mode"


def _targets(con: duckdb.DuckDBPyConnection, decided: pl.DataFrame) -> pl.DataFrame:
    """Return the leads of the target that the rows to update are, one row each in list order."""
    updated = decided.filter(pl.col("outcome") == Outcome.UPDATE).select("row", "person")
    if not updated.height:
        return pl.DataFrame(schema=_TARGETS)
    put(con, "updated", updated)
    _sql("targets.sql")(con)
    targets: pl.DataFrame = con.sql("from targets order by row").pl()
    return targets


def _collect(
    con: duckdb.DuckDBPyConnection, decided: pl.DataFrame, target: Target, snapshot: dict[str, Any] | None
) -> Sieved:
    names = small_table(con, "select source, name from list_sources", {"source": pl.Int32, "name": pl.String})
    holds = small_table(con, "select hold, suppressed_by, suppressions from holds", _HOLDS)
    (deleted,) = fetched(con, "select distinct person from deleted")
    shared = con.execute("select key from keys semi join shared using (number)").fetchall()
    people = people_of_sources(decided)
    statuses = con.execute("from unclassified order by status").fetchall()
    blank = con.execute(
        "select coalesce(sum(no_identifier), 0) from ws.campaigns, settings g "
        "where from_snapshot <= g.snapshot and (until_snapshot is null or until_snapshot > g.snapshot)"
    ).fetchall()
    return Sieved(
        decisions=Decisions(rows=decided, holds=holds, evidence=Evidence.of(con)),
        targets=_targets(con, decided),
        statuses=dict(statuses),
        sources=count_sources(decided, people, names),
        overlaps=count_overlaps(people, names),
        recent_rules={(dedup, mode): runs for dedup, mode, runs in con.execute(_RECENT_RULES, [_RECENT]).fetchall()},
        deleted_by_source=count_deleted(people, pl.Series(deleted, dtype=pl.Int32), names),
        target=target,
        snapshot=snapshot,
        no_identifier=int(blank[0][0]),
        shared_keys=pl.Series([key for (key,) in shared], dtype=pl.String),
        snapshot_sha256=str(snapshot["sha256"]) if snapshot else None,
    )
