"""A team whose campaigns are loaded day by day, and the lists that it runs against them."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import leadsieve as ls

FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
ANN, EVE = "ann@acme-tools.com", "eve@acme-tools.com"
HEADER = "_id,email,linkedinUrl,status,source"


def lead(
    email: str = "", status: str = "running", number: str = "ann", *, profile: str = "", source: str = "Fair"
) -> str:
    return f"lea_{number},{email},{profile},{status},{source}"


CAST = lead(EVE, number="eve")
"""Somebody who stays in the campaign all the time."""


class Team:
    """A workspace whose campaigns are loaded day by day, and lists that are run against it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = ls.Workspace(folder / "workspace.duckdb")
        self.days = 0

    def copied_to(self, folder: Path) -> "Team":
        """The team as it is now, in another folder: made once, it serves many tests."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        copy = Team(folder)
        copy.days = self.days
        return copy

    def load(
        self,
        header: str = HEADER,
        *,
        complete: bool = False,
        statuses: dict[str, str] | None = None,
        **campaigns: list[str],
    ):
        files = []
        for name, leads in campaigns.items():
            files.append(self.folder / f"{name}.csv")
            files[-1].write_text("\n".join([header, *leads]) + "\n", "utf-8")
        self.days += 1
        policy = ls.Policy().with_options(statuses=statuses)
        taken_at = FIRST_DAY + timedelta(days=self.days - 1)
        return self.workspace.load(*files, taken_at=taken_at, complete=complete, policy=policy)

    def run(self, *emails: str, stem: str = "list", **options: object) -> ls.Result:
        lists = self.folder / f"{stem}.csv"
        lists.write_text("\n".join(["email", *emails]) + "\n", "utf-8")
        options = {"campaign": "New", "new_campaign": True, **options}
        return ls.run(lists, workspace=self.workspace, **options)

    def is_deleted(self, email: str = ANN, **options: object) -> bool:
        return "deleted_earlier" in self.run(email, **options).ledger["warnings"][0]
