"""Parquet, JSON and JSON Lines: files that say themselves what their columns are."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pyarrow.parquet as pq

from leadsieve.errors import InputError
from leadsieve.intake.archive import head_of
from leadsieve.intake.model import Lines
from leadsieve.intake.source import Opened, unchanged
from leadsieve.intake.table import IGNORED_SCHEMA, REJECTED_SCHEMA, WARNINGS_SCHEMA, Pieces, unique_names, whole_pieces
from leadsieve.spool import PART_ROWS, Room, SourceSpool, Spool

PARQUET = b"PAR1"
MAX_CELLS = 200_000_000
MAX_JSON_BYTES = 256 * 1024**2
NOT_AN_OBJECT = "not_a_json_object"
_EXACT_FLOAT = 2.0**53


def is_parquet(opened: Opened) -> bool:
    """Return whether the file is Parquet by its bytes."""
    return head_of(opened).startswith(PARQUET)


def read_parquet(opened: Opened, *, file: str, room: Room) -> Pieces:
    """Read a Parquet file as text: whole numbers keep their digits, nested values become JSON.

    A long one that lasts is read where it lies, whenever its records are asked for; one that does not goes into the room.
    Raises InputError when it is damaged, when it changes before it is read, or when it has so many columns that a part of it is more than 200
    million cells.
    """
    path = opened.path
    with _told(file):
        groups = _row_groups(path)
        columns = pl.read_parquet_schema(path)
    names, renamed = unique_names(list(columns))
    cuts = _cuts(groups)
    if max(rows for _, rows in cuts) * len(names) > MAX_CELLS:
        message = f"{file} has {len(names):,} columns, too many to read. Split it."
        raise InputError(message)
    check = unchanged(opened, file) if opened.lasts else None
    by_name = dict(zip(names, columns, strict=True))

    def part(start: int, rows: int, wanted: Sequence[str]) -> pl.DataFrame:
        with _told(file):
            scan = pl.scan_parquet(path, glob=False).select(by_name[name] for name in wanted)
            read = scan.slice(start, rows).collect()
        if check:
            check()
        return _as_text(read.rename({by_name[name]: name for name in wanted}))

    if opened.lasts and len(cuts) > 1:
        return whole_pieces(SourceSpool(part, cuts, names), Lines(), renamed)
    table = Spool(room)
    for cut in cuts:
        table.append(part(*cut, names))
    return whole_pieces(table, Lines(), renamed)


@contextmanager
def _told(file: str) -> Iterator[None]:
    """Say in a sentence that a Parquet file is damaged."""
    try:
        yield
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        message = f"{file} is no readable Parquet file. Export it again."
        raise InputError(message) from error


def _row_groups(path: Path) -> list[int]:
    """Return how many rows each of a Parquet file's row groups has."""
    told = pq.read_metadata(path)
    return [told.row_group(place).num_rows for place in range(told.num_row_groups)]


def _cuts(groups: Sequence[int]) -> list[tuple[int, int]]:
    """Return where to cut a file, as first row and number of rows: between its row groups, of which a slice is read whole, where it can be."""
    cuts: list[tuple[int, int]] = []
    start = end = 0
    for rows in groups:
        if end + rows - start > PART_ROWS:
            cuts += _even(start, end)
            start = end
        end += rows
    return [*cuts, *_even(start, end)] or [(0, 0)]


def _even(start: int, end: int) -> Iterator[tuple[int, int]]:
    return ((first, min(PART_ROWS, end - first)) for first in range(start, end, PART_ROWS))


def _as_text(table: pl.DataFrame) -> pl.DataFrame:
    whole = cs.float().is_finite() & (cs.float().abs() < _EXACT_FLOAT) & (cs.float() == cs.float().round())
    digits = (
        pl.when(whole)
        .then(cs.float().cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(cs.float().cast(pl.String))
    )
    plain = table.with_columns(digits)
    odd = [name for name, kind in plain.schema.items() if kind.is_nested() or kind in (pl.Binary, pl.Object)]
    plain = plain.with_columns(
        pl.Series(name, [_cell(v) for v in plain[name].to_list()], dtype=pl.String) for name in odd
    )
    return plain.with_columns(pl.all().cast(pl.String).fill_null(""))


def read_json(opened: Opened, *, file: str) -> Pieces | None:
    """Read a JSON file (a list of objects, or an object that holds one) or JSON Lines; nothing when it is neither.

    A line of JSON Lines that is no object is rejected; numbers keep their digits, nested values stay JSON.
    """
    start = head_of(opened, 4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")):
        return None
    objects = _whole_document(opened.stream, file)
    if objects is not None:
        return _pieces(list(enumerate(objects, 1)), [], [])
    if start.startswith(b"{"):
        return _json_lines(opened.stream)
    return None


def _whole_document(stream: BinaryIO, file: str) -> list[dict[str, Any]] | None:
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > MAX_JSON_BYTES:
        if stream.read(1) == b"[":
            message = f"{file} is a JSON document of more than 256 MiB. Save it as JSON Lines, one object a line."
            raise InputError(message)
        return None
    try:
        document = _loads(stream.read())
    except (ValueError, RecursionError):
        return None
    return _list_of_objects(document)


def _list_of_objects(document: Any) -> list[dict[str, Any]] | None:
    if isinstance(document, dict):
        lists = [value for value in document.values() if _is_list_of_objects(value)]
        return lists[0] if len(lists) == 1 else [document]
    return document if _is_list_of_objects(document) else None


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _json_lines(stream: BinaryIO) -> Pieces | None:
    stream.seek(0)
    records: list[tuple[int, dict[str, Any]]] = []
    rejected: list[tuple[int, str, str]] = []
    ignored: list[tuple[int, str, str]] = []
    for number, line in enumerate(stream, 1):
        text = line.decode("utf-8-sig", errors="replace").rstrip("\r\n")
        value = _object(line)
        if value is not None:
            records.append((number, value))
        elif text.strip():
            rejected.append((number, NOT_AN_OBJECT, text))
        else:
            ignored.append((number, "blank", text))
    if len(records) <= len(rejected):
        return None
    return _pieces(records, rejected, ignored)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = _loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _loads(data: bytes) -> Any:
    return json.loads(data.removeprefix(b"\xef\xbb\xbf"), parse_int=str, parse_float=str)


def _pieces(records: list[tuple[int, dict[str, Any]]], rejected: list[Any], ignored: list[Any]) -> Pieces:
    lines, objects = zip(*records, strict=True) if records else ((), ())
    keys = list(dict.fromkeys(key for item in objects for key in item))
    names, renamed = unique_names(keys)
    columns = {name: [_cell(item.get(key)) for item in objects] for name, key in zip(names, keys, strict=True)}
    return Pieces(
        table=Spool.of(pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))),
        lines=Lines(told=pl.Series("line", lines, dtype=pl.Int64)),
        rejected=pl.DataFrame(rejected, schema=REJECTED_SCHEMA, orient="row"),
        ignored=pl.DataFrame(ignored, schema=IGNORED_SCHEMA, orient="row"),
        warnings=pl.DataFrame(schema=WARNINGS_SCHEMA),
        renamed=tuple(renamed),
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
