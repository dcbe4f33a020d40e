"""A workspace with one campaign, files of opt-outs for it, and what a run then decides of one row."""

from pathlib import Path

import leadsieve as ls

KEY = "0123456789abcdef" * 4
OTHER_KEY = "fedcba9876543210" * 4


def make_workspace(folder: Path) -> ls.Workspace:
    place = ls.Workspace(folder / "workspace.duckdb")
    (folder / "Spring.csv").write_text(
        "email,linkedinUrl,status\nold@acme-tools.com,https://www.linkedin.com/in/ann-ash,done\n"
    )
    place.load(folder / "Spring.csv")
    return place


def suppress(
    workspace: ls.Workspace, *lines: str, header: str = "value", name: str = "stop.csv", **options: object
) -> object:
    file = workspace.path.with_name(name)
    file.write_text("\n".join([header, *lines]) + "\n")
    return workspace.suppress(file, **options)


def decided(
    workspace: ls.Workspace, row: str, header: str = "email,LinkedIn,phone", **options: object
) -> tuple[str, str, str]:
    file = workspace.path.with_name("list.csv")
    file.write_text(f"{header}\n{row}\n")
    told = ls.run(file, workspace=workspace, campaign="Spring", **options).ledger.row(0, named=True)
    return told["outcome"], told["reason"], told["suppressed_by"]


def entries(workspace: ls.Workspace) -> set[tuple[str, str, str]]:
    return set(workspace.suppressed.select("kind", "value", "reason").rows())
