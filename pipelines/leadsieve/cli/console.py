"""What the commands print: results on standard output, progress and messages on standard error."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer

from leadsieve.cli import stopping
from leadsieve.errors import OutputError
from leadsieve.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console

_UNWRAPPED = 10_000  # a width that no table reaches: what is piped keeps its lines whole


def say(text: str | bytes, *, newline: bool = True) -> None:
    """Print a result; a reader who has gone (`| head`) ends nothing that was already done. Raises OutputError where nothing can be printed."""
    try:
        typer.echo(text, nl=newline)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise unprinted(error) from error


def unprinted(error: OSError) -> OutputError:
    """Return what to say of a standard output that takes nothing, such as a file on a full disk."""
    return OutputError(
        f"Standard output cannot be written: {error.strerror}. Send it elsewhere; what the command wrote to files stands."
    )


def tell(message: str) -> None:
    """Print on standard error; where that is full or gone, the exit status says it all the same."""
    with suppress(OSError):
        typer.echo(message, err=True)


def warn(sentence: str) -> None:
    """Print on standard error what a person should know although the work is done."""
    tell(f"Warning: {sentence}")


@contextmanager
def out() -> Iterator["Console"]:
    """Yield the console for results: as wide as the terminal, or plain unwrapped text for a file or pipe."""
    from rich.console import Console

    if sys.stdout and sys.stdout.isatty():
        yield Console(markup=False, emoji=False, highlight=False)
        return
    text = io.StringIO()
    yield Console(file=text, width=_UNWRAPPED, markup=False, emoji=False, highlight=False, no_color=True)
    say("\n".join(line.rstrip() for line in text.getvalue().splitlines()))


@contextmanager
def progress() -> Iterator[Progress]:
    """Show on a terminal's standard error which step is at work and for how long; elsewhere nothing.

    Raises KeyboardInterrupt when a step begins after the command was told to stop.
    """
    if not sys.stderr or not sys.stderr.isatty():
        yield lambda _step: stopping.stop_if_asked()
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def show(step: str, /) -> None:
            stopping.stop_if_asked()
            bar.update(task, description=step)

        yield show


def survive_any_encoding() -> None:
    """Let a terminal that cannot show a character show `?` instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
