"""The gate again, on a run that is published: from what stands in its folder, which stays as it is."""

import json
from pathlib import Path
from typing import Any

from leadsieve.errors import InputError
from leadsieve.policy import Policy, policy_from
from leadsieve.validation.briefing import Brief, brief, plan_of
from leadsieve.validation.gate import Gate
from leadsieve.validation.verdict import Verdict
from leadsieve.workspace import require

MANIFEST_FILE, SUMMARY_FILE = "manifest.json", "summary.json"


def check_published(out: Path, *, workspace: Path | None = None, lock_timeout: float | None = None) -> Verdict:
    """Return the verdict on a published run, by its own policy, as of its own snapshot.

    The workspace is the one that the run's policy names, unless another is given. Opt-outs that it got since count.
    Raises InputError for a folder that no run published and for a file in it that cannot be read any more, WorkspaceError for a
    workspace that cannot be used.
    """
    policy, told = _read(out, workspace, lock_timeout)
    if told.attach:
        require(told.attach)
    with Gate.start(own=policy.expectations) as gate:
        return gate.check(out, told)


def _read(out: Path, workspace: Path | None, lock_timeout: float | None) -> tuple[Policy, Brief]:
    try:
        manifest, summary = _json(out / MANIFEST_FILE), _summary(out)
        policy = policy_from(manifest["policy"], where=f"In the manifest of {out}").with_options(
            lock_timeout=lock_timeout
        )
        snapshot = manifest["snapshot"]
        told = brief(
            policy,
            summary,
            inputs=manifest["inputs"],
            plan=plan_of(summary),
            workspace=workspace or Path(policy.workspace),
            snapshot_sha256=snapshot and snapshot["sha256"],
            published=True,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{out} is no folder that a run published (its manifest cannot be read). Name the folder that `leadsieve run` wrote."
        raise InputError(msg) from error
    return policy, told


def _summary(out: Path) -> Any:
    try:
        return _json(out / SUMMARY_FILE)
    except (OSError, ValueError) as error:
        msg = f"{out / SUMMARY_FILE} cannot be read. Take the file from a backup, or run again."
        raise InputError(msg) from error


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
