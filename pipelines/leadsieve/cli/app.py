"""All commands, and what the shell sees of an error."""

import atexit
import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from leadsieve.cli import (
    campaigns,
    console,
    deleted,
    explain,
    imported,
    inspect,
    main_job,
    report,
    settings,
    simple_jobs,
    stopping,
    suppress,
    validate,
)
from leadsieve.errors import LeadsieveError

if TYPE_CHECKING:
    from traceback import FrameSummary

_NO_HELP = {"help": False}
"""Typer hands a --help that nobody gave to Pydantic, whose import takes as long as all else before a help page."""

app = typer.Typer(
    name="leadsieve",
    help="Make raw lead lists safe to import into an outreach tool.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={
        "default_map": {**_NO_HELP, **dict.fromkeys(("snapshot", "suppress", "deleted", "limits"), _NO_HELP)}
    },
)
app.command("run")(main_job.run)
app.command("imported")(imported.imported)
app.add_typer(campaigns.app, name="snapshot")
app.add_typer(suppress.app, name="suppress")
app.add_typer(deleted.app, name="deleted")
app.command("why")(explain.why)
app.command("compare")(main_job.compare)
app.command("split")(simple_jobs.split)
app.command("clean")(simple_jobs.clean)
app.command("inspect")(inspect.inspect)
app.command("report")(report.report)
app.command("validate")(validate.validate)
app.command("limits")(settings.limits)
app.command("init")(settings.init)
app.command("demo")(main_job.demo)

_USAGE, _BUG = 2, 3
_PACKAGE = Path(__file__).parents[1]
_SELDOM = 500_000
"""How many more objects make Python look for cycles: by its own 700 it does so hundreds of times while libraries load, which make 150,000."""


def _print_version(*, wanted: bool) -> None:
    if wanted:
        console.say(f"leadsieve {_version()}")
        raise typer.Exit


@app.callback()
def _leadsieve(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda value: _print_version(wanted=value),
            help="Print the version and stop.",
        ),
    ] = False,
) -> None:
    """Make raw lead lists safe to import into an outreach tool."""


def main(arguments: Sequence[str] | None) -> NoReturn:
    """Run a command and end with its exit status; without `arguments` the process's own, and then the process itself."""
    console.survive_any_encoding()
    if arguments is not None:
        sys.exit(_status(arguments))
    gc.set_threshold(_SELDOM)
    # NumPy brings a library for linear algebra, which nobody here asks for and whose threads take a twentieth of a second to start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _end(_status(None))


def _end(status: int) -> NoReturn:
    """End the process as Python does, but leave its memory to the system: to free every object of the libraries takes a fifth of a second."""
    stopping.listen_no_more()
    atexit._run_exitfuncs()  # what is to be tidied up
    for stream in filter(None, (sys.stdout, sys.stderr)):  # a shell may have closed them
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(status)


def _status(arguments: Sequence[str] | None) -> int:
    try:
        status = app(args=arguments, prog_name="leadsieve", standalone_mode=False) or 0
    except (typer.Abort, KeyboardInterrupt):
        return stopping.tell()
    except Exception as error:  # noqa: BLE001 -- whatever went wrong, its text may hold a person's data
        return stopping.tell() if stopping.asked() else _told(error)
    # Typer itself turns Ctrl-C into this status.
    return stopping.tell() if status == stopping.STOPPED else status


def _told(error: Exception) -> int:
    match error:
        case LeadsieveError():
            return _fail(f"Error: {error}", error.exit_status)
        case typer.TyperException():
            return _fail(_misused(error), _USAGE)
        # Outside of the commands only help is printed.
        case OSError() if Path(_ours(error)[-1].filename) == Path(__file__):
            return _told(console.unprinted(error))
        case _:
            return _fail(_bug(error), _BUG)


def _fail(message: str, status: int) -> int:
    console.tell(message)
    return status


def _misused(error: typer.TyperException) -> str:
    """Return what was wrong with the command in one line; a command that needs more is answered with its help."""
    message, context = error.format_message(), getattr(error, "ctx", None)
    if context is None or message == context.get_help():
        return message
    return f"Error: {message.strip().replace(chr(10), ' ').rstrip('.')}. See `{context.command_path} --help`."


def _bug(error: Exception) -> str:
    """Return what to report of an error that nobody foresaw: its kind and place, not its text."""
    last = _ours(error)[-1]
    where = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
    return f"Error: leadsieve {_version()} met a bug ({where}). Please report it with the command that you ran."


def _ours(error: Exception) -> "list[FrameSummary]":
    import traceback

    return [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(_PACKAGE)]


def _version() -> str:
    from importlib.metadata import version

    return version("leadsieve")
