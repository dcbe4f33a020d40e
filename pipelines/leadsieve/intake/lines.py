"""Physical lines of a file, whatever ends them (LF, CRLF or CR), decoded and counted on the raw bytes."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from leadsieve.errors import InputError

BLOCK_BYTES = 1024 * 1024
MAX_LINE_BYTES = 8 * 1024 * 1024
OTHER_ENCODING = "other_encoding"
UNDECODABLE = "undecodable"
_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTE_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)?")
# Encodings with units of several bytes, and the unit's type.
_WIDE = {
    name: np.dtype(kind)
    for name, kind in {"utf-16-le": "<u2", "utf-16-be": ">u2", "utf-32-le": "<u4", "utf-32-be": ">u4"}.items()
}
_LF, _CR = 10, 13


class Line(NamedTuple):
    """One physical line without its end; `note` says what decoding had to do to it (empty when nothing)."""

    text: str
    end: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """An encoding and, for lines that it does not fit, the one to fall back on (none: such lines are undecodable)."""

    encoding: str
    fallback: str | None = None


@dataclass(slots=True)
class LineCount:
    """The lines of a file, counted on its raw bytes while they are read."""

    lines: int = 0


def lines_of(
    stream: BinaryIO, coding: Coding, *, file: str, count: LineCount | None = None, block_bytes: int = BLOCK_BYTES
) -> Iterator[Line]:
    """Yield the lines of a seekable stream without its byte order mark; U+2028, VT and FF end no line.

    Raises InputError for a line longer than 8 MiB: no list has one, and it would not stay within memory.
    """
    first = True
    for block in _blocks(stream, coding.encoding, file, block_bytes):
        if count is not None:
            count.lines += _ends(block, coding.encoding)
        for text, note in _decoded(block, coding):
            yield from _split(text.lstrip("\ufeff") if first else text, note)
            first = False


def _blocks(stream: BinaryIO, encoding: str, file: str, block_bytes: int) -> Iterator[bytes]:
    """Yield the stream's bytes in blocks that end where a line ends."""
    stream.seek(0)
    rest = b""
    while block := stream.read(block_bytes):
        buffer = rest + block
        cut = _last_end(buffer, encoding)
        rest = buffer[cut:]
        if cut:
            yield buffer[:cut]
        if len(rest) > MAX_LINE_BYTES:
            message = f"{file} has a line of more than 8 MiB, which no lead list has. Check that it is a table of text."
            raise InputError(message)
    if rest:
        yield rest


def _last_end(buffer: bytes, encoding: str) -> int:
    """Return where the last whole line of a buffer ends; a CR at its very end may be half of a CRLF."""
    if encoding not in _WIDE:
        return max(buffer.rfind(b"\n"), buffer.rfind(b"\r", 0, -1)) + 1
    units = _units(buffer, encoding)
    ends = np.flatnonzero((units == _LF) | (units == _CR))
    if len(ends) and ends[-1] == len(units) - 1 and units[-1] == _CR:
        ends = ends[:-1]
    return (int(ends[-1]) + 1) * units.itemsize if len(ends) else 0


def _units(data: bytes, encoding: str) -> npt.NDArray[np.unsignedinteger]:
    """Return the whole units of a wide encoding."""
    kind = _WIDE[encoding]
    return np.frombuffer(data, kind, len(data) // kind.itemsize)


def _ends(block: bytes, encoding: str) -> int:
    """Return how many lines a block of whole lines has, from its bytes alone."""
    if encoding in _WIDE:
        return _wide_ends(block, encoding)
    ends = block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
    return ends + (not block.endswith((b"\n", b"\r")))


def _wide_ends(block: bytes, encoding: str) -> int:
    units = _units(block, encoding)
    feeds, carriages = units == _LF, units == _CR
    ends = np.count_nonzero(feeds) + np.count_nonzero(carriages) - np.count_nonzero(carriages[:-1] & feeds[1:])
    is_whole = len(units) * units.itemsize == len(block) and bool(feeds[-1] or carriages[-1])
    return int(ends) + (not is_whole)


def _decoded(block: bytes, coding: Coding) -> Iterator[tuple[str, str]]:
    try:
        yield _decode(block, coding.encoding), ""
    except UnicodeDecodeError:
        if coding.encoding in _WIDE:
            yield from _wide_with_holes(block, coding.encoding)
        else:
            for line in _BYTE_LINE.findall(block):
                yield _decoded_line(line, coding)


def _decoded_line(line: bytes, coding: Coding) -> tuple[str, str]:
    try:
        return _decode(line, coding.encoding), ""
    except UnicodeDecodeError:
        pass
    if coding.fallback is None:
        return line.decode(coding.encoding, errors="replace"), UNDECODABLE
    return line.decode(coding.fallback, errors="replace"), OTHER_ENCODING


def _wide_with_holes(block: bytes, encoding: str) -> Iterator[tuple[str, str]]:
    text = block.decode(encoding, errors="replace")
    for line in re.findall(r"[^\r\n]*(?:\r\n|\n|\r)?", text):
        yield line, UNDECODABLE if "\ufffd" in line else ""


def _decode(data: bytes, encoding: str) -> str:
    return codecs.decode(data, encoding)


def _split(text: str, note: str) -> Iterator[Line]:
    if "\r" not in text:
        *ended, rest = text.split("\n")
        yield from (Line(line, "\n", note) for line in ended)
        if rest:
            yield Line(rest, "", note)
        return
    position = 0
    for match in _LINE_END.finditer(text):
        yield Line(text[position : match.start()], match.group(), note)
        position = match.end()
    if position < len(text):
        yield Line(text[position:], "", note)
