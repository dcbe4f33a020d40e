"""First-degree LinkedIn connections of the team's accounts: LinkedIn's own export, in a table of its own beside the snapshots."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from leadsieve.cleaning import tidied
from leadsieve.errors import UsageError
from leadsieve.intake import Read, map_columns
from leadsieve.intake.names import export_of
from leadsieve.workspace import store
from leadsieve.workspace.keys import keys_of_cleaned

_EXPORTS = "LinkedIn Connections"


def is_connections(told: Read) -> bool:
    """Return whether a file is LinkedIn's `Connections.csv`, by its header; a lead of lemlist has an `_id`."""
    known = export_of(told.table.columns)
    return known is not None and known.name.startswith(_EXPORTS) and "_id" not in told.table.columns


def connections_of(reads: Sequence[Read]) -> pl.DataFrame:
    """Return the keys of every connection of the files, one row each: `keys`, empty for a member who hides or closed the account."""
    return pl.concat([pl.DataFrame(schema={"keys": pl.List(pl.String)}), *(_keys(told) for told in reads)])


def _keys(told: Read) -> pl.DataFrame:
    return tidied(told.table, map_columns(told, overrides={})).select(keys_of_cleaned())


def replace_connections(con: duckdb.DuckDBPyConnection, connections: pl.DataFrame, account: str) -> None:
    """Let an account have these connections and no others, within the caller's transaction."""
    store.put(
        con, "connected", connections.explode("keys").drop_nulls().unique(maintain_order=True).rename({"keys": "key"})
    )
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
