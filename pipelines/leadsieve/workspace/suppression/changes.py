"""Opt-outs into the workspace and out of it; each change is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import polars as pl

from leadsieve.errors import InputError, UsageError
from leadsieve.policy import Policy
from leadsieve.suppress_values import ColumnValue
from leadsieve.workspace import store
from leadsieve.workspace.suppression.entries import Kind, named_by, refuse_wide
from leadsieve.workspace.suppression.files import OptOuts, read_opt_outs
from leadsieve.workspace.suppression.hashing import (
    CHECK,
    PREFIX,
    check_of,
    hash_of,
    hashes_of,
    key_of_hashes,
    required_key,
)

_IDENTITY = ("kind", "value", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What `suppress add` did: entries that are new or stood already, rows that name nobody or opt out of nothing.

    `columns` are those that a CRM's export was asked by, and `values` what stands in them, counted as an opt-out or not; none for a list, whose every row is one.
    """

    added: int
    known: int
    unreadable: int
    not_opted_out: int = 0
    columns: tuple[str, ...] = ()
    values: tuple[ColumnValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What `suppress erase` did: addresses that are kept as hashes now, and those that did not stand there."""

    erased: int
    absent: int


def add_suppressions(
    path: Path,
    source: str,
    *,
    policy: Policy,
    hashed: bool = False,
    allow_partial: bool = False,
    force: bool = False,
    lock_timeout: float = 10.0,
) -> Added:
    """Add a file's opt-outs to the workspace (made when absent): a list's rows, or those rows of a CRM's export that say so.

    `hashed` keeps the keyed hashes of emails instead of the addresses; one that was erased before stays a hash anyway.
    Raises InputError when a row cannot be read (unless `allow_partial`: a lost opt-out is harm), UsageError for the domain
    of a free provider (unless `force`: it would suppress a great part of any list), WorkspaceError when a key is needed and
    there is none, or another.
    """
    told = read_opt_outs(source, policy)
    if not allow_partial:
        told.whole()
    refuse_wide(told.entries, told.file, force=force)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        entries = _hashed(con, told, policy.hash_key_file, all_emails=hashed)
        entries = entries.unique(_IDENTITY, keep="first", maintain_order=True)
        con.register("entries", entries.to_arrow())
        added = con.execute(_sql("add.sql"), {"now": datetime.now(UTC).replace(tzinfo=None)}).fetchall()[0][0]
        con.unregister("entries")
    return Added(
        added=added,
        known=entries.height - added,
        unreadable=len(told.unreadable),
        not_opted_out=told.not_opted_out,
        columns=told.columns,
        values=told.values,
    )


def _hashed(con: duckdb.DuckDBPyConnection, told: OptOuts, key_file: str, *, all_emails: bool) -> pl.DataFrame:
    """Return the entries with those emails hashed that are to be, or that stand there as hashes already."""
    entries, key = told.entries, _key_of(con, key_file)
    if all_emails or (entries["kind"] == Kind.EMAIL_HASH).any():
        key = key or required_key(key_file, "Opt-outs are to be kept as keyed hashes")
        _refuse_other_key(told, key)
        _keep_check(con, key)
    if key is None:
        return entries
    emails = entries.filter(pl.col("kind") == Kind.EMAIL)["value"].unique(maintain_order=True)
    hashes = pl.DataFrame({"value": emails, "hash": hashes_of(emails, key)})
    if all_emails:
        _erase(con, hashes)
    else:
        hashes = hashes.filter(pl.col("hash").is_in(_stored_hashes(con).implode()))
    hashed = hashes.with_columns(kind=pl.lit(str(Kind.EMAIL)))
    return entries.join(hashed, on=["kind", "value"], how="left", maintain_order="left").select(
        pl.when(pl.col("hash").is_null()).then("kind").otherwise(pl.lit(str(Kind.EMAIL_HASH))).alias("kind"),
        pl.coalesce("hash", "value").alias("value"),
        pl.col(entries.columns[2:]),
    )


def _refuse_other_key(told: OptOuts, key: bytes) -> None:
    if set(told.hash_keys) - {check_of(key)}:
        msg = (
            f"{told.file} holds keyed hashes that were made with another key than the one given: they would hold nobody back. "
            "Give the key that they were made with; nothing was loaded."
        )
        raise InputError(msg)


def erase_suppressions(path: Path, values: Sequence[str], *, policy: Policy, lock_timeout: float = 10.0) -> Erased:
    """Turn the opt-outs of the given emails into keyed hashes: the addresses go, who has them is still held back.

    Raises UsageError for a value that is no email, WorkspaceError when there is no key, or another.
    """
    store.require(path)
    emails = [_email(value) for value in values]
    with store.writing(path, lock_timeout=lock_timeout) as con:
        key = _key_of(con, policy.hash_key_file)
        key = key or required_key(policy.hash_key_file, "Addresses are to be kept as keyed hashes")
        addresses = pl.Series(emails, dtype=pl.List(pl.String)).explode().unique(maintain_order=True)
        erased = _erase(con, pl.DataFrame({"value": addresses, "hash": hashes_of(addresses, key)}))
        if erased:
            _keep_check(con, key)
    return Erased(erased=erased, absent=len(addresses) - erased)


def _email(value: str) -> list[str]:
    found = list(named_by(value, ""))
    if not found or any(kind != Kind.EMAIL for kind, _ in found):
        msg = "Only an email can be kept as a keyed hash. Name emails, or take other opt-outs out with `leadsieve suppress remove`."
        raise UsageError(msg)
    return [key for _, key in found]


def _erase(con: duckdb.DuckDBPyConnection, hashes: pl.DataFrame) -> int:
    """Put hashes (value, hash) in the place of the plain addresses that stand there; return how many there were."""
    con.register("erased", hashes.to_arrow())
    count = con.execute(
        "select count(distinct value) from suppressions semi join erased using (value) where kind = 'email'"
    ).fetchall()[0][0]
    con.execute(_sql("erase.sql"))
    con.unregister("erased")
    return int(count)


def remove_suppressions(path: Path, values: Sequence[str], *, policy: Policy, lock_timeout: float = 10.0) -> int:
    """Remove every entry that `values` name, whatever their form, an erased email's hash included; return how many there were.

    Raises UsageError for a value that names nobody, WorkspaceError when the workspace holds hashes and there is no key.
    """
    named = [_found(value, policy.phone_region) for value in values]
    keys = pl.DataFrame([key for found in named for key in found], schema=["kind", "value"], orient="row")
    store.require(path)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        emails = keys.filter(pl.col("kind") == Kind.EMAIL)["value"]
        key = _key_of(con, policy.hash_key_file) if len(emails) else None
        if key:
            hashed = [(str(Kind.EMAIL_HASH), hash_of(address, key)) for address in emails]
            keys = pl.concat([keys, pl.DataFrame(hashed, schema=keys.schema, orient="row")])
        con.register("gone", keys.to_arrow())
        removed = con.execute("delete from suppressions where (kind, value) in (select (kind, value) from gone)")
        count = int(removed.fetchall()[0][0])
        con.unregister("gone")
        con.execute(
            "delete from facts_of_file where name = $check and not exists (from suppressions where kind = 'email_hash')",
            {"check": CHECK},
        )
        return count


def _found(value: str, region: str) -> list[tuple[str, str]]:
    found = [(str(kind), key) for kind, key in named_by(value, region)]
    if not found:
        msg = (
            "A value to remove is no email, @domain, LinkedIn profile, phone or keyed hash. "
            "Give it as `leadsieve suppress export` shows it, a phone without + with --phone-region."
        )
        raise UsageError(msg)
    return found


def list_suppressions(path: Path, *, lock_timeout: float = 10.0) -> pl.DataFrame:
    """Return all suppressions, one row an entry: kind, value, reason, came_from, added_at (UTC)."""
    with store.reading(path, lock_timeout=lock_timeout) as con:
        entries: pl.DataFrame = con.sql(
            "select kind, value, reason, came_from, added_at from suppressions order by suppression"
        ).pl()
        return entries


def export_suppressions(path: Path, *, lock_timeout: float = 10.0) -> pl.DataFrame:
    """Return all suppressions as a file that `add_suppressions` reads again, the same in origin and time.

    Columns: value, reason, came_from, added_at (UTC), hash_key (for a hash the check of its key, not the key).
    """
    with store.reading(path, lock_timeout=lock_timeout) as con:
        exported: pl.DataFrame = con.sql(_sql("export.sql"), params={"prefix": PREFIX, "check": CHECK}).pl()
        return exported


def _key_of(con: duckdb.DuckDBPyConnection, key_file: str) -> bytes | None:
    """Return the key of the workspace's hashes, or null when it holds none."""
    hashes, check = con.execute(
        "select (select count(*) from suppressions where kind = 'email_hash'), "
        "(select value from facts_of_file where name = $check)",
        {"check": CHECK},
    ).fetchall()[0]
    return key_of_hashes(key_file, hashes=hashes, check=check)


def _keep_check(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Let the workspace know its key from another."""
    con.execute(
        "insert or replace into facts_of_file values ($check, $value)", {"check": CHECK, "value": check_of(key)}
    )


def _stored_hashes(con: duckdb.DuckDBPyConnection) -> pl.Series:
    stored: pl.DataFrame = con.sql("select value from suppressions where kind = 'email_hash'").pl()
    return stored["value"]


def _sql(name: str) -> str:
    return files("leadsieve.workspace.suppression").joinpath(name).read_text("utf-8")
