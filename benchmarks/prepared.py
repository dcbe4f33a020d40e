"""The generated list, its memberships and the workspace that holds them, made once and kept."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE / ".data"
LEADSIEVE = (sys.executable, "-m", "leadsieve.cli")


@dataclass(frozen=True, slots=True)
class Data:
    """What jobs read; `workspace` is there after `with_workspace`."""

    folder: Path

    @property
    def leads(self) -> Path:
        """The list."""
        return self.folder / "list.csv"

    @property
    def memberships(self) -> Path:
        """The memberships, a Parquet file."""
        return self.folder / "memberships.parquet"

    @property
    def workspace(self) -> Path:
        """The workspace with the memberships as its only snapshot."""
        return self.folder / "workspace.duckdb"


def data(rows: int, kept: Path = KEPT) -> Data:
    """Return the generated data of so many rows; another generator makes others."""
    maker = HERE / "leads.py"
    made_by = hashlib.sha256(maker.read_bytes() + version("duckdb").encode()).hexdigest()[:8]
    folder = kept / f"{rows}-{made_by}"
    if not (folder / "made").exists():
        _call(sys.executable, maker, folder, "--rows", rows)
        (folder / "made").touch()
    return Data(folder)


def with_workspace(prepared: Data) -> Data:
    """Load the memberships into the workspace, unless that was done by the package as it stands."""
    if not prepared.workspace.exists() or prepared.workspace.stat().st_mtime < _changed():
        prepared.workspace.unlink(missing_ok=True)
        _call(*LEADSIEVE, "snapshot", "load", prepared.memberships, "--workspace", prepared.workspace)
    return prepared


def _changed() -> float:
    """Return when a file that decides what a load writes was changed last."""
    found = find_spec("leadsieve")
    if found is None or found.origin is None:
        msg = "leadsieve is not installed here. Install it with `make`."
        raise SystemExit(msg)
    package = Path(found.origin).parent
    rooms = [package / "workspace", package / "identity"]
    return max(
        file.stat().st_mtime for room in rooms for file in room.rglob("*") if file.suffix in {".py", ".sql", ".toml"}
    )


def _call(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own commands
