"""Where a file's bytes come from: a path, a glob or standard input."""

import glob
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from leadsieve.errors import InputError
from leadsieve.scratch import scratch

STANDARD_INPUT = "-"
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file ready to be read: a seekable stream and the path on disk of the same bytes, which may last only as long as the stream."""

    stream: BinaryIO
    path: Path
    lasts: bool = False


def expand(pattern: str) -> list[Path]:
    """Return the files that a path or glob names, in name order.

    Raises InputError when there are none.
    """
    path = Path(pattern)
    if path.exists() or path.is_symlink():
        return [path]
    # Path.glob refuses absolute patterns, which people type.
    found = sorted(Path(name) for name in glob.glob(pattern, recursive=True) if not Path(name).is_dir())  # noqa: PTH207
    if not found:
        message = f"There is no file {pattern}. Check the path."
        raise InputError(message)
    return found


@contextmanager
def opened(source: str | Path, *, file: str, stdin: BinaryIO | None) -> Iterator[Opened]:
    """Open a file read-only; standard input is kept in a temporary file meanwhile.

    Raises InputError when it is no regular file, cannot be opened, or changes while it is read.
    """
    with ExitStack() as stack:
        if str(source) == STANDARD_INPUT:
            yield spooled(stack, _blocks(_standard_input(stdin)))
            return
        path = Path(source)
        stream = stack.enter_context(_open_regular(path))
        before = _state(stream)
        yield Opened(stream=stream, path=path, lasts=True)
        _check_unchanged(stream, before, file)


def spooled(stack: ExitStack, blocks: Iterable[bytes]) -> Opened:
    """Keep blocks of bytes in a temporary file (its owner's only) that goes when the stack closes."""
    spool = stack.enter_context((stack.enter_context(scratch()) / "spool").open("w+b"))
    for block in blocks:
        spool.write(block)
    spool.flush()
    spool.seek(0)
    return Opened(stream=cast("BinaryIO", spool), path=Path(spool.name))


@dataclass(slots=True)
class FileDigest:
    """The SHA-256 of a file that has been read; a temporary file's is worked out at once, before it goes."""

    path: Path
    file: str
    state: tuple[int, int]
    _value: str = ""

    def value(self) -> str:
        """Return the hash; raises InputError when the file is no longer the one that was read."""
        if not self._value:
            with _open_regular(self.path) as stream:
                self._value = _sha256(stream)
                _check_unchanged(stream, self.state, self.file)
        return self._value


def unchanged(opened: Opened, file: str) -> Callable[[], None]:
    """Return what raises InputError when the opened file is no longer as it is now; it may be asked when the file is closed."""
    path, before = opened.path, _state(opened.stream)

    def check() -> None:
        with _open_regular(path) as stream:
            _check_unchanged(stream, before, file)

    return check


def digest_of(opened: Opened, source: str | Path, *, file: str) -> FileDigest:
    """Return the digest of an opened file."""
    digest = FileDigest(opened.path, file, _state(opened.stream))
    if str(source) == STANDARD_INPUT:
        digest.value()
    return digest


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    for block in _blocks(stream):
        digest.update(block)
    return digest.hexdigest()


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        yield block


def _state(stream: BinaryIO) -> tuple[int, int]:
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns


def _check_unchanged(stream: BinaryIO, before: tuple[int, int], file: str) -> None:
    if _state(stream) != before:
        message = f"{file} changed while it was read. Wait until it is complete, then run again."
        raise InputError(message)


def _standard_input(stdin: BinaryIO | None) -> BinaryIO:
    if stdin is None:
        message = "There is no standard input to read. Name a file, or pipe one in."
        raise InputError(message)
    return stdin


def _open_regular(path: Path) -> BinaryIO:
    """Open a path, which must be a regular file: a named pipe would wait for ever, a folder is none."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return path.open("rb")
    except (OSError, ValueError) as error:
        message = f"{path} cannot be opened ({getattr(error, 'strerror', None) or 'no valid path'}). Check the path and its permissions."
        raise InputError(message) from error
    if stat.S_ISDIR(mode):
        message = f"{path} is a folder. Name the files in it, such as {path}/*.csv."
        raise InputError(message)
    message = f"{path} is no regular file. Save it as a file first, or pipe it in as '-'."
    raise InputError(message)
