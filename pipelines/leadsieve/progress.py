"""Who wants to know which step a run is at."""

from typing import Protocol


class Progress(Protocol):
    """Takes note that a step begins."""

    def __call__(self, step: str, /) -> None:
        """Take note that `step` begins."""


def silent(_step: str, /) -> None:
    """Tell nobody."""
