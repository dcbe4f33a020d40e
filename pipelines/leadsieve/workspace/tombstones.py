"""Leads that somebody deleted: concluded when a campaign is loaded again without them, taken back when they are put back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from leadsieve.database import put
from leadsieve.errors import UsageError
from leadsieve.identity import parse_email, parse_linkedin
from leadsieve.words import DeletionState
from leadsieve.workspace import store
from leadsieve.workspace.statuses import status_table

# A state-filtered export or a rollback takes many leads at once, a person who cleans up a few (issue 5, point 3).
MASS_LEADS: Final = 100
"""Campaigns with fewer leads are never asked about."""
MASS_SHARE: Final = 0.05
"""A greater share of a campaign that left at once must be confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """How many leads of a campaign a load missed: of so many, and whether they count as deleted."""

    campaign: str
    before: int
    gone: int
    confirmed: bool


def conclude_deletions(con: duckdb.DuckDBPyConnection, statuses: Mapping[str, str]) -> tuple[Departure, ...]:
    """Store which leads the load in `con` found deleted; `statuses` are the policy's own words for statuses."""
    if not con.execute("select exists (from ended)").fetchall()[0][0]:
        return ()
    put(con, "statuses", status_table(statuses))
    put(con, "mass", pl.DataFrame({"leads": [MASS_LEADS], "share": [MASS_SHARE]}))
    con.execute(store.statement("tombstones.sql"))
    told = con.execute(
        "select c.name, d.before, d.gone, d.confirmed from departures d join load l using (snapshot) "
        "join campaigns c on c.campaign = d.campaign and c.until_snapshot is null order by c.name"
    ).fetchall()
    return tuple(
        Departure(campaign=name, before=before, gone=gone, confirmed=sure) for name, before, gone, sure in told
    )


def deletions(con: duckdb.DuckDBPyConnection, snapshot: int) -> pl.DataFrame:
    """Return what `snapshot` knows of the leads that were deleted up to then, one row each; the workspace is `ws` in `con`.

    Columns: tombstone, membership, snapshot (that missed it), number, campaign_id, campaign, source, lead_id, email,
    linkedin_url, last_seen, missed (UTC), state (`DeletionState`).
    """
    frame: pl.DataFrame = con.sql(store.statement("deleted.sql"), params={"snapshot": snapshot}).pl()
    return frame


def list_deletions(path: Path, *, lock_timeout: float = 10.0) -> pl.DataFrame:
    """Return what the newest snapshot knows of the leads that were deleted; columns as `deletions`."""
    with duckdb.connect() as con:
        store.attach(con, path, lock_timeout=lock_timeout)
        newest = con.execute("select coalesce(max(id), 0) from ws.snapshots").fetchall()[0][0]
        return deletions(con, newest)


def confirm_deletions(path: Path, campaign: str, *, lock_timeout: float = 10.0) -> int:
    """Let the leads that left a campaign (by name or id) at once count as deleted; return how many these are.

    Raises UsageError when nothing of that campaign waits for it, and for a name that two such campaigns share.
    """
    told = list_deletions(path, lock_timeout=lock_timeout).filter(pl.col("state") == DeletionState.TO_CONFIRM)
    found = told.filter(pl.col("campaign_id") == campaign)
    found = found if found.height else told.filter(pl.col("campaign") == campaign)
    numbers = found["number"].unique().to_list()
    if len(numbers) != 1:
        raise UsageError(_not_one(campaign, told, found))
    with store.writing(path, lock_timeout=lock_timeout) as con:
        con.execute("update departures set confirmed = true where campaign = ?", numbers)
    return found.height


def _not_one(campaign: str, told: pl.DataFrame, found: pl.DataFrame) -> str:
    """Say why the campaign cannot be confirmed."""
    if found.height:
        return f"Several campaigns called {campaign} lost many leads at once. Name the one that you mean by its id."
    waiting = ", ".join(told["campaign"].unique().sort()) or "none does"
    return f"No deleted leads of a campaign {campaign} wait to be confirmed. Name one of those that do: {waiting}."


def lift_deletions(path: Path, values: Sequence[str], *, lock_timeout: float = 10.0) -> int:
    """Take back the deletion of every lead that `values` (emails, LinkedIn profiles, `_id`s) name; return how many there were."""
    keys = [key for value in values for key in _keys(value)]
    store.require(path)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        put(con, "named", pl.DataFrame({"key": keys}, schema={"key": pl.String}))
        lifted = con.execute(
            "update tombstones set lifted_at = ? where lifted_at is null and membership in ("
            "select membership from membership_identifiers semi join named using (key) "
            "union select membership from memberships where lead_id in (select key from named))",
            [datetime.now(UTC).replace(tzinfo=None)],
        ).fetchall()
        return int(lifted[0][0])


def _keys(value: str) -> list[str]:
    """Return what a value may name: addresses, a profile, a lead by its `_id`."""
    email, profile = parse_email(value).address, parse_linkedin(value).key
    return [value.strip(), *(email.split(";") if email else ()), *([profile] if profile else ())]
