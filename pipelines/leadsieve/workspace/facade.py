"""The workspace as notebooks and commands hold it: a path; the file is opened on use and let go at once."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Self

import polars as pl

from leadsieve.policy import Policy
from leadsieve.workspace import snapshots, store, suppression


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
        mappings: str = Policy().mappings,
    ) -> snapshots.Loaded:
        """Load campaign exports as the next snapshot; see `leadsieve snapshot load`."""
        return snapshots.load_snapshot(
            self.path,
            [str(export) for export in exports],
            campaigns=str(campaigns) if campaigns else None,
            campaign=campaign,
            taken_at=taken_at,
            complete=complete,
            mappings=mappings,
            lock_timeout=self.lock_timeout,
        )

    def suppress(
        self, file: str | Path, *, allow_partial: bool = False, force: bool = False, phone_region: str = ""
    ) -> suppression.Added:
        """Add a file's opt-outs; see `leadsieve suppress add`."""
        return suppression.add_suppressions(
            self.path,
            str(file),
            allow_partial=allow_partial,
            force=force,
            phone_region=phone_region,
            lock_timeout=self.lock_timeout,
        )

    def remove_suppressed(self, *values: str) -> int:
        """Remove the suppressions of the given emails, @domains, profiles or phones; return how many there were."""
        return suppression.remove_suppressions(self.path, values, lock_timeout=self.lock_timeout)

    @property
    def suppressed(self) -> pl.DataFrame:
        """All suppressions, one row an entry."""
        return suppression.list_suppressions(self.path, lock_timeout=self.lock_timeout)

    @property
    def snapshots(self) -> pl.DataFrame:
        """All snapshots, one row each, the newest last: id, taken_at (UTC), complete, campaigns, memberships."""
        return self._ask(
            """
            select s.id, s.taken_at, s.complete,
                (select count(*) from campaigns c where c.from_snapshot <= s.id and (c.until_snapshot is null or c.until_snapshot > s.id))
                    as campaigns,
                (select count(*) from memberships m where m.from_snapshot <= s.id and (m.until_snapshot is null or m.until_snapshot > s.id))
                    as memberships
            from snapshots s order by s.id
            """
        )

    @property
    def campaigns(self) -> pl.DataFrame:
        """The newest snapshot's campaigns, one row each: id, name, owner, status, archived, as_of (UTC), leads, no_identifier."""
        return self._ask(
            """
            select c.id, c.name, c.owner, c.status, c.archived, c.as_of, count(m.membership) as leads, c.no_identifier
            from campaigns c left join memberships m on m.campaign = c.campaign and m.until_snapshot is null
            where c.until_snapshot is null
            group by all order by c.name
            """
        )

    def _ask(self, question: str) -> pl.DataFrame:
        with store.reading(self.path, lock_timeout=self.lock_timeout) as con:
            answer: pl.DataFrame = con.sql(question).pl()
            return answer

    def _repr_html_(self) -> str:
        """Show the newest snapshot's campaigns in Jupyter."""
        if not self.path.is_file():
            return f"No workspace at {escape(str(self.path))}"
        campaigns = self.campaigns.select(
            "name", "owner", "status", "leads", pl.col("as_of").dt.strftime("%Y-%m-%d %H:%M")
        )
        heads = "".join(f"<th>{name}</th>" for name in ("campaign", "owner", "status", "leads", "as of (UTC)"))
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(str(cell if cell is not None else ''))}</td>" for cell in row) + "</tr>"
            for row in campaigns.iter_rows()
        )
        return f"<h4>Workspace {escape(self.path.name)}</h4><table><tr>{heads}</tr>{rows}</table>"
