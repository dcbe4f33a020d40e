"""The generated list that the benchmarks' tests share, small, with what leadsieve decided for it."""

import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

import leadsieve as ls

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
# They are scripts, each of which finds the others beside it. No longer on the path than that: `identity` is a folder of tests, too.
sys.path.append(str(BENCHMARKS))
import agree  # noqa: E402, F401
import leads  # noqa: E402
import main_job  # noqa: E402, F401
import small  # noqa: E402, F401

sys.path.remove(str(BENCHMARKS))

ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Decided:
    """A folder with `list.csv` and `memberships.parquet`, and the ledger of its run."""

    folder: Path
    ledger: Path

    def read(self) -> pl.DataFrame:
        return pl.read_parquet(self.ledger)


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Decided:
    folder = tmp_path_factory.mktemp("generated")
    leads.make(folder, rows=ROWS)
    workspace = ls.Workspace(folder / "workspace.duckdb")
    workspace.load(folder / "memberships.parquet")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("leadsieve.output.render_page", lambda *_: "")  # `undrawn` is not there yet
        result = ls.run(folder / "list.csv", workspace=workspace, campaign=leads.TARGET, validate="off")
        return Decided(folder, result.write(folder / "out") / "ledger.parquet")
