"""The target of a run: the campaign that it prepares an import for, and its parts `NAME #2` and on."""

import difflib
import re
from dataclasses import dataclass

import duckdb

from leadsieve.errors import UsageError, WorkspaceError


@dataclass(frozen=True, slots=True)
class Target:
    """The campaign's name, the workspace's numbers for it and its parts.

    `members` has the members of every campaign by name; `names` the name of every campaign by its name and by its id.
    """

    name: str
    campaigns: tuple[int, ...]
    members: dict[str, int]
    names: dict[str, str]


def choose_snapshot(con: duckdb.DuckDBPyConnection, wanted: int | None) -> dict[str, object] | None:
    """Return the snapshot to decide by, the newest unless another is wanted: id, taken_at, sha256, loaded.

    `loaded` has every campaign that is not archived, with the time that it is known as of.

    Raises WorkspaceError when the workspace has none (a job in the wrong folder must stop) or not the wanted one.
    """
    rows = {
        number: (taken_at, digest)
        for number, taken_at, digest in con.execute("select id, taken_at, sha256 from ws.snapshots").fetchall()
    }
    if not rows:
        msg = "The workspace has no snapshot. Load the campaign exports with `leadsieve snapshot load`, or say --no-workspace."
        raise WorkspaceError(msg)
    if wanted is not None and wanted not in rows:
        msg = f"The workspace has no snapshot {wanted}; it has {min(rows)} to {max(rows)}. `leadsieve snapshot list` shows them."
        raise WorkspaceError(msg)
    number = max(rows) if wanted is None else wanted
    taken_at, digest = rows[number]
    loaded = con.execute(
        "select name, as_of from ws.campaigns where not archived and from_snapshot <= $1 "
        "and (until_snapshot is null or until_snapshot > $1) order by name, as_of",
        [number],
    ).fetchall()
    return {"id": number, "taken_at": taken_at, "sha256": digest, "loaded": loaded}


def find_target(con: duckdb.DuckDBPyConnection, campaign: str, *, snapshot: int, new: bool) -> Target:
    """Return the target, by name or by lemlist's id.

    Raises UsageError for a campaign that the snapshot does not know (naming the nearest) unless it is `new`, and for a
    name that two campaigns share.
    """
    rows = con.execute(
        "select c.campaign, c.id, c.name, count(m.membership) from ws.campaigns c left join ws.stored_memberships m "
        "on m.campaign = c.campaign and m.from_snapshot <= $1 and (m.until_snapshot is null or m.until_snapshot > $1) "
        "where c.from_snapshot <= $1 and (c.until_snapshot is null or c.until_snapshot > $1) group by all order by c.campaign",
        [snapshot],
    ).fetchall()
    name = _name(campaign, {row[0]: (row[1], row[2]) for row in rows}, new=new)
    part = re.compile(re.escape(name) + r"( #([2-9]|[1-9]\d+))?")
    members: dict[str, int] = {}
    for _, _, called, count in rows:
        members[called] = members.get(called, 0) + count
    names = {row[1]: row[2] for row in rows if row[1]} | {row[2]: row[2] for row in rows}
    return Target(name, tuple(row[0] for row in rows if part.fullmatch(row[2])), members, names)


def _name(campaign: str, known: dict[int, tuple[str | None, str]], *, new: bool) -> str:
    by_id = [name for number, name in known.values() if number == campaign]
    by_name = [number for number, name in known.values() if name == campaign]
    if by_id:
        return by_id[0]
    if len(by_name) > 1:
        msg = f"The snapshot has {len(by_name)} campaigns called {campaign}. Name the right one by its id: {', '.join(str(n) for n in by_name)}."
        raise UsageError(msg)
    if not by_name and not new:
        near = difflib.get_close_matches(campaign, [name for _, name in known.values()], n=1, cutoff=0)
        hint = f" The nearest is {near[0]}." if near else " It has no campaigns."
        msg = f"The snapshot has no campaign called {campaign}.{hint} Name it rightly, or say --new-campaign if it does not exist yet."
        raise UsageError(msg)
    return campaign
