"""Spreadsheets: XLSX, XLS and ODS, opened in a child process."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from leadsieve.errors import InputError
from leadsieve.intake import sheet_worker
from leadsieve.intake.archive import MAX_ENTRIES, MAX_RATIO, UNSUSPECTED_BYTES, ZIP, head_of
from leadsieve.intake.records import Record
from leadsieve.intake.source import Opened
from leadsieve.scratch import scratch

WALL_SECONDS = 120
MAX_UNPACKED_BYTES = 2 * 1024**3
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_spreadsheet(opened: Opened) -> bool:
    """Return whether the file is a spreadsheet by its bytes, whatever it is called."""
    return head_of(opened).startswith((OLE, ZIP))


def sheet_records(opened: Opened, *, file: str, sheet: str | int | None) -> tuple[str, list[Record]]:
    """Return the name of a sheet and its rows as records, `line` being the row's number in the sheet.

    Raises InputError for a bomb, a sheet that is not there, and whatever the reader cannot open.
    """
    if head_of(opened).startswith(ZIP):
        _check_parts(opened, file)
    with scratch() as folder:
        out = folder / "sheet.arrow"
        _run(opened, out, file=file, sheet="" if sheet is None else str(sheet))
        with pa.OSFile(str(out), "rb") as source:
            table = pa.ipc.open_file(source).read_all()
    return table.schema.metadata[b"sheet"].decode(), list(_records(table))


def _check_parts(opened: Opened, file: str) -> None:
    try:
        with zipfile.ZipFile(opened.stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        message = f"{file} is a damaged spreadsheet. Open it and save it again, best as CSV (UTF-8)."
        raise InputError(message) from error
    size = sum(entry.file_size for entry in entries)
    packed = opened.stream.seek(0, 2)
    bound = min(MAX_UNPACKED_BYTES, max(UNSUSPECTED_BYTES, MAX_RATIO * packed))
    if len(entries) > MAX_ENTRIES or size > bound:
        message = (
            f"{file} unpacks to far more than a spreadsheet does, as a bomb would. Save it as CSV (UTF-8) instead."
        )
        raise InputError(message)


def _run(opened: Opened, out: Path, *, file: str, sheet: str) -> None:
    command = [sys.executable, "-I", sheet_worker.__file__, str(opened.path.resolve()), sheet, str(out)]
    environment = {**os.environ, "MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own script, no shell
            command, env=environment, capture_output=True, timeout=WALL_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        message = f"{file} takes longer than {WALL_SECONDS} s to open. Save it as CSV (UTF-8) and use that."
        raise InputError(message) from error
    if done.returncode == sheet_worker.EXIT_TOLD:
        # The last line is ours; the reader may have printed before.
        told = done.stderr.decode(errors="replace").splitlines()[-1]
        message = f"{file} cannot be read as asked. {told} Name another with --sheet."
        raise InputError(message)
    if done.returncode or not out.exists():
        message = (
            f"{file} cannot be opened as a spreadsheet: it is damaged, encrypted or too large. Save it as CSV (UTF-8)."
        )
        raise InputError(message)


def _records(table: pa.Table) -> Iterator[Record]:
    number = 0
    for batch in table.to_batches():
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True) if columns else ():
            number += 1
            cells = [cell or "" for cell in row]
            yield Record(number, 1, cells, "\t".join(cells), "")
