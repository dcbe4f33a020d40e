"""The memberships of a load arrive in the workspace, part by part: what its campaigns had already stays as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
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
from leadsieve.workspace.storing import States

_SAMPLE: Final = 1_000
"""So many leads of a file tell whose it is: an honest file shares none of its `_id`s with another campaign."""

_SAMPLES: Final = 100_000
"""So many in all, however many campaigns a load brings."""

_AT_ONCE: Final = 2
"""So many parts are inserted together: DuckDB takes a thread for each."""

_SAMPLED: Final = ("file", "told", "position", "lead_id")
_NOTHING: Final = Part(
    pl.DataFrame(schema={**EXPORT, "position": pl.Int64, "file": pl.Int32}),
    pl.DataFrame(schema={"key": pl.String, "role": pl.Boolean, "position": pl.Int64}),
)


def allow(con: duckdb.DuckDBPyConnection, allowed: Resources, folder: Path) -> None:
    """Let a load use what is allowed of the machine, and `folder` for what does not fit."""
    con.execute(f"set temp_directory = {quoted(folder / 'spilled')}")
    for setting, value in allowed.engine().items():
        con.execute(f"set {setting} = '{value}'")
    con.execute("set preserve_insertion_order = false")


@dataclass(frozen=True, slots=True)
class _Arriving:
    """Parts on their way: their memberships as they are stored, what else identifies them, their leads counted, the first leads of their files."""

    rows: pa.Table
    further: pa.Table
    counted: pl.DataFrame
    first: pl.DataFrame


def arrive(con: duckdb.DuckDBPyConnection, staged: Staging, brought: pl.DataFrame, *, words: int) -> None:
    """Insert what is new of a load, which the temporary table `load` numbers; `brought` says which campaign each of its words means.

    `words` counts them file by file. Leaves temporary tables: `living` and `stayed` (living.sql), `arrived` (one row a part, file and
    word: file, told, first and last position, leads, unidentified: those without a key), `sampled` (of each file and word the first leads
    with an `_id`: file, told, position, lead_id).
    """
    con.execute(store.statement("living.sql"))
    states = States(con)
    campaigns = dict(brought.select("told", "campaign").iter_rows())
    each = min(_SAMPLE, _SAMPLES // max(words, 1) + 1)
    counted, sampled = [_counted(_NOTHING)], _NOTHING.rows.select(_SAMPLED)
    for part in ahead(_arriving(staged.parts(), states, campaigns, each)):  # neither engine keeps all cores busy
        _insert(con, part)
        counted.append(part.counted)
        sampled = _first(pl.concat([sampled, part.first]), each)
    states.add_to(con)
    put(con, "arrived", pl.concat(counted))
    put(con, "sampled", sampled)


def _arriving(parts: Iterator[Part], states: States, campaigns: Mapping[str, int], each: int) -> Iterator[_Arriving]:
    """Yield some parts at a time, with their campaigns' numbers, as they are stored."""
    while some := list(islice(parts, _AT_ONCE)):
        numbers = pl.col("told").replace_strict(campaigns, return_dtype=pl.Int32)
        rows = [states.stored(part.rows.with_columns(campaign=numbers)).drop("told", "file") for part in some]
        yield _Arriving(
            rows=pa.concat_tables(map(_arrow, rows)),
            further=_arrow(pl.concat(part.further for part in some)),
            counted=pl.concat(map(_counted, some)),
            first=compact(_first(pl.concat(part.rows.select(_SAMPLED) for part in some), each)),
        )


def _insert(con: duckdb.DuckDBPyConnection, part: _Arriving) -> None:
    """Insert what is new.

    DuckDB finds `part_rows` and `part_further` among the variables: views of them it would keep, with the rows, until the transaction ends.
    """
    part_rows, part_further = part.rows, part.further  # noqa: F841 -- arrive.sql reads them
    con.execute(store.statement("arrive.sql"))


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """Return the same without copying its texts."""
    return frame.to_arrow(compat_level=pl.CompatLevel.newest())


def _counted(part: Part) -> pl.DataFrame:
    """Return which leads of each campaign a part has, and how many of them without a key."""
    keyless = pl.col("email_key").is_null() & pl.col("linkedin_key").is_null()
    if part.further.height:
        keyless &= ~pl.col("position").is_in(part.further["position"].implode())
    return (
        part.rows.select("file", "told", "position", keyless=keyless)
        .group_by("file", "told")
        .agg(
            first=pl.col("position").min(),
            last=pl.col("position").max(),
            leads=pl.len().cast(pl.Int64),
            unidentified=pl.col("keyless").sum().cast(pl.Int64),
        )
    )


def _first(rows: pl.DataFrame, each: int) -> pl.DataFrame:
    """Return the first leads with an `_id` of every campaign in every file."""
    return rows.drop_nulls("lead_id").group_by("file", "told", maintain_order=True).head(each)
