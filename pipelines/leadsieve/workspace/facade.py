"""The workspace as notebooks and commands hold it: a path; the file is opened on use and let go at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, Self

import polars as pl

from leadsieve.policy import Policy
from leadsieve.small_html import html_list, html_table
from leadsieve.workspace import (
    advice,
    backup,
    connections,
    differences,
    dropping,
    imports,
    runs,
    snapshots,
    store,
    suppression,
    tombstones,
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace file; nothing is opened until something is asked of it."""

    path: Path
    lock_timeout: float

    def __init__(self, path: str | Path = "workspace.duckdb", *, lock_timeout: float = 10.0) -> None:
        object.__setattr__(self, "path", Path(path))
        object.__setattr__(self, "lock_timeout", lock_timeout)

    @classmethod
    def of(cls, workspace: "Workspace | str | Path", *, lock_timeout: float = 10.0) -> Self:
        """Return the workspace itself, or the one at a path."""
        return workspace if isinstance(workspace, cls) else cls(Path(str(workspace)), lock_timeout=lock_timeout)

    def load(
        self,
        *exports: str | Path,
        campaigns: str | Path | None = None,
        campaign: str | None = None,
        taken_at: datetime | None = None,
        complete: bool = False,
        account: str = "",
        policy: Policy | None = None,
    ) -> snapshots.Loaded:
        """Load campaign exports as the next snapshot, and LinkedIn's `Connections.csv`; see `leadsieve snapshot load`."""
        return snapshots.load_snapshot(
            self.path,
            [str(export) for export in exports],
            campaigns=str(campaigns) if campaigns else None,
            campaign=campaign,
            taken_at=taken_at,
            complete=complete,
            account=account,
            policy=policy or Policy(),
            lock_timeout=self.lock_timeout,
        )

    def imported(self, out: str | Path, *, batches: Sequence[int] = (), undo: bool = False) -> imports.Imported:
        """Say that a run's batches (all, unless some are named) were imported, or take it back; see `leadsieve imported`."""
        tell = imports.undo_import if undo else imports.tell_import
        return tell(self.path, Path(out), batches=batches, lock_timeout=self.lock_timeout)

    def suppress(
        self,
        file: str | Path,
        *,
        hashed: bool = False,
        allow_partial: bool = False,
        force: bool = False,
        policy: Policy | None = None,
        **options: Any,
    ) -> suppression.Added:
        """Add a file's opt-outs; `options` are settings of the policy by name. See `leadsieve suppress add`."""
        return suppression.add_suppressions(
            self.path,
            str(file),
            policy=(policy or Policy()).with_options(**options),
            hashed=hashed,
            allow_partial=allow_partial,
            force=force,
            lock_timeout=self.lock_timeout,
        )

    def erase_suppressed(self, *emails: str, policy: Policy | None = None, **options: Any) -> suppression.Erased:
        """Keep the opt-outs of the given emails as keyed hashes; see `leadsieve suppress erase`."""
        chosen = (policy or Policy()).with_options(**options)
        return suppression.erase_suppressions(self.path, emails, policy=chosen, lock_timeout=self.lock_timeout)

    def remove_suppressed(self, *values: str, policy: Policy | None = None, **options: Any) -> int:
        """Remove the suppressions of the given emails, @domains, profiles, phones or hashes; return how many there were."""
        chosen = (policy or Policy()).with_options(**options)
        return suppression.remove_suppressions(self.path, values, policy=chosen, lock_timeout=self.lock_timeout)

    @property
    def suppressed(self) -> pl.DataFrame:
        """All suppressions, one row an entry."""
        return suppression.list_suppressions(self.path, lock_timeout=self.lock_timeout)

    def export_suppressed(self) -> pl.DataFrame:
        """Return all suppressions as a file that `suppress` reads again: value, reason, came_from, added_at (UTC), hash_key."""
        return suppression.export_suppressions(self.path, lock_timeout=self.lock_timeout)

    @property
    def deleted(self) -> pl.DataFrame:
        """Leads that somebody deleted in lemlist, counted: campaign, source, snapshot (that missed them), missed, state, leads."""
        counted = self.deleted_leads.group_by("campaign", "source", "snapshot", "missed", "state").agg(leads=pl.len())
        return counted.sort("snapshot", "campaign", "source", "state")

    @property
    def deleted_leads(self) -> pl.DataFrame:
        """Every lead that somebody deleted in lemlist, one row each, with when it was last seen, when missed, and its state."""
        return tombstones.list_deletions(self.path, lock_timeout=self.lock_timeout).select(
            "campaign", "source", "snapshot", "lead_id", "email", "linkedin_url", "last_seen", "missed", "state"
        )

    def confirm_deleted(self, campaign: str) -> int:
        """Let the many leads that left a campaign at once count as deleted; return how many these are."""
        return tombstones.confirm_deletions(self.path, campaign, lock_timeout=self.lock_timeout)

    def lift_deleted(self, *values: str) -> int:
        """Take back the deletion of the leads that emails, LinkedIn profiles or `_id`s name; return how many there were."""
        return tombstones.lift_deletions(self.path, values, lock_timeout=self.lock_timeout)

    @property
    def connections(self) -> pl.DataFrame:
        """How many LinkedIn connections each account has, one row an account: account, profiles, emails, loaded_at (UTC)."""
        return connections.list_connections(self.path, lock_timeout=self.lock_timeout)

    def drop_connections(self, account: str | None = None) -> int:
        """Forget the connections of an account, or of all; return of how many accounts."""
        return connections.drop_connections(self.path, account, lock_timeout=self.lock_timeout)

    @property
    def snapshots(self) -> pl.DataFrame:
        """All snapshots, one row each, the newest last: id, taken_at (UTC), kind, complete, campaigns, memberships."""
        return self._ask(
            """
            select s.id, s.taken_at, s.kind, s.complete,
                (select count(*) from campaigns c where c.from_snapshot <= s.id and (c.until_snapshot is null or c.until_snapshot > s.id))
                    as campaigns,
                (select count(*) from stored_memberships m where m.from_snapshot <= s.id and (m.until_snapshot is null or m.until_snapshot > s.id))
                    as memberships,
                (select coalesce(sum(no_identifier), 0)::bigint from campaigns c
                    where c.from_snapshot <= s.id and (c.until_snapshot is null or c.until_snapshot > s.id)) as no_identifier
            from snapshots s order by s.id
            """
        )

    @property
    def campaigns(self) -> pl.DataFrame:
        """The newest snapshot's campaigns, one row each: id, name, owner, status, archived, as_of (UTC), leads, no_identifier."""
        return self._ask(
            """
            select c.id, c.name, c.owner, c.status, c.archived, c.as_of, count(m.membership) as leads, c.no_identifier
            from campaigns c left join stored_memberships m on m.campaign = c.campaign and m.until_snapshot is null
            where c.until_snapshot is null
            group by all order by c.name
            """
        )

    @property
    def runs(self) -> pl.DataFrame:
        """All recorded runs, one row each, the newest last: number, ran_at (UTC), campaign, snapshot, rules, counts of rows by outcome."""
        return runs.list_runs(self.path, lock_timeout=self.lock_timeout)

    @property
    def duplicate_rates(self) -> pl.DataFrame:
        """What each source brought to each recorded run, one row a run and source, with its duplicate rate."""
        return self._ask("from duplicate_rates order by run, source")

    @property
    def overlap(self) -> pl.DataFrame:
        """How many persons two sources of each recorded run share, one row a run and pair; a pair that shares nobody has none."""
        return self._ask("from overlap order by run, source, other")

    @property
    def unidentified(self) -> pl.DataFrame:
        """The newest snapshot's leads that nothing identifies, one row each: campaign, campaign_id, lead_id, status."""
        return self._ask(
            """
            select c.name as campaign, c.id as campaign_id, m.lead_id, m.status
            from memberships m join campaigns c on c.campaign = m.campaign and c.until_snapshot is null
            where m.until_snapshot is null and m.membership not in (select membership from membership_identifiers)
            order by c.name, m.lead_id, m.membership
            """
        )

    def diff(self, before: int | None = None, after: int | None = None) -> pl.DataFrame:
        """Return the campaigns and leads that came, went or changed between two snapshots; see `leadsieve snapshot diff`."""
        return differences.diff_snapshots(self.path, before, after, lock_timeout=self.lock_timeout)

    def drop(self, *snapshots: int) -> dropping.Dropped:
        """Remove snapshots; all others keep what they hold."""
        return dropping.drop_snapshots(self.path, snapshots, lock_timeout=self.lock_timeout)

    def export(self, out: str | Path, *, snapshot: int | None = None, force: bool = False) -> backup.Exported:
        """Write a snapshot to a folder that `load` takes back; see `leadsieve snapshot export`."""
        return backup.export_snapshot(
            self.path, Path(out), snapshot=snapshot, force=force, lock_timeout=self.lock_timeout
        )

    def advice(self, policy: Policy | None = None) -> pl.DataFrame:
        """Return what to tidy up in lemlist, one row each, and what to do; see `leadsieve snapshot advice`."""
        return advice.advise(self.path, policy or Policy(), lock_timeout=self.lock_timeout)

    def _ask(self, question: str) -> pl.DataFrame:
        with store.reading(self.path, lock_timeout=self.lock_timeout) as con:
            answer: pl.DataFrame = con.sql(question).pl()
            return answer

    def _repr_html_(self) -> str:
        """Show the newest snapshot's campaigns in Jupyter."""
        if not self.path.is_file():
            step = '`workspace.load("exports/*.csv", campaigns="campaigns.csv")` makes it from your campaign exports.'
            return f"<h4>No workspace at {escape(str(self.path))}</h4>" + html_list("What to do next", [step])
        heads = ("campaign", "owner", "status", "leads", "as of (UTC)")
        campaigns = self.campaigns.select(
            "name", "owner", "status", "leads", pl.col("as_of").dt.strftime("%Y-%m-%d %H:%M")
        )
        steps = [
            '`leadsieve.run("list.csv", workspace=workspace, campaign="…")` decides a list for one of these campaigns.',
            "`workspace.load(...)` brings newer exports, `workspace.suppress(...)` opt-outs; "
            "`workspace.advice()` says what to tidy up in lemlist.",
        ]
        return html_table(f"Workspace {self.path.name}", heads, campaigns.rows()) + html_list("What to do next", steps)
