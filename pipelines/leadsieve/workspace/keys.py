"""The keys of the workspace: made when a membership is loaded, made anew when the rules for keys change."""

import duckdb
import polars as pl

from leadsieve.cleaning import tidied
from leadsieve.identity import KEY_VERSION, is_role, parse_email, parse_linkedin
from leadsieve.intake import ColumnMapping
from leadsieve.schema import ADDRESSES
from leadsieve.workspace.store import put, statement

_PLACE = ":place"
_CELLS = ("email", "linkedinUrl", "linkedinUrlSalesNav")


def keys_of_cleaned() -> pl.Expr:
    """Return every key that a cleaned membership gives, each once: all addresses of its email cell, its profiles."""
    profiles = pl.concat_list("linkedin_key", "linkedin_member_key").list.drop_nulls()
    # Two profiles of one record have different keys; a cell may name an address twice.
    return pl.concat_list(pl.col(ADDRESSES).list.unique(maintain_order=True), profiles).alias("keys")


def keys_of_stored(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of memberships as the workspace stores them: cells by lemlist's names to `keys`."""
    mappings = [
        ColumnMapping(column=name, field=name, variable=None, reason="as stored", confidence=1.0) for name in _CELLS
    ]
    return tidied(cells.select(_CELLS), mappings).select(keys_of_cleaned())


def with_role_keys(memberships: pl.DataFrame) -> pl.DataFrame:
    """Return the memberships with `role_keys`: which of their `keys` are addresses that several people read."""
    # Few are: what few rows have is found over all keys at once and joined, for a list is slow to look into.
    places = memberships.with_row_index(_PLACE)
    found = places.select(_PLACE, role_keys="keys").explode("role_keys").filter(is_role(pl.col("role_keys")))
    listed = found.group_by(_PLACE, maintain_order=True).agg("role_keys")
    joined = places.join(listed, on=_PLACE, how="left", maintain_order="left").drop(_PLACE)
    return joined.with_columns(pl.col("role_keys").fill_null([]))


def make_anew(con: duckdb.DuckDBPyConnection) -> None:
    """Compute all stored keys again from the cells as exported, within the caller's transaction.

    For a workspace whose keys an older version of the rules made (`key_version`); snapshots stay what they are.
    """
    cells = con.sql(
        "select membership, email, linkedin_url as linkedinUrl, linkedin_url_sales_nav as linkedinUrlSalesNav from memberships"
    ).pl()
    rekeyed = cells.select("membership").hstack(keys_of_stored(cells))
    put(con, "numbered", with_role_keys(rekeyed))
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
