"""The steps from keys to decisions, in their order."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl

from leadsieve.errors import InputError
from leadsieve.identity import mailbox_key
from leadsieve.policy import Policy
from leadsieve.sieve.components import components
from leadsieve.sieve.forward import Candidate, duplicates
from leadsieve.sieve.target import Target, choose_snapshot, find_target
from leadsieve.words import Keep
from leadsieve.workspace import attach, put, status_table

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieved:
    """What the sieve found out.

    `decisions` has one row for every row of the list, in list order. `targets` has one row a (person, membership of the
    target): the lead as lemlist has it, for updates. `statuses` counts the memberships whose status nobody has classified.
    """

    decisions: pl.DataFrame
    targets: pl.DataFrame
    statuses: dict[str, int]
    sources: pl.DataFrame
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
        TemporaryDirectory(prefix="leadsieve-") as spill,
        duckdb.connect(config={"temp_directory": spill}) as con,
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
        "storage_campaigns": list(policy.storage_campaigns),
        "suppress_statuses": list(policy.suppress_statuses),
    }
    lists = {name: pl.List(pl.String) for name in ("storage_campaigns", "suppress_statuses")}
    put(con, "settings", pl.DataFrame([told], schema_overrides=lists))
    put(con, "statuses", status_table(policy.statuses))
    put(con, "target", pl.DataFrame({"campaign": list(target.campaigns)}, schema={"campaign": pl.Int32}))
    put(con, "list_rows", rows.select(*LIST_ROWS))


def _sql(name: str) -> Callable[[duckdb.DuckDBPyConnection], None]:
    """Return the step that runs one of the SQL files beside this module."""

    def step(con: duckdb.DuckDBPyConnection) -> None:
        con.execute(files("leadsieve.sieve").joinpath(name).read_text("utf-8"))

    return step


def _connect_identifiers(con: duckdb.DuckDBPyConnection) -> None:
    """Make `components` of the links between identifiers, and `profiles` of those between LinkedIn identifiers only."""
    for links, made in (("links", "components"), ("profile_links", "profiles")):
        pairs = con.execute(f"select first, identifier from {links}").fetchnumpy()  # noqa: S608 -- two fixed names
        identifiers, roots = components(pairs["first"], pairs["identifier"])
        put(
            con,
            made,
            pl.DataFrame({"identifier": identifiers, "root": roots}, schema={"identifier": pl.Int64, "root": pl.Int64}),
        )


def _compare_mailboxes(con: duckdb.DuckDBPyConnection) -> None:
    """Make `same_mailbox`: rows whose address another person's is delivered beside; empty unless the policy asks."""
    emails = con.sql(
        "select distinct i.identifier, k.key from record_identifiers i join keys k using (identifier), settings g "
        "where g.mailbox and i.kind = 'email'"
    ).pl()
    put(con, "mailboxes", emails.select("identifier", mailbox=mailbox_key(pl.col("key"))).drop_nulls())
    _sql("mailboxes.sql")(con)


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
    _sql("01_snapshot.sql"),
    _sql("02_failed.sql"),
    _sql("03_identifiers.sql"),
    _connect_identifiers,
    _sql("04_people.sql"),
    _go_forward,
    _sql("05_facts.sql"),
    _sql("06_suppression.sql"),
    _compare_mailboxes,
    _sql("07_outcomes.sql"),
    _sql("08_sources.sql"),
)
"""How a row walks through: read it from top to bottom."""


def _collect(con: duckdb.DuckDBPyConnection, target: Target, snapshot: dict[str, Any] | None) -> Sieved:
    statuses = con.execute(
        "select status, count(*) from memberships where unclassified group by status order by status"
    ).fetchall()
    blank = con.execute(
        "select coalesce(sum(no_identifier), 0) from ws.campaigns, settings g "
        "where from_snapshot <= g.snapshot and (until_snapshot is null or until_snapshot > g.snapshot)"
    ).fetchall()
    return Sieved(
        decisions=con.sql("from decisions order by row").pl(),
        targets=con.sql("from targets order by row").pl(),
        statuses=dict(statuses),
        sources=con.sql("from sources").pl(),
        target=target,
        snapshot=snapshot,
        no_identifier=int(blank[0][0]),
        shared_keys=con.sql(
            "select key from keys semi join shared using (identifier) semi join list_keys using (key)"
        ).pl()["key"],
        snapshot_sha256=str(snapshot["sha256"]) if snapshot else None,
    )
