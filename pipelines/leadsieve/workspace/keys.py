"""The keys of the workspace: made when a membership is loaded, made anew when the rules for keys change."""

import duckdb
import polars as pl

from leadsieve.cleaning import tidied
from leadsieve.database import put
from leadsieve.identity import KEY_VERSION, is_role, parse_email, parse_linkedin
from leadsieve.intake import ColumnMapping
from leadsieve.schema import ADDRESSES
from leadsieve.workspace.store import statement

PLACE = "place"
_CELLS = ("email", "linkedinUrl", "linkedinUrlSalesNav")


def keys_of_cleaned(records: pl.DataFrame) -> pl.DataFrame:
    """Return every key that cleaned records give, one row each: place (the record's, from 0), key, role.

    A record's keys are different: all addresses of its email cell, its profiles. `role` tells an address that several people read.
    """
    # A column each and no lists: lists for every record cost more than finding the keys.
    places = records.with_row_index(PLACE)
    addresses = pl.concat([_of_column(places, "email"), _of_odd_cells(places)]).with_columns(
        role=is_role(pl.col("key"))
    )
    second = pl.col("linkedin_member_key").ne_missing(pl.col("linkedin_key"))
    profiles = pl.concat(
        [_of_column(places, "linkedin_key"), _of_column(places.filter(second), "linkedin_member_key")]
    ).with_columns(role=pl.lit(value=False))
    return pl.concat([addresses, profiles])


def _of_column(places: pl.DataFrame, column: str) -> pl.DataFrame:
    return places.select(PLACE, key=column).drop_nulls("key")


def _of_odd_cells(places: pl.DataFrame) -> pl.DataFrame:
    """Return the addresses of cells that do not name one address; a cell may name the same one twice."""
    if ADDRESSES not in places.columns:
        return pl.DataFrame(schema={PLACE: places.schema[PLACE], "key": pl.String})
    odd = places.filter(pl.col("email").is_null() & (pl.col(ADDRESSES).list.len() > 0))
    return odd.select(PLACE, key=ADDRESSES).explode("key").unique(maintain_order=True)


def keys_of_stored(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of memberships as the workspace stores them (cells by lemlist's names), as `keys_of_cleaned` does."""
    mappings = [
        ColumnMapping(column=name, field=name, variable=None, reason="as stored", confidence=1.0) for name in _CELLS
    ]
    return keys_of_cleaned(tidied(cells.select(_CELLS), mappings))


def make_anew(con: duckdb.DuckDBPyConnection) -> None:
    """Compute all stored keys again from the cells as exported, within the caller's transaction.

    For a workspace whose keys an older version of the rules made (`key_version`); snapshots stay what they are.
    """
    cells = con.sql(
        "select membership, email, linkedin_url as linkedinUrl, linkedin_url_sales_nav as linkedinUrlSalesNav from memberships"
    ).pl()
    keys = keys_of_stored(cells)
    put(con, "numbered", keys.select(cells["membership"].gather(keys[PLACE]), "key", "role"))
    put(con, "rekeyed_values", _values(con))
    con.execute(_SQL, {"version": str(KEY_VERSION)})
    con.execute(statement("identify.sql"))


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


_SQL = """
update suppressions set value = r.value from rekeyed_values r where suppressions.suppression = r.suppression;
delete from membership_identifiers;
update facts_of_file set value = $version where name = 'key_version';
"""
