"""A snapshot as a folder of CSV files, and back: what is loaded from it is, byte for byte, what was exported."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from leadsieve.database import put
from leadsieve.errors import InputError, WorkspaceError
from leadsieve.names import slugify
from leadsieve.publishing import MANIFEST, sha256, staged, to_json, write_csv
from leadsieve.workspace import store

CAMPAIGNS: Final = "campaigns.csv"
_KIND: Final = "snapshot"
_FORMAT: Final = 1
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S%.f"
_OF_CAMPAIGN: Final = ("id", "name", "owner", "status", "archived", "as_of")
_OF_LEAD: Final = {
    "campaign": "told",
    "_id": "lead_id",
    "email": "email",
    "linkedinUrl": "linkedin_url",
    "linkedinUrlSalesNav": "linkedin_url_sales_nav",
    "status": "status",
    "isPaused": "is_paused",
    "lastState": "last_state",
    "source": "source",
    "imported": "imported",
}
"""The columns that every lead has, and what the workspace calls them; `fields` follows where they are no plain cells."""
_FLAGS: Final = ("is_paused", "imported")
_FIELDS: Final = "fields"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds: its time, its campaigns (id, name, owner, status, archived, as_of) and their leads.

    `leads` has the columns of a staged load, keys aside; `sha256` is that of the manifest.
    """

    folder: str
    sha256: str
    taken_at: datetime
    campaigns: pl.DataFrame
    leads: pl.DataFrame

    @property
    def cells(self) -> pl.DataFrame:
        """The leads' cells that identify them, by lemlist's names."""
        return self.leads.select(pl.col(name).alias(column) for column, name in _OF_LEAD.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote: the snapshot, its campaigns and leads."""

    snapshot: int
    campaigns: int
    leads: int


def export_snapshot(
    path: Path, out: Path, *, snapshot: int | None = None, force: bool = False, lock_timeout: float = 10.0
) -> Exported:
    """Write a snapshot (the newest unless another is named) to the folder `out`, all at once and readable by its owner only.

    `campaigns.csv` has the campaigns, `leads/` one file a campaign (more where its leads have different columns).
    Raises UsageError for a folder that exists (without `force`), WorkspaceError for a snapshot that there is not.
    """
    with store.reading(path, lock_timeout=lock_timeout) as con:
        number, taken_at = _chosen(con, path, snapshot)
        put(con, "backed_up", pl.DataFrame({"snapshot": [number]}))
        campaigns = con.sql(_CAMPAIGNS).pl()
        leads = con.sql(store.statement("backup.sql")).pl()
    with staged(out, force=force) as staging:
        write_csv(
            campaigns.select(*_OF_CAMPAIGN).with_columns(pl.col("as_of").dt.strftime(_MOMENT)), staging / CAMPAIGNS
        )
        files = [_write_leads(staging, *part) for part in _parts(campaigns, leads)]
        told = {"file": CAMPAIGNS, "sha256": sha256(staging / CAMPAIGNS), "rows": campaigns.height}
        manifest = {
            "leadsieve": version("leadsieve"),
            "kind": _KIND,
            "format": _FORMAT,
            "taken_at": taken_at.isoformat(),
            "files": [told, *files],
        }
        (staging / MANIFEST).write_text(to_json(manifest), "utf-8")
    return Exported(snapshot=number, campaigns=campaigns.height, leads=leads.height)


_CAMPAIGNS = """
select campaign, id, name, owner, status, archived, as_of
from campaigns, backed_up g
where from_snapshot <= g.snapshot and (until_snapshot is null or until_snapshot > g.snapshot)
order by name, id
"""


def _chosen(con: duckdb.DuckDBPyConnection, path: Path, wanted: int | None) -> tuple[int, datetime]:
    found = con.execute(
        "select id, taken_at from snapshots where id = coalesce($1, (select max(id) from snapshots))", [wanted]
    ).fetchall()
    if not found:
        what = "no snapshot" if wanted is None else f"no snapshot {wanted}"
        msg = f"The workspace {path} has {what}. `leadsieve snapshot list` shows those that it has."
        raise WorkspaceError(msg)
    number, taken_at = found[0]
    return number, taken_at


def _parts(campaigns: pl.DataFrame, leads: pl.DataFrame) -> Iterator[tuple[int, str, pl.DataFrame]]:
    """Yield the leads that share a file, with their campaign's place: those of one campaign with the same fields."""
    for place, (number, name) in enumerate(campaigns.select("campaign", "name").iter_rows(), 1):
        of_campaign = leads.filter(pl.col("campaign") == number)
        shapes = sorted(of_campaign["names"].unique().to_list())
        for part, names in enumerate(shapes, 1):
            told = f"-{part}" if len(shapes) > 1 else ""
            same = of_campaign.filter(pl.col("names") == pl.lit(names, pl.List(pl.String)))
            yield place, f"leads/{place:03}-{slugify(name)}{told}.csv", same


def _write_leads(staging: Path, place: int, name: str, leads: pl.DataFrame) -> dict[str, Any]:
    """Write leads with the same fields as one CSV file; return what the manifest says of it."""
    own = leads.select(pl.col("told").alias("campaign"), *list(_OF_LEAD)[1:])
    cells = _unpacked(leads)
    columns = None if cells is None else _columns(own, cells)
    if cells is None or columns is None:
        table = own.with_columns(leads[_FIELDS])
    else:
        fresh = [cells[key].alias(column) for key, column in columns.items() if column not in own.columns]
        table = own.with_columns(fresh)
    write_csv(table if leads["imported"].any() else table.drop("imported"), staging / name)
    told = {"file": name, "sha256": sha256(staging / name), "rows": leads.height, "campaign": place}
    return {**told, "fields": columns if columns is None else list(columns.items())}


def _unpacked(leads: pl.DataFrame) -> pl.DataFrame | None:
    """Return the leads' fields as columns of text; nothing where they would not become the same fields again."""
    names = leads["names"][0].to_list()
    if not leads["of_texts"].all() or len(set(names)) < len(names) or "" in names:
        return None
    cells = leads.select(pl.col(_FIELDS).str.json_decode(pl.Struct(dict.fromkeys(names, pl.String)))) if names else None
    table = pl.DataFrame() if cells is None else cells.unnest(_FIELDS)
    packed = table.select(_packed({name: name for name in names})).to_series() if names else pl.Series(["{}"])
    return table if (packed == leads[_FIELDS]).all() else None


def _packed(columns: Mapping[str, str]) -> pl.Expr:
    """Return the columns as one JSON object, as a load makes it: name in the object to column."""
    if not columns:
        return pl.lit("{}").alias(_FIELDS)
    return pl.struct(pl.col(column).alias(name) for name, column in columns.items()).struct.json_encode().alias(_FIELDS)


def _columns(own: pl.DataFrame, cells: pl.DataFrame) -> dict[str, str]:
    """Return the column of every field: its name, with `_` behind it where another has that; the lead's own where it is the same."""
    columns: dict[str, str] = {}
    taken = {*own.columns, _FIELDS}
    for name in cells.columns:
        column = name
        same = name in own.columns and own.schema[name] == pl.String and cells[name].equals(own[name], null_equal=True)
        while column in taken and not (same and column == name):
            column += "_"
        taken.add(column)
        columns[name] = column
    return columns


def is_backup(path: Path) -> bool:
    """Tell a folder from a file; only a backup is loaded as a folder."""
    return path.is_dir()


def read_backup(folder: Path) -> Backup:
    """Return what `export_snapshot` wrote to a folder.

    Raises InputError for another folder, and for one in which a file was changed: what it holds would be no backup.
    """
    manifest = _manifest(folder)
    for told in manifest["files"]:
        _refuse_changed(folder, told)
    campaigns = _read_csv(folder / CAMPAIGNS).select(
        pl.col("archived") == "true" if name == "archived" else _moments(name) if name == "as_of" else pl.col(name)
        for name in _OF_CAMPAIGN
    )
    parts = [_leads(folder, told) for told in manifest["files"][1:]]
    return Backup(
        folder=str(folder),
        sha256=sha256(folder / MANIFEST),
        taken_at=datetime.fromisoformat(manifest["taken_at"]),
        campaigns=campaigns,
        leads=pl.concat([pl.DataFrame(schema=_STAGED), *parts]),
    )


_STAGED: Final = {
    **{name: pl.Boolean if name in _FLAGS else pl.String for name in _OF_LEAD.values()},
    _FIELDS: pl.String,
}


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        manifest = {}
    if not isinstance(manifest, dict) or manifest.get("kind") != _KIND:
        msg = f"{folder} is a folder, but no backup that `leadsieve snapshot export` wrote. Name the exports in it, such as {folder}/*.csv."
        raise InputError(msg)
    if manifest["format"] > _FORMAT:
        msg = f"The backup {folder} was written by a newer leadsieve ({manifest['leadsieve']}). Update leadsieve."
        raise InputError(msg)
    return manifest


def _refuse_changed(folder: Path, told: Mapping[str, Any]) -> None:
    file = folder / str(told["file"])
    if not file.is_file() or sha256(file) != told["sha256"]:
        msg = f"{file} is not as the backup's manifest says: it was changed or is missing. Load the other files as exports, or take another backup."
        raise InputError(msg)


def _read_csv(file: Path) -> pl.DataFrame:
    """Return a file of ours as text, cell for cell: an empty cell is null, a quoted empty one a blank text."""
    return pl.read_csv(file, infer_schema=False)


def _moments(name: str) -> pl.Expr:
    return pl.col(name).str.to_datetime(_MOMENT, time_unit="us")


def _leads(folder: Path, told: Mapping[str, Any]) -> pl.DataFrame:
    """Return the leads of one file in the workspace's own columns."""
    table = _read_csv(folder / str(told["file"]))
    if told["fields"] is not None:
        table = table.with_columns(_packed(dict(told["fields"])))
    if "imported" not in table.columns:
        table = table.with_columns(imported=pl.lit("false"))
    own = [pl.col(column).alias(name) for column, name in _OF_LEAD.items()]
    return table.select(*own, _FIELDS).with_columns(pl.col(_FLAGS) == "true")
