"""Folders for what does not fit into memory or must not be seen: gone with their block, after a kill with the next start."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from leadsieve.holding import held, is_fresh, is_held

_PREFIX = "leadsieve-scratch-"


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder beside other temporary files, readable by its owner only; remove it and what killed processes left."""
    _tidy(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name, held(Path(name)):
        yield Path(name)


def _tidy(place: Path) -> None:
    for left in place.glob(f"{_PREFIX}????????/"):
        # Another process may remove it at the same time.
        with suppress(OSError):
            if left.lstat().st_uid == os.getuid() and not is_fresh(left) and not is_held(left):
                shutil.rmtree(left, ignore_errors=True)
