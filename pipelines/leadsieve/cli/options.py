"""The options that several commands share, and what they mean together with the policy."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

import leadsieve
from leadsieve.errors import UsageError
from leadsieve.words import Deleted, ImportMode, Method

if TYPE_CHECKING:
    from leadsieve import Policy, Workspace

Lists = Annotated[list[str], typer.Argument(metavar="LIST...", help="Files, globs, TAG=PATH, or - for standard input.")]
File = Annotated[str, typer.Argument(metavar="FILE", help="The list; - for standard input.")]
Campaign = Annotated[
    str, typer.Option("--campaign", metavar="NAME", help="The campaign to prepare an import for, by name or id.")
]
NewCampaign = Annotated[bool, typer.Option("--new-campaign", help="The campaign does not exist yet.")]
WorkspaceFile = Annotated[
    Path | None, typer.Option("--workspace", metavar="FILE", help="The workspace. [default: workspace.duckdb]")
]
NoWorkspace = Annotated[bool, typer.Option("--no-workspace", help="Check the list only against itself.")]
Snapshot = Annotated[
    int | None, typer.Option("--snapshot", metavar="ID", help="Decide as of this snapshot. [default: the newest]")
]
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="The policy file. [default: leadsieve.toml, if there]"),
]
ImportModeOption = Annotated[
    ImportMode | None, typer.Option("--import-mode", help="What the import may do. [default: create-only]")
]
MethodOption = Annotated[Method | None, typer.Option("--method", help="How the leads will be imported. [default: csv]")]
Segment = Annotated[
    str | None, typer.Option("--segment", metavar="COL", help="A campaign for every value of the column.")
]
Together = Annotated[
    str | None, typer.Option("--together", metavar="COL", help="Equal values share a batch, such as companyDomain.")
]
Balance = Annotated[bool, typer.Option("--balance", help="Batches of equal size.")]
MaxBatch = Annotated[int | None, typer.Option("--max-batch", metavar="N", min=1, help="A limit lower than lemlist's.")]
DeletedOption = Annotated[
    Deleted | None, typer.Option("--deleted", help="What to do with persons whose lead was deleted. [default: warn]")
]
Cooldown = Annotated[
    int | None,
    typer.Option(
        "--cooldown", metavar="DAYS", min=0, help="Hold back who ended somewhere less than DAYS ago. [default: 0]"
    ),
]
Mapped = Annotated[list[str] | None, typer.Option("--map", metavar="COL=field", help="What a column is, by hand.")]
SplitNames = Annotated[
    bool, typer.Option("--split-names", help="Full names also give the first and last name, where no column is one.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="The lists' encoding, where the guess is wrong.")
]
LockTimeout = Annotated[
    float | None,
    typer.Option("--lock-timeout", metavar="S", help="Seconds to wait for a workspace in use. [default: 10]"),
]
Memory = Annotated[
    str | None,
    typer.Option("--memory", metavar="SIZE", help="How much memory to use, such as 2GB. [default: 3GB, at most half]"),
]
Threads = Annotated[
    int | None, typer.Option("--threads", metavar="N", min=1, help="How many threads to use. [default: all cores]")
]


def stdin() -> BinaryIO | None:
    """Return standard input as bytes; a job may have none."""
    return getattr(sys.stdin, "buffer", None)


def with_mapping(policy: "Policy", pairs: list[str] | None) -> "Policy":
    """Return the policy with the columns that --map names over its own."""
    told: dict[str, str] = {}
    for pair in pairs or ():
        column, equals, field = pair.rpartition("=")
        if not equals or not column:
            msg = f'--map {pair} is not of the form "COLUMN=field". Write for example --map "Work e-mail=email".'
            raise UsageError(msg)
        told[column] = field
    return policy.with_columns(told) if told else policy


def place(workspace: Path | None, policy: "Policy", *, absent: bool) -> Path | None:
    """Return where the workspace is, or nothing when the run is to do without."""
    if absent and workspace:
        msg = "--workspace and --no-workspace contradict each other. Give one of them."
        raise UsageError(msg)
    return None if absent else workspace or Path(policy.workspace)


def workspace_of(workspace: Path | None, lock_timeout: float | None) -> "Workspace":
    """Return the workspace that a command works on: the option's, else the policy file's, else the default."""
    policy = leadsieve.load_policy(None).with_options(lock_timeout=lock_timeout)
    return leadsieve.Workspace(workspace or Path(policy.workspace), lock_timeout=policy.lock_timeout)
