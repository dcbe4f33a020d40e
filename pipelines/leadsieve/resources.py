"""How much of the machine a job may use: memory and threads, as DuckDB and Polars are told."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadsieve.errors import UsageError

_MB: Final = 1_000_000
_UNITS: Final = {"mb": _MB, "gb": 1000 * _MB, "mib": 2**20, "gib": 2**30}
USUAL: Final = 3000 * _MB
"""Bytes that a job uses where nobody says otherwise, and the machine has twice as much."""
LEAST: Final = 500 * _MB
_PROGRAM: Final = 1400 * _MB
"""Bytes of the program itself, of a part of the list in several shapes at once, and of arrays over the rows; the rest is DuckDB's."""
_CGROUP: Final = Path("/sys/fs/cgroup/memory.max")  # a container's own limit


@dataclass(frozen=True, slots=True)
class Resources:
    """Bytes of memory and number of threads (0: as many as the machine has cores)."""

    memory: int
    threads: int

    def engine(self) -> dict[str, str]:
        """Return DuckDB's settings: it spills to disk what does not fit."""
        left = max(self.memory - _PROGRAM, self.memory // 2)
        told = {"memory_limit": f"{left // _MB}MB"}
        return {**told, "threads": str(self.threads)} if self.threads else told


def resources(memory: str, threads: int) -> Resources:
    """Return what the settings `memory` (such as `2GB`; empty: the usual) and `threads` allow.

    Raises UsageError for a memory that is no size, or too little for any list.
    """
    return Resources(_bytes(memory) if memory else min(USUAL, _of_machine() // 2), threads)


def tell_polars(threads: int) -> None:
    """Let Polars use so many threads (0: all); it can be told before it is loaded only."""
    if threads and "polars" not in sys.modules:
        os.environ["POLARS_MAX_THREADS"] = str(threads)


def _bytes(size: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]i?b)", size.strip().lower())
    if not found or found[2] not in _UNITS:
        msg = f"{size} is no amount of memory. Write for example 2GB or 800MB."
        raise UsageError(msg)
    told = int(float(found[1]) * _UNITS[found[2]])
    if told < LEAST:
        msg = f"{size} of memory is too little for any list. Give at least {LEAST // _MB}MB."
        raise UsageError(msg)
    return told


def _of_machine() -> int:
    """Return the bytes of memory that the machine has, or the container that it is run in."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _CGROUP.read_text("ascii").strip() if _CGROUP.is_file() else "max"
    return min(whole, int(limit)) if limit.isdigit() else whole
