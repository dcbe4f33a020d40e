"""Ctrl-C, a scheduler's SIGTERM, a terminal that is closed: the command stops, tidies up and says so in one sentence, whatever it is at.

Python tells of them by a KeyboardInterrupt, wherever the main thread stands. A library may make another error of it, and where Python
frees an object it prints it and goes on; so it is kept here that one came.
"""

import contextlib
import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

STOPPED: Final = 130
SENTENCE: Final = "Stopped; nothing half written is left."
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_THE_SAME = 1.0  # seconds in which a program around us may pass on what the terminal told us too

_came_at: float | None = None


def listen() -> None:
    """Let them stop this process, which must be the command's own; what `nohup` or a shell told it to ignore it ignores."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    sys.unraisablehook = _tell_what_is_no_stop


def listen_no_more() -> None:
    """Let the process end: what was to be done is done."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def asked() -> bool:
    """Tell whether one of them came: whatever was raised since is their doing."""
    return _came_at is not None


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt where the one that was raised got lost."""
    if asked():
        raise KeyboardInterrupt


def tell() -> int:
    """Say that the command was stopped, and return its exit status."""
    if sys.stderr:
        with contextlib.suppress(OSError):  # nobody may read it any more
            sys.stderr.write(f"{SENTENCE}\n")
            sys.stderr.flush()
    return STOPPED


def _stop(_number: int, _frame: FrameType | None) -> None:
    global _came_at
    now = time.monotonic()
    if _came_at is not None and now - _came_at < _THE_SAME:
        return
    _came_at = now
    raise KeyboardInterrupt


def _tell_what_is_no_stop(lost: "UnraisableHookArgs") -> None:
    if not asked():
        sys.__unraisablehook__(lost)
