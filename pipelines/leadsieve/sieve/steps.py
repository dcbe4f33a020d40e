"""The steps from keys to decisions, in their order."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from leadsieve.components import connect_identifiers
from leadsieve.database import connect
from leadsieve.errors import InputError
from leadsieve.identity import mailbox_key
from leadsieve.policy import Policy
from leadsieve.scratch import scratch
from leadsieve.sieve.forward import Candidate, duplicates
from leadsieve.sieve.target import Target, choose_snapshot, find_target
from leadsieve.words import Connections, Keep
from leadsieve.workspace import HASH_CHECK, attach, deletions, hashes_of, key_of_hashes, put, status_table

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


_COOLING = {"person": pl.Int64, "campaign": pl.String, "status": pl.String, "since": pl.Date, "until": pl.Date}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieved:
    """What the sieve found out.

    `decisions` has one row for every row of the list, in list order. `targets` has one row a (person, membership of the
    target): the lead as lemlist has it, for updates. `statuses` counts the memberships whose status nobody has classified.
    `deleted_by_source` has how many persons of a source have a lead that somebody deleted, where there are any.
    `overlaps` counts the persons that two sources share. `recent_rules` has the rules (dedup, import mode) of the last recorded runs
    with their number.
    """

    decisions: pl.DataFrame
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


def sieve(
    rows: pl.DataFrame,
    *,
    policy: Policy,
    campaign: str,
    new_campaign: bool = False,
    workspace: Path | None,
    snapshot: int | None = None,
) -> Sieved:
    """Decide every row of `rows` (columns `LIST_ROWS`) against the workspace's snapshot, or only against each other.

    Raises UsageError for a campaign that the snapshot does not know, WorkspaceError for a workspace that cannot be used.
    """
    # What does not fit into memory is spilled beside other temporary files, not into the folder that a job happens to run in.
    with (
        scratch() as spill,
        connect(temp_directory=str(spill)) as con,
        _told_of_memory(rows.height),
    ):
        _attach(con, workspace, policy)
        chosen = choose_snapshot(con, snapshot) if workspace else None
        number = chosen["id"] if chosen else 0
        target = find_target(con, campaign, snapshot=int(str(number)), new=new_campaign or workspace is None)
        _settings(con, rows, policy, target, int(str(number)))
        for step in STEPS:
            step(con)
        return _collect(con, target, chosen)


def storage_campaign(sieved: Sieved, policy: Policy) -> str | None:
    """Return the name of the campaign that connections are separated for; null where they stay in their batch."""
    if policy.connections is not Connections.SEPARATE:
        return None
    told = policy.storage_campaigns[0]
    return sieved.target.names.get(told, told)


@contextmanager
def _told_of_memory(rows: int) -> Iterator[None]:
    """Say in a sentence that the list is too large for the machine."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        msg = (
            f"The list's {rows:,} rows do not fit into this machine's memory. Run it in parts, or on a larger machine."
        )
        raise InputError(msg) from error


def _attach(con: duckdb.DuckDBPyConnection, workspace: Path | None, policy: Policy) -> None:
    if workspace:
        attach(con, workspace, lock_timeout=policy.lock_timeout)
        return
    # Without a workspace the same steps run over an empty one.
    con.execute("attach ':memory:' as ws; use ws")
    con.execute(files("leadsieve.workspace").joinpath("schema.sql").read_text("utf-8"))
    con.execute("use memory")


def _settings(
    con: duckdb.DuckDBPyConnection, rows: pl.DataFrame, policy: Policy, target: Target, snapshot: int
) -> None:
    told = {
        "snapshot": snapshot,
        "dedup": str(policy.dedup),
        "import_mode": str(policy.import_mode),
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
    put(con, "list_rows", rows.select(*LIST_ROWS))


def _sql(name: str) -> Callable[[duckdb.DuckDBPyConnection], None]:
    """Return the step that runs one of the SQL files beside this module."""

    def step(con: duckdb.DuckDBPyConnection) -> None:
        con.execute(files("leadsieve.sieve").joinpath(name).read_text("utf-8"))

    return step


def _reach(con: duckdb.DuckDBPyConnection) -> None:
    """Make `near`: every membership that identifiers tie to the list, directly or through other memberships. No other can matter."""
    while con.execute("select count(*) from frontier").fetchall()[0][0]:
        _sql("reach.sql")(con)


def _connect_identifiers(con: duckdb.DuckDBPyConnection) -> None:
    """Make `components` of the links between identifiers, and `profiles` of those between LinkedIn identifiers only."""
    connect_identifiers(con, "links", made="components")
    connect_identifiers(con, "profile_links", made="profiles")


def _compare_mailboxes(con: duckdb.DuckDBPyConnection) -> None:
    """Make `same_mailbox`: rows whose address another person's is delivered beside; empty unless the policy asks."""
    emails = con.sql("select k.key from keys k, settings g where g.mailbox and k.kind = 'email'").pl()
    put(con, "mailboxes", emails.select("key", mailbox=mailbox_key(pl.col("key"))).drop_nulls())
    _sql("mailboxes.sql")(con)


def _find_deleted(con: duckdb.DuckDBPyConnection) -> None:
    """Make `deleted`: the persons whose lead somebody deleted, as far as the snapshot knows."""
    snapshot = con.execute("select snapshot from settings").fetchall()[0][0]
    put(con, "deletions", deletions(con, snapshot).select("membership", "campaign", "last_seen", "missed", "state"))
    _sql("deleted.sql")(con)


def _cool_down(con: duckdb.DuckDBPyConnection) -> None:
    """Make `cooling`: the persons whose lead ended too short a time ago; empty without a cooldown, which spares the history."""
    if con.execute("select cooldown from settings").fetchall()[0][0]:
        _sql("cooldown.sql")(con)
    else:
        put(con, "cooling", pl.DataFrame(schema=_COOLING))


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
    emails = con.sql(
        "select distinct k.key from person_identifiers i join keys k using (identifier) where $wanted and k.kind = 'email'",
        params={"wanted": key is not None},
    ).pl()
    put(con, "email_hashes", emails.select("key", hash=hashes_of(emails["key"], key or b"")))


def _go_forward(con: duckdb.DuckDBPyConnection) -> None:
    """Make `forward`: for every row that another one goes forward in place of, that row."""
    _sql("forward.sql")(con)
    candidates = [
        Candidate(row, person, tuple(shared), filled)
        for row, person, shared, filled in con.execute("from entangled").fetchall()
    ]
    fullest = con.execute("select keep from settings").fetchall()[0][0] == Keep.FULLEST
    pairs = list(duplicates(candidates, fullest=fullest))
    put(con, "of_entangled", pl.DataFrame(pairs, schema={"row": pl.Int64, "duplicate_of": pl.Int64}, orient="row"))
    con.execute("create temp table forward as from simple union all from of_entangled")


STEPS: tuple[Callable[[duckdb.DuckDBPyConnection], None], ...] = (
    _sql("01_failed.sql"),
    _sql("02_keys.sql"),
    _reach,
    _sql("03_snapshot.sql"),
    _sql("04_identifiers.sql"),
    _connect_identifiers,
    _sql("05_people.sql"),
    _go_forward,
    _sql("06_facts.sql"),
    _find_deleted,
    _cool_down,
    _sql("connections.sql"),
    _hash_emails,
    _sql("07_suppression.sql"),
    _compare_mailboxes,
    _sql("08_outcomes.sql"),
    _sql("09_sources.sql"),
)
"""How a row walks through: read it from top to bottom."""


_RECENT = 10
_RECENT_RULES = "select dedup, import_mode, count(*) as runs from (from ws.runs order by run desc limit ?) group by all order by runs desc, dedup, import_mode"


def _collect(con: duckdb.DuckDBPyConnection, target: Target, snapshot: dict[str, Any] | None) -> Sieved:
    statuses = con.execute("from unclassified order by status").fetchall()
    blank = con.execute(
        "select coalesce(sum(no_identifier), 0) from ws.campaigns, settings g "
        "where from_snapshot <= g.snapshot and (until_snapshot is null or until_snapshot > g.snapshot)"
    ).fetchall()
    return Sieved(
        decisions=con.sql("from decisions order by row").pl(),
        targets=con.sql("from targets order by row").pl(),
        statuses=dict(statuses),
        sources=con.sql("from sources").pl(),
        overlaps=con.sql("from source_overlaps").pl(),
        recent_rules={(dedup, mode): runs for dedup, mode, runs in con.execute(_RECENT_RULES, [_RECENT]).fetchall()},
        deleted_by_source=dict(con.execute("from deleted_by_source").fetchall()),
        target=target,
        snapshot=snapshot,
        no_identifier=int(blank[0][0]),
        shared_keys=con.sql(
            "select key from keys semi join shared using (identifier) semi join list_keys using (key)"
        ).pl()["key"],
        snapshot_sha256=str(snapshot["sha256"]) if snapshot else None,
    )
