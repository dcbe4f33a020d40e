"""`report`: duplicate rates over one run or many."""

from collections.abc import Sequence
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

import leadsieve
from leadsieve import reporting
from leadsieve.cli import console, options
from leadsieve.errors import InputError, UsageError
from leadsieve.words import ReportBy, ReportFormat

if TYPE_CHECKING:
    import polars as pl

    from leadsieve.reporting import Period, Runs, Told

_SUFFIXES: Final = {
    ".csv": ReportFormat.CSV,
    ".parquet": ReportFormat.PARQUET,
    ".md": ReportFormat.MARKDOWN,
    ".html": ReportFormat.HTML,
}


def report(
    outs: Annotated[
        list[str] | None, typer.Argument(metavar="OUT...", help="The folders of runs, or globs.", show_default=False)
    ] = None,
    *,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", metavar="FILE", help="The runs that this workspace has recorded, instead of OUT."),
    ] = None,
    period: Annotated[
        list[str] | None,
        typer.Option(
            "--period",
            metavar="FROM..TO|run|day|week|month",
            help="Only runs of these days (UTC; 2026-01-01..2026-03-31, 2026-03, 2026-03..), or a line for each run, day, week or month. May be given twice, for both.",
        ),
    ] = None,
    by: Annotated[ReportBy, typer.Option("--by", help="What to add up by.")] = ReportBy.SOURCE,
    written_as: Annotated[
        ReportFormat | None,
        typer.Option("--format", help="How to write. [default: text, or what --out's name ends in]"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The file to write: .csv, .parquet, .md or .html.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="Whose prices to use. [default: those of the newest run]"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    lock_timeout: options.LockTimeout = None,
) -> None:
    """Show the duplicate rates of every source over one run or many, beside their counts; no person is named."""
    from leadsieve.simple_jobs import publish_file, refuse_file

    chosen = _format(written_as, out)
    if out:
        refuse_file(out, force=force)
    days, per = reporting.periods(period or ())
    with console.progress() as progress:
        progress("Counting")
        runs = _runs(outs or [], workspace, days, lock_timeout)
        prices, currency = _prices(runs, policy)
        rates = reporting.duplicate_rates(runs, by=by, per=per, prices=prices)
        told = reporting.tell(runs, by=by, per=per, prices=prices, currency=currency)
    if out:
        publish_file(out, lambda place: _write(rates, told, chosen, place), force=force)
        console.say(f"Written to {out}.")
    else:
        _show(rates, told, chosen)


def _format(asked: ReportFormat | None, out: Path | None) -> ReportFormat:
    """Return how to write; raises UsageError for what cannot be: a file without a known ending, Parquet on a screen."""
    if out is None:
        if asked is ReportFormat.PARQUET:
            msg = "Parquet is not for a screen. Name the file to write with --out."
            raise UsageError(msg)
        return asked or ReportFormat.TEXT
    found = asked or _SUFFIXES.get(out.suffix.lower())
    if found in (None, ReportFormat.TEXT):
        msg = f"The format of {out} is not known by its name. Name a file that ends in {', '.join(_SUFFIXES)}, or say --format."
        raise UsageError(msg)
    return found


def _runs(outs: Sequence[str], workspace: Path | None, days: "Period", lock_timeout: float | None) -> "Runs":
    if bool(outs) == bool(workspace):
        msg = "Name either the folders of runs, or a workspace with --workspace whose recorded runs are meant."
        raise UsageError(msg)
    if workspace:
        return reporting.recorded_runs(options.workspace_of(workspace, lock_timeout), period=days)
    return reporting.published_runs(_folders(outs), period=days)


def _folders(outs: Sequence[str]) -> list[Path]:
    """Return the folders that paths and globs name, in name order within a glob."""
    found: list[Path] = []
    for out in outs:
        matches = [out] if Path(out).exists() else sorted(glob(out))  # noqa: PTH207 -- a Path knows no glob that may be absolute
        if not matches:
            msg = f"There is no folder {out}. Name the folders that `leadsieve run` wrote."
            raise InputError(msg)
        found += map(Path, matches)
    return found


def _prices(runs: "Runs", policy: Path | None) -> tuple[dict[str, float], str]:
    """Return what sources cost: by the policy that is named, else by that of the newest run; records hold no policy."""
    if policy or runs.recorded:
        told = leadsieve.load_policy(policy)
        return dict(told.prices), told.currency
    return dict(runs.prices), runs.currency


def _write(rates: "pl.DataFrame", told: "Told", written_as: ReportFormat, place: Path) -> None:
    from leadsieve.formulas import guarded
    from leadsieve.publishing import write_csv
    from leadsieve.spool import write_parquet

    if written_as is ReportFormat.CSV:
        write_csv(guarded(rates), place)
    elif written_as is ReportFormat.PARQUET:
        write_parquet(rates, place)
    else:
        place.write_text(_text(told, written_as), "utf-8")


def _text(told: "Told", written_as: ReportFormat) -> str:
    return reporting.markdown(told) if written_as is ReportFormat.MARKDOWN else reporting.over_runs_page(told)


def _show(rates: "pl.DataFrame", told: "Told", written_as: ReportFormat) -> None:
    if written_as is ReportFormat.TEXT:
        with console.out() as screen:
            reporting.print_told(told, screen)
    elif written_as is ReportFormat.CSV:
        from leadsieve.formulas import guarded

        console.say(guarded(rates).write_csv(), newline=False)
    else:
        console.say(_text(told, written_as), newline=False)
