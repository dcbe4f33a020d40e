"""Memberships put into a workspace's tables by hand."""

import duckdb
import polars as pl

from leadsieve.database import put


def put_membership(con: duckdb.DuckDBPyConnection, **told: object) -> None:
    """Store one membership that an import told of, by default without any cell."""
    state = {name: told.pop(name, None) for name in ("status", "last_state", "source")}
    ((number,),) = con.execute("select count(*) + 1 from membership_states").fetchall()
    imported = told.pop("imported", True)
    con.execute("insert into membership_states values (?, ?, false, ?, ?, ?)", [number, *state.values(), imported])
    row = pl.DataFrame([{"state": number, "email_role": False, "fields": "{}", **told}])
    put(con, "told", row.cast({pl.Null: pl.String}))
    con.execute("insert into stored_memberships by name from told")
    con.execute(_IDENTIFY)


def spoil_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Let all keys be those of older rules."""
    con.execute(
        "update stored_memberships set email_cell = coalesce(email_cell, email_key), email_key = 'old ' || email_key, "
        "linkedin_cell = coalesce(linkedin_cell, linkedin_key), linkedin_key = 'old ' || linkedin_key"
    )
    con.execute("update further_identifiers set key = 'old ' || key, identifier = md5_number('old ' || key)")
    con.execute(_IDENTIFY)
    con.execute("update facts_of_file set value = '0' where name = 'key_version'")


_IDENTIFY = "update stored_memberships set email_identifier = md5_number(email_key), linkedin_identifier = md5_number(linkedin_key)"
