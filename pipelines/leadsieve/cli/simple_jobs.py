"""`split` and `clean`: one half of the main job each; nobody is checked, and they say so."""

from pathlib import Path
from typing import Annotated

import typer

import leadsieve
from leadsieve.cli import console, options
from leadsieve.counts import counted, fitting

_UNCHECKED = "Nobody was checked: no duplicates, no opt-outs, no campaigns. `leadsieve run` does that."
_MOST_LINES = 20


def split(
    file: options.File,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to publish.")],
    *,
    method: options.MethodOption = None,
    campaign: Annotated[
        str | None,
        typer.Option("--campaign", metavar="NAME", help="What to call the campaign. [default: the file's name]"),
    ] = None,
    segment: options.Segment = None,
    together: options.Together = None,
    balance: options.Balance = False,
    max_batch: options.MaxBatch = None,
    policy: options.PolicyFile = None,
    mapped: options.Mapped = None,
    encoding: options.Encoding = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the folder of an earlier run.")] = False,
) -> None:
    """Split a list into batches that fit the import limits: every row, nobody is checked."""
    from leadsieve.simple_jobs import split_file

    chosen = leadsieve.load_policy(policy).with_options(
        method=method,
        segment=segment,
        together=together,
        balance=balance or None,
        max_batch=max_batch,
        encoding=encoding,
    )
    with console.progress() as progress:
        done = split_file(
            file,
            out,
            campaign=campaign,
            policy=options.with_mapping(chosen, mapped),
            force=force,
            stdin=options.stdin(),
            progress=progress,
        )
    for batch in done.batches[:_MOST_LINES]:
        console.say(f"{batch.rows:>8,}  {batch.campaign}, batch {batch.batch}, upload {batch.upload}")
    if len(done.batches) > _MOST_LINES:
        console.say(f"          … and {counted(len(done.batches) - _MOST_LINES, 'batch', 'batches')} more")
    console.say(f"Written to {out}. {_UNCHECKED}")
    if done.unreadable:
        console.say(
            f"{counted(done.unreadable, 'row could not be read and is', 'rows could not be read and are')} in no batch: mend {fitting(done.unreadable, 'it', 'them')} in {out / 'failed.csv'}."
        )


def clean(
    file: options.File,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The CSV file to write.")],
    *,
    policy: options.PolicyFile = None,
    mapped: options.Mapped = None,
    split_names: options.SplitNames = False,
    encoding: options.Encoding = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Clean a list: fields named and tidied, emails and LinkedIn profiles canonical; nobody is checked."""
    from leadsieve.simple_jobs import clean_file

    chosen = leadsieve.load_policy(policy).with_options(split_names=split_names or None, encoding=encoding)
    with console.progress() as progress:
        counts = clean_file(
            file,
            out,
            policy=options.with_mapping(chosen, mapped),
            force=force,
            stdin=options.stdin(),
            progress=progress,
        )
    for column, statuses in counts.items():
        console.say(f"{column}: " + ", ".join(f"{status} {count:,}" for status, count in statuses.items()))
    console.say(f"Written to {out}. {_UNCHECKED}")
