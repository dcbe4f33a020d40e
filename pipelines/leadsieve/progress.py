"""Who wants to know which step a run is at, and what to watch out for."""

import warnings
from typing import Protocol


class Progress(Protocol):
    """Takes note that a step begins, and how far a long one is."""

    def __call__(self, step: str, /) -> None:
        """Take note of `step`, or of what is done of it."""


class Warn(Protocol):
    """Is told what a person should know although the work is done."""

    def __call__(self, sentence: str, /) -> None:
        """Tell the person."""


def as_python_warning(sentence: str, /) -> None:
    """Tell it as a warning of the line that called us."""
    warnings.warn(sentence, stacklevel=3)


def so_far(progress: Progress, step: str, done: int, total: int) -> None:
    """Tell how many rows of a step that takes a while are done."""
    progress(f"{step}: {done:,} of {total:,} rows")


def silent(_step: str, /) -> None:
    """Tell nobody."""
