"""The keys of the workspace: made when a membership is loaded, made anew when the rules for keys change."""

from typing import Final

import duckdb
import polars as pl

from leadsieve.cleaning import tidied
from leadsieve.database import put
from leadsieve.identity import KEY_VERSION, is_role, parse_email, parse_linkedin
from leadsieve.intake import ColumnMapping
from leadsieve.schema import ADDRESSES
from leadsieve.spool import PART_ROWS
from leadsieve.workspace.storing import FURTHER, PLACE, cells

KEYS: Final = (
    pl.col("email").alias("email_key"),
    is_role(pl.col("email")).fill_null(value=False).alias("email_role"),
    pl.col("linkedin_key"),
)
"""What a cleaned record is told by: the address of its email cell, whether several people read it, the profile of its LinkedIn cell."""

_CELLS: Final = ("email", "linkedinUrl", "linkedinUrlSalesNav")


def further_keys(records: pl.DataFrame) -> pl.DataFrame:
    """Return what else cleaned records are told by, one row each (`FURTHER`): every address of a cell with several, a second column's profile."""
    places = records.with_row_index(PLACE)
    second = places.filter(pl.col("linkedin_member_key").ne_missing(pl.col("linkedin_key"))).select(
        PLACE, key="linkedin_member_key", role=pl.lit(value=False)
    )
    return pl.concat([_of_odd_cells(places), second.drop_nulls("key")]).cast(FURTHER)


def every_key(records: pl.DataFrame) -> pl.DataFrame:
    """Return all that cleaned records are told by, one row each: place, key."""
    places = records.with_row_index(PLACE)
    own = [places.select(PLACE, key=column).drop_nulls("key") for column in ("email", "linkedin_key")]
    return pl.concat([*own, further_keys(records).select(PLACE, "key")])


def _of_odd_cells(places: pl.DataFrame) -> pl.DataFrame:
    """Return the addresses of cells that do not name one address; a cell may name the same one twice."""
    if ADDRESSES not in places.columns:
        return pl.DataFrame(schema=FURTHER)
    odd = places.filter(pl.col("email").is_null() & (pl.col(ADDRESSES).list.len() > 0))
    named = odd.select(PLACE, key=ADDRESSES).explode("key").unique(maintain_order=True)
    return named.with_columns(role=is_role(pl.col("key"))).cast(FURTHER)


def cleaned_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the records of memberships as the workspace stores them (cells by lemlist's names), cleaned by the rules of today."""
    mappings = [
        ColumnMapping(column=name, field=name, variable=None, reason="as stored", confidence=1.0) for name in _CELLS
    ]
    return tidied(cells.select(_CELLS), mappings)


def make_anew(con: duckdb.DuckDBPyConnection) -> None:
    """Compute all stored keys again from the cells as exported, within the caller's transaction.

    For a workspace whose keys an older version of the rules made (`key_version`); snapshots stay what they are.
    """
    con.execute("delete from further_identifiers")
    ((last,),) = con.execute("select coalesce(max(membership), 0) from stored_memberships").fetchall()
    for first in range(0, last + 1, PART_ROWS):
        exported = con.sql(_EXPORTED, params=[first, first + PART_ROWS]).pl()
        records = cleaned_cells(exported)
        rows = exported.with_columns(records.select(KEYS)).with_columns(cells("email", "linkedinUrl"))
        further = further_keys(records)
        put(con, "rekeyed", rows.select("membership", *_STORED))
        put(con, "rekeyed_further", further.select(rows["membership"].gather(further[PLACE]), "key", "role"))
        con.execute(_REKEY)
    put(con, "rekeyed_values", _values(con))
    con.execute(_REKEY_VALUES, {"version": str(KEY_VERSION)})


def _values(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the value of every suppression by the rules of today; one that they no longer read stays as it is."""
    rows = con.execute(
        "select suppression, kind, value from suppressions where kind in ('email', 'linkedin')"
    ).fetchall()
    values = [
        (number, (parse_email(value).address if kind == "email" else parse_linkedin(value).key) or value)
        for number, kind, value in rows
    ]
    return pl.DataFrame(values, schema={"suppression": pl.Int64, "value": pl.String}, orient="row")


_STORED: Final = ("email_key", "email_cell", "email_role", "linkedin_key", "linkedin_cell")

_EXPORTED: Final = """
select membership, email, linkedin_url as "linkedinUrl", linkedin_url_sales_nav as "linkedinUrlSalesNav"
from memberships where membership >= ? and membership < ?
"""

_REKEY: Final = """
update stored_memberships m
set email_key = r.email_key, email_cell = r.email_cell, email_identifier = md5_number(r.email_key), email_role = r.email_role,
    linkedin_key = r.linkedin_key, linkedin_cell = r.linkedin_cell, linkedin_identifier = md5_number(r.linkedin_key)
from rekeyed r where m.membership = r.membership;
insert into further_identifiers select membership, md5_number(key), key, role from rekeyed_further;
"""

_REKEY_VALUES: Final = """
update suppressions set value = r.value from rekeyed_values r where suppressions.suppression = r.suppression;
update facts_of_file set value = $version where name = 'key_version';
"""
