"""What a run decided, to look at, to ask and to write."""

from functools import cached_property
from pathlib import Path

import polars as pl

from leadsieve.decided import Decided
from leadsieve.errors import UsageError, WorkspaceError
from leadsieve.output import publish
from leadsieve.progress import Progress, Warn, as_python_warning, silent
from leadsieve.published import ledger_digest
from leadsieve.reporting import Explanation, explain, render_html
from leadsieve.validation import Gate
from leadsieve.words import DedupMode, Outcome
from leadsieve.workspace import Workspace, record_run


class Result(Decided):
    """What a run decided, to look at and to ask; nothing is written until `write`."""

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """The ledger in memory, one row for every record of the input; a long one is read when it is first asked for."""
        return self.parts.collect()

    @cached_property
    def modes(self) -> pl.DataFrame:
        """The three dedup modes side by side: one row an outcome, its rows under each mode."""
        counts = {str(mode): [self.summary["modes"][mode].get(o, 0) for o in Outcome] for mode in DedupMode}
        return pl.DataFrame({"outcome": [str(o) for o in Outcome], **counts})

    @property
    def sources(self) -> pl.DataFrame:
        """What each source brought, one row a source."""
        return self.sieved.sources

    @cached_property
    def batches(self) -> pl.DataFrame:
        """The batches, one row each: file, campaign, upload, rows."""
        columns = {"file": pl.String, "campaign": pl.String, "upload": pl.Int64, "rows": pl.Int64}
        return pl.DataFrame(self.summary["batches"], schema=columns)

    @cached_property
    def reasons(self) -> dict[str, dict[str, int]]:
        """The reasons of every outcome with their rows, the most frequent first."""
        counted = (
            self.parts.scan().group_by("outcome", "reason").len("n").sort(["n", "reason"], descending=[True, False])
        )
        told: dict[str, dict[str, int]] = {}
        for outcome, reason, n in counted.collect(engine="streaming").iter_rows():
            told.setdefault(outcome, {})[reason] = n
        return told

    def why(self, row: int) -> Explanation:
        """Explain the outcome of the list's row (1-based over the whole list); raises UsageError for a row it lacks."""
        if not 1 <= row <= self.parts.height:
            msg = f"The list has no row {row}; it has rows 1 to {self.parts.height}."
            raise UsageError(msg)
        ledger = self.parts.scan()
        found = ledger.slice(row - 1, 1).collect().row(0, named=True)
        return explain(found, self.summary, self.policy.as_dict(), ledger=ledger)

    def write(
        self,
        out: str | Path,
        *,
        force: bool = False,
        record: bool = True,
        gate: Gate | None = None,
        progress: Progress = silent,
        warn: Warn = as_python_warning,
    ) -> Path:
        """Publish the run at `out`, all at once or nothing, after its expectations passed; return the folder.

        Then `record` its counts in the workspace that it was decided by; where that cannot be, the run stands all the same and a
        warning says why.

        Raises OutputError for a folder that cannot be written, ValidationError when the output does not pass.
        """
        folder = publish(self, Path(out), force=force, gate=gate, progress=progress)
        if record and self.workspace:
            try:
                self._record(folder, self.workspace)
            except WorkspaceError as error:
                warn(f"The run is published but not recorded. {error}")
        return folder

    def _record(self, folder: Path, workspace: Workspace) -> None:
        deleted = self.sieved.deleted_by_source
        record_run(
            workspace.path,
            ledger_sha256=ledger_digest(folder),
            policy_sha256=self.policy.digest(),
            summary=self.summary,
            sources=self.sources.with_columns(
                deleted_people=pl.Series([deleted.get(source, 0) for source in self.sources["source"]], dtype=pl.Int64)
            ),
            overlaps=self.sieved.overlaps,
            lock_timeout=workspace.lock_timeout,
        )

    def _repr_html_(self) -> str:
        """Show the summary in Jupyter."""
        return render_html(self.summary)
