"""A second opinion on a CSV file from its raw bytes alone: whether its quotes are sound, how many lines it has."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

# Small enough that a chunk is in the processor's cache while it is looked at, large enough that the calls do not show.
_CHUNK = 256 * 1024
_WORD = 8
_LF, _CR, _QUOTE = 10, 13, 34
_BOM = b"\xef\xbb\xbf"
_Bytes = npt.NDArray[np.uint8]
_Mask = npt.NDArray[np.bool_]
_Positions = npt.NDArray[np.int64]
_NOWHERE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCount:
    """Lines of a file by its bytes, and whether its quotes and line ends are those of plain CSV."""

    lines: int
    sound: bool


_UNSOUND = RawCount(lines=0, sound=False)


def count_raw(stream: BinaryIO, delimiter: str) -> RawCount:
    """Count the lines of a UTF-8 file; `sound` is false for a stray or open quote and for a lone CR.

    The last line counts whether or not a line end closes it. The stream's own position is not used: another thread may
    read the file meanwhile.
    """
    opens, closes = _only(ord(delimiter), _LF, _QUOTE), _only(ord(delimiter), _LF, _CR, _QUOTE)
    lines = quotes = 0
    last = _LF
    for buffer, size, mask in _windows(stream.fileno()):
        chunk = np.frombuffer(buffer, np.uint8, size, 1)
        lines += int(np.count_nonzero(np.equal(chunk, _LF, out=mask[:size])))
        around = np.frombuffer(buffer, np.uint8)
        if not (around[_found(buffer, chunk, _CR, mask) + 2] == _LF).all():
            return _UNSOUND
        found = _found(buffer, chunk, _QUOTE, mask)
        # A quote opens only where a cell starts and closes only where one ends; doubled ones do neither.
        if not opens[around[found[quotes % 2 :: 2]]].all() or not closes[around[found[1 - quotes % 2 :: 2] + 2]].all():
            return _UNSOUND
        quotes += len(found)
        last = buffer[size]
    if last == _CR:
        return _UNSOUND
    return RawCount(lines=lines + int(last != _LF), sound=quotes % 2 == 0)


def _windows(file: int) -> Iterator[tuple[bytearray, int, _Mask]]:
    """Yield a file without its byte order mark in one buffer, chunk by chunk from its second byte on, and the chunk's size.

    The bytes before and after the chunk stand around it, line ends at the file's own ends. The mask is there to be
    written over. Reading leaves the memory's map alone, on which Polars' threads depend meanwhile.
    """
    buffer, mask = bytearray(_CHUNK + 2), np.zeros(_CHUNK, np.bool_)
    view = memoryview(buffer)
    position = len(_BOM) if os.pread(file, len(_BOM), 0) == _BOM else 0
    buffer[0] = _LF
    read = os.preadv(file, [view[1:]], position)
    while read:
        size = min(read, _CHUNK)
        if read <= _CHUNK:
            buffer[read + 1] = _LF
        yield buffer, size, mask
        position += size
        buffer[0] = buffer[size]
        read = os.preadv(file, [view[1:]], position)


def _only(*values: int) -> _Mask:
    """Return a table that says of each byte whether it is one of these."""
    table = np.zeros(256, np.bool_)
    table[list(values)] = True
    return table


def _found(buffer: bytearray, chunk: _Bytes, value: int, mask: _Mask) -> _Positions:
    """Return where a byte stands in a chunk of the buffer; most chunks have none, which is cheap to see.

    Eight bytes are looked at together, and those that have one singly: several times faster than one by one.
    """
    if buffer.find(value, 1, len(chunk) + 1) < 0:
        return _NOWHERE
    np.equal(chunk, value, out=mask[: len(chunk)])
    mask[len(chunk) :] = False
    words = mask.view(np.uint64)
    having = np.flatnonzero(words != 0)
    within = np.flatnonzero(words[having].view(np.bool_))
    return having[within // _WORD] * _WORD + within % _WORD


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
