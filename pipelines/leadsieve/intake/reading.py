"""Read any file that holds a table."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import polars as pl

from leadsieve.errors import InputError
from leadsieve.intake.archive import head_of, unpacked
from leadsieve.intake.encoding import known_encoding
from leadsieve.intake.layout import HEAD_RECORDS, find_layout
from leadsieve.intake.mapping import guess_mapping, own_columns_left_out
from leadsieve.intake.model import Digest, Guess, Guessed, Read, ReadOptions
from leadsieve.intake.sheets import is_spreadsheet, sheet_records
from leadsieve.intake.source import Opened, digest_of, opened
from leadsieve.intake.structured import is_parquet, read_json, read_parquet
from leadsieve.intake.table import Pieces, unique_names
from leadsieve.intake.text import Reading, build, check, header_of, read_text
from leadsieve.spool import Room

_DEFAULTS = ReadOptions()
_SURE = Guessed(value="", confidence=1.0)
_DATABASE = "a database. Export the list from it as CSV"
# What people send instead of a list, by its first bytes.
_NO_LISTS = {
    b"%pdf": "a PDF. Ask for the list as CSV or XLSX",
    b"<html": "a web page. Open it in a spreadsheet and save it as CSV (UTF-8)",
    b"<!doctype": "a web page. Open it in a spreadsheet and save it as CSV (UTF-8)",
    b"<table": "a web page. Open it in a spreadsheet and save it as CSV (UTF-8)",
    b"<?xml": "an XML document. Open it in a spreadsheet and save it as CSV (UTF-8)",
    b"{\\rtf": "a text document. Save the list in it as CSV (UTF-8)",
    b"\x89png": "a picture. Ask for the list as CSV or XLSX",
    b"\xff\xd8\xff": "a picture. Ask for the list as CSV or XLSX",
    b"\x7felf": "a program. Name the list",
    b"mz\x90\0": "a program. Name the list",
    b"sqlite format 3": _DATABASE,
    b"begin:vcard": "a file of contact cards. Export the contacts as CSV instead",
}
_SNIFFED_BYTES = 64 * 1024
_MOST_CONTROL = 0.02
_NO_CONTROL = bytes(b for b in range(256) if b >= 32 or b in b"\0\t\n\v\f\r\x1f")


def read(source: str | Path, *, options: ReadOptions = _DEFAULTS, stdin: BinaryIO | None = None) -> Read:
    """Read one file, whatever it is about: every record is in the table or rejected, every other line in `ignored`.

    Raises InputError when it cannot be opened, is empty, is no table, or cannot be read for the most part; UsageError for
    an encoding that does not exist.
    """
    file = str(source)
    if options.encoding:
        known_encoding(options.encoding)
    with ExitStack() as stack, opened(source, file=file, stdin=stdin) as raw:
        digest = digest_of(raw, source, file=file)
        inner, packing = unpacked(stack, raw, file=file)
        kind, reading = _read(inner, file, options)
    if reading.layout and reading.layout.header:
        reading = replace(reading, pieces=_without_nameless_end(reading.pieces))
    found = _found(file, reading, _guess(f"{kind} in {packing}" if packing else kind, reading), digest)
    mapping = guess_mapping(found, overrides=options.mapping)
    return replace(found, guess=replace(found.guess, mapping=mapping))


def _without_nameless_end(pieces: Pieces) -> Pieces:
    """Return the table without columns at its end that have neither a name nor content, as trailing delimiters make."""
    nameless = {new for old, new in pieces.renamed if not old.strip()}
    gone: list[str] = []
    for name in reversed(pieces.table.columns[1:]):
        if (
            name not in nameless
            or not pieces.table.height
            or pieces.table.scan().select((pl.col(name) != "").any()).collect().item()
        ):
            break
        gone.append(name)
    renamed = tuple(pair for pair in pieces.renamed if pair[1] not in gone)
    return replace(pieces, table=pieces.table.without(gone), renamed=renamed) if gone else pieces


def _found(file: str, reading: Reading, guess: Guess, digest: Digest) -> Read:
    pieces = reading.pieces
    return Read(
        file=file,
        records=pieces.table,
        places=pieces.lines,
        rejected=pieces.rejected,
        ignored=pieces.ignored,
        warnings=pieces.warnings,
        guess=guess,
        digest=digest,
    )


def _read(inner: Opened, file: str, options: ReadOptions) -> tuple[str, Reading]:
    _refuse_what_is_no_list(inner, file)
    room = Room(options.memory)
    if is_parquet(inner):
        return "Parquet", _told(read_parquet(inner, file=file, room=room))
    if is_spreadsheet(inner):
        name, reading = _read_sheet(inner, file, options)
        return f"spreadsheet, sheet '{name}'", reading
    pieces = read_json(inner, file=file)
    if pieces is not None:
        return "JSON", _told(pieces)
    return "text", read_text(inner, file=file, encoding=options.encoding, room=room)


def _refuse_what_is_no_list(inner: Opened, file: str) -> None:
    head = head_of(inner, _SNIFFED_BYTES)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower()
    if not start.strip(b"\0"):
        message = f"{file} is empty. Export the list again, or name another file."
        raise InputError(message)
    what = next((words for magic, words in _NO_LISTS.items() if start.startswith(magic)), None)
    if head[8:].startswith(b"DUCK"):  # DuckDB's begins with a checksum
        what = _DATABASE
    if what:
        message = f"{file} is {what}."
        raise InputError(message)
    if _is_binary(head) and not (is_parquet(inner) or is_spreadsheet(inner)):
        message = f"{file} is no table of text. Export the list as CSV or XLSX."
        raise InputError(message)


def _is_binary(head: bytes) -> bool:
    """Return whether a file has more control characters than any text; UTF-16 tells itself by its mark or its zeros."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > len(head) / 5:
        return False
    return len(head.translate(None, _NO_CONTROL)) > _MOST_CONTROL * len(head)


def _read_sheet(inner: Opened, file: str, options: ReadOptions) -> tuple[str, Reading]:
    name, records = sheet_records(inner, file=file, sheet=options.sheet)
    layout = find_layout(records[:HEAD_RECORDS], file=file)
    builder = build(records, layout, skipped=layout.preamble)
    check(builder, file, lines=len(records))
    pieces = builder.pieces(unique_names(header_of(layout))[1])
    return name, Reading(pieces=pieces, encoding=_SURE, delimiter=_SURE, layout=layout, dialect=None)


def _told(pieces: Pieces) -> Reading:
    """Return the reading of a file that says itself what its columns are."""
    return Reading(pieces=pieces, encoding=_SURE, delimiter=_SURE, layout=None, dialect=None)


def _notes(pieces: Pieces, *, has_header: bool) -> tuple[str, ...]:
    notes = [_renaming(old, new) for old, new in pieces.renamed] if has_header else []
    if own_columns_left_out(pieces.table.columns) != pieces.table.columns:
        notes.append("Its last five columns are those of leadsieve's own failed.csv; they are left out.")
    return tuple(notes)


def _renaming(old: str, new: str) -> str:
    return (
        f"The column '{old}' stands twice; the second is called '{new}'."
        if old.strip()
        else f"A column without a name is called '{new}'."
    )


def _guess(kind: str, reading: Reading) -> Guess:
    layout = reading.layout
    has_header = layout is None or layout.header is not None
    return Guess(
        format=Guessed(value=kind, confidence=1.0),
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        header=layout.guessed_header if layout else Guessed(value="present", confidence=1.0),
        preamble=layout.guessed_preamble if layout else Guessed(value="0 lines", confidence=1.0),
        mapping=(),
        dialect=reading.dialect,
        has_header=has_header,
        renamed_columns=reading.pieces.renamed,
        notes=_notes(reading.pieces, has_header=has_header),
    )
