"""The memberships of a load arrive in the workspace, part by part: what its campaigns had already stays as it is."""

from pathlib import Path
from typing import Final

import duckdb
import polars as pl
import pyarrow as pa

from leadsieve.database import put, quoted
from leadsieve.resources import Resources
from leadsieve.spool import ahead, compact
from leadsieve.workspace import store
from leadsieve.workspace.staging import EXPORT, Part, Staging

_SAMPLE: Final = 1_000
"""So many leads of a file tell whose it is: an honest file shares none of its `_id`s with another campaign."""

_SAMPLES: Final = 100_000
"""So many in all, however many campaigns a load brings."""

_STAYED: Final = "select position from stayed where position between ? and ?"
_SAMPLED: Final = ("file", "told", "position", "lead_id")
_NOTHING: Final = Part(
    rows=pl.DataFrame(schema={**EXPORT, "position": pl.Int64, "file": pl.Int32}),
    keys=pl.DataFrame(schema={"key": pl.String, "role": pl.Boolean, "position": pl.Int64}),
)


def allow(con: duckdb.DuckDBPyConnection, allowed: Resources, folder: Path) -> None:
    """Let a load use what is allowed of the machine, and `folder` for what does not fit."""
    con.execute(f"set temp_directory = {quoted(folder / 'spilled')}")
    for setting, value in allowed.engine().items():
        con.execute(f"set {setting} = '{value}'")
    con.execute("set preserve_insertion_order = false")


def arrive(con: duckdb.DuckDBPyConnection, staged: Staging, brought: pl.DataFrame, *, words: int) -> None:
    """Insert what is new of a load, which the temporary table `load` numbers; `brought` says which campaign each of its words means.

    `words` counts them file by file. Leaves temporary tables: `living` and `stayed` (living.sql), `arrived` (one row a part, file and
    word: file, told, first and last position, leads, unidentified: those without a key), `sampled` (of each file and word the first leads
    with an `_id`: file, told, position, lead_id).
    """
    con.execute(store.statement("living.sql"))
    campaigns = dict(brought.select("told", "campaign").iter_rows())
    each = min(_SAMPLE, _SAMPLES // max(words, 1) + 1)
    counted, sampled = [_counted(_NOTHING)], _NOTHING.rows.select(_SAMPLED)
    for part in ahead(staged.parts()):  # neither engine keeps all cores busy
        _insert(con, part, campaigns)
        counted.append(_counted(part))
        sampled = compact(_first(pl.concat([sampled, _first(part.rows.select(_SAMPLED), each)]), each))
    put(con, "arrived", pl.concat(counted))
    put(con, "sampled", sampled)


def _insert(con: duckdb.DuckDBPyConnection, part: Part, campaigns: dict[str, int]) -> None:
    """Insert what is new of a part.

    DuckDB finds `part_rows` and `numbered` among the variables: views of them it would keep, with the part, until the transaction ends.
    """
    numbers = pl.col("told").replace_strict(campaigns, return_dtype=pl.Int32)
    part_rows = _arrow(part.rows.with_columns(campaign=numbers))  # noqa: F841 -- arrive.sql reads it
    con.execute(store.statement("arrive.sql"))
    stayed: pl.DataFrame = con.sql(_STAYED, params=[part.rows["position"].min(), part.rows["position"].max()]).pl()
    before = con.execute("select before from numbering").fetchall()[0][0]
    new = part.keys.join(stayed, on="position", how="anti") if stayed.height else part.keys
    numbered = _arrow(new.select("key", "role", membership=pl.col("position") + before))  # noqa: F841 -- identify.sql reads it
    con.execute(store.statement("identify.sql"))


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """Return the same without copying its texts."""
    return frame.to_arrow(compat_level=pl.CompatLevel.newest())


def _counted(part: Part) -> pl.DataFrame:
    """Return which leads of each campaign a part has, and how many of them without a key."""
    rows = part.rows.select("file", "told", "position")
    keyless = rows.join(part.keys, on="position", how="anti").select("position", blank=pl.lit(value=True))
    return (
        rows.join(keyless, on="position", how="left")
        .group_by("file", "told")
        .agg(
            first=pl.col("position").min(),
            last=pl.col("position").max(),
            leads=pl.len().cast(pl.Int64),
            unidentified=pl.col("blank").count().cast(pl.Int64),
        )
    )


def _first(rows: pl.DataFrame, each: int) -> pl.DataFrame:
    """Return the first leads with an `_id` of every campaign in every file."""
    return rows.drop_nulls("lead_id").group_by("file", "told", maintain_order=True).head(each)
