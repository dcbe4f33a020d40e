"""What the workspace says should be tidied up in lemlist, or loaded again."""

from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from leadsieve.components import connect_identifiers
from leadsieve.counts import Count
from leadsieve.database import put
from leadsieve.limits import registry
from leadsieve.policy import Policy
from leadsieve.words import Advice
from leadsieve.workspace import store
from leadsieve.workspace.statuses import status_table

NEAR: Final = 0.9
"""The share of a limit from which a campaign is near it."""

_SAID: Final = {
    Advice.ARCHIVE: "{all_leads} of {campaign} {have} ended: archive it in lemlist.",
    Advice.ACTIVE_TWICE: "{leads:person is|people are} in progress in both {campaign} and {other}: take {them} out of one of them.",
    Advice.OWNERS_OVERLAP: "{campaign} and {other} both have {leads:person|people} in their campaigns, {detail} of them in progress with both: "
    "agree who writes to whom.",
    Advice.NEAR_LIMIT: "{campaign} has {leads:lead}, near or at the limit of {detail}: import into a new part of it.",
    Advice.NOT_LOADED: "{campaign} ({leads:lead}) was last loaded as of {detail} UTC: export it again, or archive it.",
}


def advise(path: Path, policy: Policy, *, lock_timeout: float = 10.0) -> pl.DataFrame:
    """Return what to tidy up, one row each: advice (`Advice`), campaign, other, leads, what_to_do.

    For `owners_overlap` the two names are owners. People are told apart as a run does it, over the newest snapshot alone.
    """
    with store.reading(path, lock_timeout=lock_timeout) as con:
        _people(con)
        put(con, "statuses", status_table(policy.statuses))
        put(con, "limits", _limits())
        put(con, "advised", _settings(policy))
        found: pl.DataFrame = con.sql(store.statement("advice.sql")).pl()
    said = [_said(row) for row in found.iter_rows(named=True)]
    return found.select("advice", "campaign", "other", "leads").with_columns(
        what_to_do=pl.Series(said, dtype=pl.String)
    )


def _said(row: dict[str, Any]) -> str:
    leads = Count(row["leads"])
    one = {"all_leads": "The only lead", "have": "has", "them": "this one"}
    more = {"all_leads": f"All {leads:lead}", "have": "have", "them": "them"}
    return _SAID[Advice(row["advice"])].format(**{**row, "leads": leads, **(one if leads == 1 else more)})


def _people(con: duckdb.DuckDBPyConnection) -> None:
    """Make `people`: the person of every lead of the newest snapshot; a lead without identifier is nobody's."""
    con.execute(store.statement("people.sql"))
    connect_identifiers(con, "people_links", made="people_roots")
    con.execute(
        "create or replace temp table people as select p.membership, coalesce("
        "min(coalesce(r.root, p.identifier)) filter (where b.identifier is null), min(p.identifier)) as person "
        "from present p left join people_roots r using (identifier) left join braked b using (identifier) group by p.membership"
    )


def _limits() -> pl.DataFrame:
    rules = [{"method": str(rule.method), "most": rule.limit} for rule in registry().values() if rule.by_campaign]
    return pl.DataFrame(rules, schema={"method": pl.String, "most": pl.Int64})


def _settings(policy: Policy) -> pl.DataFrame:
    told = {
        "storage_campaigns": list(policy.storage_campaigns),
        "archived": policy.archived,
        "near": NEAR,
        "max_age": policy.max_age,
    }
    return pl.DataFrame([told], schema_overrides={"storage_campaigns": pl.List(pl.String)})
