"""Files packed as gzip, zstd or a zip of one file, unpacked within bounds. Names within archives are never used as paths."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO, cast

import pyarrow as pa

from leadsieve.errors import InputError
from leadsieve.intake.source import BLOCK_BYTES, Opened, spooled

MAX_UNPACKED_BYTES = 4 * 1024**3
# Contents that are so many times the size of their archive are a bomb; real lists shrink 5 to 20 times.
UNSUSPECTED_BYTES = 16 * 1024**2
MAX_RATIO = 200
MAX_ENTRIES = 2000
GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_SPREADSHEET_PARTS = ("[Content_Types].xml", "content.xml")
# What the libraries raise for broken, truncated, encrypted or unsupported archives.
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, pa.ArrowException, NotImplementedError, RuntimeError)


def unpacked(stack: ExitStack, opened: Opened, *, file: str) -> tuple[Opened, str]:
    """Return the file unpacked and how it was packed (empty: it was not); spreadsheets, zips themselves, stay as they are.

    Raises InputError for a bomb, an archive within an archive, a zip of several files, and whatever cannot be unpacked.
    """
    kind = _kind(opened)
    if not kind:
        return opened, ""
    size = opened.stream.seek(0, 2)
    opened.stream.seek(0)
    try:
        inner = spooled(stack, _bounded(_CONTENTS[kind](stack, opened, file), size, file))
    except InputError:
        raise
    except _BROKEN as error:
        message = (
            f"{file} cannot be unpacked: it is damaged, encrypted or cut short. Unpack it yourself, or export it again."
        )
        raise InputError(message) from error
    if _kind(inner):
        message = f"{file} holds an archive within an archive. Unpack it and name the file inside."
        raise InputError(message)
    return inner, kind


def head_of(opened: Opened, size: int = 8) -> bytes:
    """Return the first bytes of a file."""
    opened.stream.seek(0)
    head = opened.stream.read(size)
    opened.stream.seek(0)
    return head


def _kind(opened: Opened) -> str:
    head = head_of(opened)
    if head.startswith(GZIP):
        return "gzip"
    if head.startswith(ZSTD):
        return "zstd"
    if not head.startswith(ZIP) or _is_spreadsheet(opened):
        return ""
    return "zip"


def _is_spreadsheet(opened: Opened) -> bool:
    try:
        with zipfile.ZipFile(opened.stream) as archive:
            names = archive.namelist()
    except _BROKEN:
        return False
    finally:
        opened.stream.seek(0)
    return any(name in _SPREADSHEET_PARTS for name in names)


def _bounded(blocks: Iterator[bytes], packed: int, file: str) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > MAX_UNPACKED_BYTES or size > max(UNSUSPECTED_BYTES, MAX_RATIO * packed):
            message = (
                f"{file} unpacks to more than {MAX_RATIO} times its size, as an archive bomb does. Unpack it yourself."
            )
            raise InputError(message)
        yield block


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        yield block


def _gzip(stack: ExitStack, opened: Opened, file: str) -> Iterator[bytes]:  # noqa: ARG001 - one signature for all kinds
    return _blocks(cast("BinaryIO", stack.enter_context(gzip.GzipFile(fileobj=opened.stream))))


def _zstd(stack: ExitStack, opened: Opened, file: str) -> Iterator[bytes]:  # noqa: ARG001 - one signature for all kinds
    return _blocks(cast("BinaryIO", stack.enter_context(pa.CompressedInputStream(pa.OSFile(str(opened.path)), "zstd"))))


def _zip(stack: ExitStack, opened: Opened, file: str) -> Iterator[bytes]:
    archive = stack.enter_context(zipfile.ZipFile(opened.stream))
    entries = [e for e in archive.infolist() if not e.is_dir() and not _is_clutter(e.filename)]
    if len(entries) != 1:
        message = f"{file} holds {len(entries)} files, not one. Unpack it and name the list inside."
        raise InputError(message)
    return _blocks(cast("BinaryIO", stack.enter_context(archive.open(entries[0]))))


def _is_clutter(name: str) -> bool:
    return name.startswith(_CLUTTER) or name.endswith(_CLUTTER)


_CONTENTS = {"gzip": _gzip, "zstd": _zstd, "zip": _zip}
