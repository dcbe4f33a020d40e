"""`run`, `compare`, `demo`: the main job."""

import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import leadsieve
from leadsieve import reporting
from leadsieve.cli import console, options
from leadsieve.counts import counted
from leadsieve.errors import OutputError, UsageError
from leadsieve.names import default_out
from leadsieve.resources import tell_polars
from leadsieve.words import Connections, DedupMode, Fill, Keep, Validate

if TYPE_CHECKING:
    from leadsieve import Policy, Result


def run(
    lists: options.Lists,
    campaign: options.Campaign,
    *,
    new_campaign: options.NewCampaign = False,
    workspace: options.WorkspaceFile = None,
    no_workspace: options.NoWorkspace = False,
    snapshot: options.Snapshot = None,
    dedup: Annotated[
        DedupMode | None, typer.Option("--dedup", help="Which leads must not be created. [default: active]")
    ] = None,
    import_mode: options.ImportModeOption = None,
    method: options.MethodOption = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="TAG", help="Where the rows came from. [default: the file's name]"),
    ] = None,
    source_column: Annotated[
        str | None, typer.Option("--source-column", metavar="COL", help="The column that says where a row came from.")
    ] = None,
    policy: options.PolicyFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder. [default: runs/<campaign>-<time>]")
    ] = None,
    keep: Annotated[
        Keep | None, typer.Option("--keep", help="Which row of a person is tried first. [default: first]")
    ] = None,
    fill: Annotated[
        Fill | None, typer.Option("--fill", help="What it takes from the others. [default: identifiers]")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Updates also change cells that differ.")] = False,
    segment: options.Segment = None,
    together: options.Together = None,
    balance: options.Balance = False,
    max_batch: options.MaxBatch = None,
    deleted: options.DeletedOption = None,
    cooldown: options.Cooldown = None,
    connections: Annotated[
        Connections | None,
        typer.Option("--connections", help="Whether connections get batches for the storage campaign. [default: keep]"),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="a,b", help="The custom variables that batches carry. [default: all]"),
    ] = None,
    mapped: options.Mapped = None,
    split_names: options.SplitNames = False,
    encoding: options.Encoding = None,
    validate: Annotated[
        Validate | None, typer.Option("--validate", help="What a failed expectation does. [default: gate]")
    ] = None,
    details: Annotated[bool, typer.Option("--details", help="The report names the leads that were held back.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the summary, write nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print summary.json to standard output and nothing else there.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the folder of an earlier run.")] = False,
    no_record: Annotated[
        bool, typer.Option("--no-record", help="Leave no record of the run in the workspace.")
    ] = False,
    lock_timeout: options.LockTimeout = None,
    memory: options.Memory = None,
    threads: options.Threads = None,
) -> None:
    """Clean the list, decide every row, and publish what is ready to import."""
    chosen = leadsieve.load_policy(policy).with_options(
        dedup=dedup,
        import_mode=import_mode,
        method=method,
        source_column=source_column,
        keep=keep,
        fill=fill,
        overwrite=overwrite or None,
        segment=segment,
        together=together,
        balance=balance or None,
        max_batch=max_batch,
        deleted=deleted,
        cooldown=cooldown,
        connections=connections,
        split_names=split_names or None,
        columns=tuple(name.strip() for name in columns.split(",") if name.strip()) if columns else None,
        encoding=encoding,
        validate=validate,
        details=details or None,
        lock_timeout=lock_timeout,
        memory=memory,
        threads=threads,
    )
    tell_polars(chosen.threads)
    _decide_and_publish(
        lists,
        options.with_mapping(chosen, mapped),
        out=out,
        dry_run=dry_run,
        force=force,
        record=not no_record,
        as_json=as_json,
        campaign=campaign,
        new_campaign=new_campaign,
        workspace=options.place(workspace, chosen, absent=no_workspace),
        snapshot=snapshot,
        source=source,
    )


def _decide_and_publish(
    lists: list[str],
    policy: "Policy",
    *,
    out: Path | None,
    dry_run: bool,
    force: bool,
    as_json: bool,
    record: bool = True,
    **job: Any,
) -> None:
    """Run the job (`job` says on what and as of when), publish it unless this is a dry run, and show it."""
    from leadsieve.validation import Gate

    folder = None
    checked = not dry_run and policy.validate is not Validate.OFF
    with Gate.start(own=policy.expectations) if checked else nullcontext() as gate, console.progress() as progress:
        if out and not dry_run:
            from leadsieve.publishing import refuse  # with Polars, for which the gate's child need not wait

            refuse(out, force=force)
        result = leadsieve.run(lists, policy=policy, stdin=options.stdin(), progress=progress, **job)
        if not dry_run:
            target = out or default_out(result.summary["campaign"])
            folder = result.write(target, force=force, record=record, gate=gate, progress=progress, warn=console.warn)
    _show(result, folder, as_json=as_json)
    _warn_of_age(result)
    _warn_of_verdict(folder)


def _show(result: "Result", folder: Path | None, *, as_json: bool) -> None:
    if as_json:
        from leadsieve.publishing import to_json

        # As bytes, so that they are those of summary.json whatever the terminal's encoding is.
        console.say(to_json(result.summary).encode(), newline=False)
        return
    with console.out() as screen:
        reporting.print_summary(result.summary, result.reasons, screen)
        known = result.sieved.target.members if result.sieved.snapshot else None
        aged = reporting.old_snapshot(result.sieved.snapshot, result.policy)
        reporting.print_list("How old it is", [aged] if aged else [], screen)
        others = reporting.different_rules(result.sieved.recent_rules, result.summary)
        reporting.print_list("What the team's other runs say", others, screen)
        steps = reporting.next_steps(result.summary, folder, known=known, workspace=_named_workspace(result))
        reporting.print_steps(steps, folder, screen)


def _warn_of_age(result: "Result") -> None:
    aged = reporting.old_snapshot(result.sieved.snapshot, result.policy)
    if aged:
        console.warn(aged)


def _named_workspace(result: "Result") -> Path | None:
    """Return the workspace where another command must be told its name."""
    if result.workspace is None or result.workspace.path == Path(leadsieve.Policy().workspace):
        return None
    return result.workspace.path


def _warn_of_verdict(folder: Path | None) -> None:
    from leadsieve.published import passed

    if folder and not passed(folder):
        console.warn(
            f"the output breaks a rule and was published all the same (--validate warn). See {folder / 'validation'}."
        )


def compare(
    lists: options.Lists,
    campaign: options.Campaign,
    *,
    new_campaign: options.NewCampaign = False,
    workspace: options.WorkspaceFile = None,
    no_workspace: options.NoWorkspace = False,
    snapshot: options.Snapshot = None,
    import_mode: options.ImportModeOption = None,
    deleted: options.DeletedOption = None,
    cooldown: options.Cooldown = None,
    policy: options.PolicyFile = None,
    mapped: options.Mapped = None,
    encoding: options.Encoding = None,
    lock_timeout: options.LockTimeout = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the modes and where they differ as JSON.")] = False,
) -> None:
    """Show the three dedup modes side by side, and the rows on which they differ; nothing is written."""
    from leadsieve.publishing import to_json

    chosen = leadsieve.load_policy(policy).with_options(
        import_mode=import_mode, deleted=deleted, cooldown=cooldown, encoding=encoding, lock_timeout=lock_timeout
    )
    with console.progress() as progress:
        result = leadsieve.run(
            lists,
            campaign=campaign,
            new_campaign=new_campaign,
            workspace=options.place(workspace, chosen, absent=no_workspace),
            snapshot=snapshot,
            policy=options.with_mapping(chosen, mapped),
            stdin=options.stdin(),
            progress=progress,
        )
    _warn_of_age(result)
    differing = reporting.differences(result.sieved.decisions.rows.lazy())
    if as_json:
        told = {"modes": result.summary["modes"], "differences": differing.to_dicts()}
        console.say(to_json(told).encode(), newline=False)
        return
    with console.out() as screen:
        reporting.print_comparison(result.summary, differing, screen)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where the demo goes.")] = Path("demo"),
) -> None:
    """Load the sample workspace and run the main job on the sample lists, in a folder of your choice."""
    lists = _demo_files(folder)
    workspace = leadsieve.Workspace(folder / "workspace.duckdb")
    loaded = workspace.load(folder / "samples" / "workspace" / "*.csv", campaigns=folder / "samples" / "campaigns.csv")
    added = workspace.suppress(folder / "samples" / "unsubscribes.csv")
    console.say(
        f"Loaded {counted(loaded.memberships, 'lead')} of {counted(loaded.campaigns, 'campaign')} and {counted(added.added, 'opt-out')} into {workspace.path}."
    )
    _decide_and_publish(
        [str(path) for path in lists],
        leadsieve.Policy(),
        out=folder / "out",
        dry_run=False,
        force=False,
        as_json=False,
        campaign="Q4 Outreach",
        workspace=workspace,
    )


_DEMO_LISTS = (
    "leads.csv",
    "apollo_export.csv",
    "sales_navigator_evaboot.csv",
    "hubspot_contacts.csv",
    "event_booth.csv",
)


def _demo_files(folder: Path) -> list[Path]:
    """Copy the bundled samples into the demo's folder and return its lists."""
    from leadsieve.bundled import bundled

    samples = folder / "samples"
    try:
        if folder.exists() and any(folder.iterdir()):
            msg = f"{folder} is not empty. Name another folder: `leadsieve demo FOLDER`."
            raise UsageError(msg)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(bundled("samples"), samples, ignore=shutil.ignore_patterns("*.py", "sowing", "__pycache__"))
    except (OSError, shutil.Error) as error:
        msg = f"{folder} cannot be written: {getattr(error, 'strerror', None) or 'not all files could be copied'}. Name another folder."
        raise OutputError(msg) from error
    return [samples / name for name in _DEMO_LISTS]
