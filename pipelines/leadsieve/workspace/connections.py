"""First-degree LinkedIn connections of the team's accounts: LinkedIn's own export, in a table of its own beside the snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from leadsieve.cleaning import tidied
from leadsieve.database import put
from leadsieve.errors import UsageError
from leadsieve.intake import Read, map_columns
from leadsieve.intake.names import export_of
from leadsieve.workspace import store
from leadsieve.workspace.keys import every_key
from leadsieve.workspace.storing import PLACE

_EXPORTS = "LinkedIn Connections"


def is_connections(told: Read) -> bool:
    """Return whether a file is LinkedIn's `Connections.csv`, by its header; a lead of lemlist has an `_id`."""
    known = export_of(told.columns)
    return known is not None and known.name.startswith(_EXPORTS) and "_id" not in told.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Connections as their files give them: how many, how many of them have a key, and the keys, each once."""

    members: int
    named: int
    keys: pl.DataFrame


def connections_of(reads: Sequence[Read]) -> Connections:
    """Return the connections of the files; a member who hides or closed the account has no key."""
    found = [every_key(tidied(told.table, map_columns(told, overrides={}))) for told in reads]
    return Connections(
        members=sum(told.table.height for told in reads),
        named=sum(keys[PLACE].n_unique() for keys in found),
        keys=pl.concat(found).select("key").unique(),
    )


def replace_connections(con: duckdb.DuckDBPyConnection, connections: Connections, account: str) -> None:
    """Let an account have these connections and no others, within the caller's transaction."""
    put(con, "connected", connections.keys)
    con.execute("delete from connections where account = ?", [account])
    con.execute(
        "insert into connections "
        "select ?, case when contains(key, '@') then 'email' else 'linkedin' end, key, ? from connected order by key",
        [account, datetime.now(UTC).replace(tzinfo=None)],
    )


def list_connections(path: Path, *, lock_timeout: float = 10.0) -> pl.DataFrame:
    """Return how many connections each account has, one row an account: account, profiles, emails, loaded_at (UTC)."""
    with store.reading(path, lock_timeout=lock_timeout) as con:
        accounts: pl.DataFrame = con.sql(
            "select account, count(*) filter (where kind = 'linkedin') as profiles, count(*) filter (where kind = 'email') as emails, "
            "max(loaded_at) as loaded_at from connections group by account order by account"
        ).pl()
        return accounts


def drop_connections(path: Path, account: str | None, *, lock_timeout: float = 10.0) -> int:
    """Forget the connections of an account, or of all; return of how many accounts. Raises UsageError for an unknown one."""
    store.require(path)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        known = {row[0] for row in con.execute("select distinct account from connections").fetchall()}
        if account is not None and account not in known:
            raise UsageError(_unknown(account, known))
        con.execute("delete from connections where account = coalesce(?, account)", [account])
        return len(known) if account is None else 1


def _unknown(account: str, known: set[str]) -> str:
    named = ", ".join(sorted(name or "(no name)" for name in known)) or "none"
    return f"No connections of an account {account} are loaded. Name one of these: {named}."
