"""A folder that a process holds: the system lets go of it when the process is killed, so what nobody holds is a leftover."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FRESH = 60.0  # seconds in which a new folder may not be held yet


@contextmanager
def held(folder: Path) -> Iterator[int]:
    """Hold the folder and yield its descriptor; raises OSError at once when another process (or this one) holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        # Nothing was written through it: what closing complains of is not about the folder.
        with suppress(OSError):
            os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Tell whether a process holds the folder."""
    try:
        with held(folder):
            return False
    except OSError:
        return True


def is_fresh(folder: Path) -> bool:
    """Tell whether the folder is so new that its process may not hold it yet; raises OSError for one that is not there."""
    return time.time() - folder.lstat().st_mtime <= _FRESH
