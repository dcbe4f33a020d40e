"""A second opinion on a CSV file from its raw bytes alone: whether its quotes are sound, how many lines it has."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

_CHUNK = 256 * 1024
# Quotes are checked many at a time: each check costs a dozen calls, however few they are.
_QUOTES_AT_ONCE = 20_000
_LF, _CR, _QUOTE = 10, 13, 34
_BOM = b"\xef\xbb\xbf"
_Bytes = npt.NDArray[np.uint8]
_Mask = npt.NDArray[np.bool_]
_Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCount:
    """Lines of a file by its bytes, and whether its quotes and line ends are those of plain CSV."""

    lines: int
    sound: bool


def count_raw(stream: BinaryIO, delimiter: str) -> RawCount:
    """Count the lines of a UTF-8 file; `sound` is false for a stray or open quote and for a lone CR.

    The last line counts whether or not a line end closes it.
    """
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        if _has_lone_cr(mapped):
            return RawCount(lines=0, sound=False)
        data = np.frombuffer(mapped, np.uint8)
        try:
            return _counted(data, ord(delimiter))
        finally:
            del data


def _has_lone_cr(mapped: mmap.mmap) -> bool:
    if mapped.find(b"\r") < 0:
        return False
    mapped.seek(0)
    last = b""
    while block := mapped.read(_CHUNK):
        joined = last + block
        last = block[-1:]
        if joined.count(b"\r", 0, len(joined) - 1) != joined.count(b"\r\n"):
            return True
    return last == b"\r"


def _counted(data: _Bytes, delimiter: int) -> RawCount:
    lines = checked = 0
    pending: list[_Positions] = []
    mask = np.empty(_CHUNK, dtype=np.bool_)
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        pending.append(np.flatnonzero(np.equal(chunk, _QUOTE, out=mask[: len(chunk)])) + start)
        lines += int(np.count_nonzero(np.equal(chunk, _LF, out=mask[: len(chunk)])))
        if sum(map(len, pending)) > _QUOTES_AT_ONCE or start + _CHUNK >= len(data):
            quotes = np.concatenate(pending)
            if not _quotes_are_sound(data, quotes, checked, delimiter):
                return RawCount(lines=0, sound=False)
            checked += len(quotes)
            pending = []
    return RawCount(lines=lines + int(data[-1] != _LF), sound=checked % 2 == 0)


def _quotes_are_sound(data: _Bytes, quotes: _Positions, before: int, delimiter: int) -> bool:
    """Let a quote open only where a cell starts and close only where one ends; doubled ones do neither."""
    opens, closes = quotes[before % 2 :: 2], quotes[1 - before % 2 :: 2]
    left = data[np.maximum(opens - 1, 0)]
    right = data[np.minimum(closes + 1, len(data) - 1)]
    first = len(_BOM) if data[:3].tobytes() == _BOM else 0
    opened = (left == delimiter) | (left == _LF) | (left == _QUOTE) | (opens == first)
    closed = (right == delimiter) | (right == _LF) | (right == _CR) | (right == _QUOTE)
    return bool(opened.all() and closed.all())


def _chunks(stream: BinaryIO) -> Iterator[tuple[_Bytes, _Positions, int]]:
    """Yield a file in chunks, each with the positions of its quotes and 1 when it starts within quotes."""
    quotes = 0
    stream.seek(0)
    while block := stream.read(_CHUNK):
        chunk = np.frombuffer(block, np.uint8)
        found = np.flatnonzero(chunk == _QUOTE)
        yield chunk, found, quotes % 2
        quotes += len(found)


def count_delimiters(stream: BinaryIO, delimiter: str) -> int:
    """Count the delimiters outside quotes of a file whose quotes are sound."""
    total = 0
    for chunk, quotes, within in _chunks(stream):
        sums = np.add.reduceat(chunk == ord(delimiter), np.concatenate(([0], quotes)), dtype=np.int64)
        total += int(sums[within::2].sum())
    return total


def records_with_inner_line_ends(stream: BinaryIO) -> _Positions:
    """Return, for each line end within quotes, the record that has it (0: the header), in order.

    Only for a file whose quotes are sound.
    """
    found, records = [], 0
    for chunk, quotes, within in _chunks(stream):
        ends = np.flatnonzero(chunk == _LF)
        inner = (np.searchsorted(quotes, ends) + within) % 2 == 1
        found.append((records + np.cumsum(~inner))[inner])
        records += int(np.count_nonzero(~inner))
    return np.concatenate(found)
