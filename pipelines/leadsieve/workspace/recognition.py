"""Exports that were loaded before, that the browser renamed, or that are another campaign's: known before they do harm."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from leadsieve.database import put
from leadsieve.errors import InputError, WorkspaceError
from leadsieve.workspace import store

_COPY: Final = re.compile(r"(?i)( ?\(\d{1,2}\)|(?<=\S)( -)? (copy|kopie|copie)( \d{1,2})?)$")
"""What browsers and file managers put behind the name of a file that is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One file of a load: its hash, the campaigns that it names (its words for them).

    `stem` is its name where that alone says which campaign it is. `tells_states`: it has `_id`s or states of leads, as an export of a campaign does.
    """

    file: str
    sha256: str
    words: tuple[str, ...]
    stem: str | None
    tells_states: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A snapshot that holds the same exports: its number and time, and what they brought."""

    snapshot: int
    taken_at: datetime
    campaigns: int
    memberships: int
    no_identifier: int


def digest_of_load(exports: Sequence[Export], campaigns: str | None, *, complete: bool) -> str:
    """Return the SHA-256 of what a load brings: the same for the same files in any order.

    `campaigns` is the hash of the campaigns file.
    """
    told = [sorted((export.sha256, export.words) for export in exports), campaigns, complete]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def recognise(con: duckdb.DuckDBPyConnection, content: str) -> Known | None:
    """Return the snapshot that these exports (by their digest) are already, or nothing.

    Raises WorkspaceError when later loads brought campaigns of theirs: an old export must not undo what they said.
    """
    found = con.execute(
        "select id, taken_at, complete from snapshots where kind = 'load' and sha256 = ? order by id desc limit 1",
        [content],
    ).fetchall()
    if not found:
        return None
    snapshot, taken_at, complete = found[0]
    later = con.execute(
        "select max(id) from snapshots s where kind = 'load' and id > $1 and ($2 or s.complete or exists "
        "(from exports e semi join (from exports where snapshot = $1) using (campaign) where e.snapshot = s.id))",
        [snapshot, complete],
    ).fetchall()[0][0]
    if later:
        msg = (
            f"These exports are snapshot {snapshot} of {taken_at:%Y-%m-%d %H:%M} UTC already, and snapshot {later} is newer. "
            "Export the campaigns again, or say --taken-at if these are what they are like now."
        )
        raise WorkspaceError(msg)
    return Known(snapshot=snapshot, taken_at=taken_at, **_brought(con, snapshot))


def _brought(con: duckdb.DuckDBPyConnection, snapshot: int) -> dict[str, int]:
    """Return what a load brought, from the files that it recorded."""
    campaigns, memberships = con.execute(
        "select count(distinct campaign), coalesce(sum(memberships), 0)::bigint from exports where snapshot = ?",
        [snapshot],
    ).fetchall()[0]
    blank = con.execute(
        "select coalesce(sum(no_identifier), 0)::bigint from campaigns semi join (from exports where snapshot = $1) using (campaign) "
        "where from_snapshot <= $1 and (until_snapshot is null or until_snapshot > $1)",
        [snapshot],
    ).fetchall()[0][0]
    return {"campaigns": campaigns, "memberships": memberships, "no_identifier": blank}


def refuse_copies(con: duckdb.DuckDBPyConnection, exports: Sequence[Export], known: pl.DataFrame) -> None:
    """Raise InputError for a file that is called like a browser's second copy, unless a campaign is called so.

    `known` is the campaigns file: id and name of each.
    """
    current = con.execute("select id, name from campaigns where until_snapshot is null").fetchall()
    names = {word for pair in (*current, *known.select("id", "name").iter_rows()) for word in pair}
    for export in exports:
        if export.stem and export.stem not in names and _COPY.search(export.stem):
            meant = _COPY.sub("", export.stem)
            msg = (
                f"{export.file} is named like a second copy of {meant}. Rename it to its campaign's name; "
                f'if the campaign is really called so, say --campaign "{export.stem}" or list it in the file of --campaigns.'
            )
            raise InputError(msg)


def refuse_strangers(con: duckdb.DuckDBPyConnection, exports: Sequence[Export]) -> None:
    """Raise InputError for a file most of whose leads another campaign has, by `_id` and identifier, now that the load in `con` is merged.

    Looked at are the first leads of each file's campaigns.
    """
    found = con.execute(store.statement("recognition.sql")).fetchall()
    if not found:
        return
    place, name, other_place, other, leads, of_leads = found[0]
    file, share = exports[place].file, f"{leads:,} of {of_leads:,}, by their _id"
    if other_place == place:
        msg = f"{file} has the same leads in the campaigns {name} and {other} ({share}). Check its column `campaign`."
    elif other_place is not None:
        msg = f"{file} and {exports[other_place].file} bring the same leads ({share}). Leave one of them out, or export the right campaign."
    else:
        msg = (
            f"{file} brings leads that the campaign {other} has ({share}). Rename the file or say --campaign if it is that campaign's; "
            "if the campaign was renamed, give --campaigns a file with the ids."
        )
    raise InputError(msg)


def record_exports(con: duckdb.DuckDBPyConnection, exports: Sequence[Export]) -> None:
    """Store which file brought which campaign, now that the load in `con` is merged."""
    files = [
        {"place": place, "file": Path(export.file).name, "sha256": export.sha256, "told": word}
        for place, export in enumerate(exports)
        for word in export.words
    ]
    schema = {"place": pl.Int32, "file": pl.String, "sha256": pl.String, "told": pl.String}
    put(con, "export_files", pl.DataFrame(files, schema=schema))
    con.execute(
        "insert into exports select l.snapshot, b.campaign, f.file, f.sha256, "
        "(select coalesce(sum(a.leads), 0)::bigint from arrived a where a.file = f.place and a.told = f.told) "
        "from export_files f join brought b using (told), load l order by f.place, b.campaign"
    )
