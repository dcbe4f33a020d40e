"""What the main job costs beside bare Polars and beside scripts by hand; or, with `--job load`, what loading a workspace does.

    python benchmarks/main_job.py --rows 1000000 --repeat 3
    python benchmarks/main_job.py --rows 1000000 --jobs floor,run,polars
    python benchmarks/main_job.py --rows 1000000 --job load

Every job is a whole command in a process of its own, on a warm page cache, in turns; the best of its tries counts, of memory the
worst. The ledgers of the scripts by hand must say of every row what leadsieve's says.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from leads import TARGET
from measuring import Measured, measure, surroundings
from prepared import HERE, KEPT, LEADSIEVE, Data, data, with_workspace

BESIDE = HERE / "side_by_side"
RUN = ("run", "{leads}", "--campaign", TARGET, "--workspace", "{workspace}", "--out", "{out}/run")
LEADSIEVES = ("run", "validated", "without-report")  # the jobs whose ledger the others must agree with
BY_HAND = ("{leads}", "{memberships}", "{out}/run")


@dataclass(frozen=True, slots=True)
class Job:
    """One command; the first job of a table is its floor."""

    name: str
    what: str
    command: Sequence[str | Path]

    def parts(self, prepared: Data, out: Path) -> list[str]:
        """Return the command with its paths."""
        paths = {"leads": prepared.leads, "memberships": prepared.memberships, "workspace": prepared.workspace}
        return [str(part).format(**paths, out=out) for part in self.command]


def by_hand(name: str) -> tuple[str | Path, ...]:
    """Return the command of a script by hand."""
    return (sys.executable, BESIDE / f"{name}.py", *BY_HAND)


JOBS = {
    "run": (
        Job("floor", "bare Polars, `scan_csv` to `sink_csv`", by_hand("floor")),
        Job(
            "without-report",
            "`leadsieve run --validate off`, its page replaced by an empty one",
            (sys.executable, HERE / "without_report.py", *RUN, "--validate", "off"),
        ),
        Job("run", "`leadsieve run --validate off`", (*LEADSIEVE, *RUN, "--validate", "off")),
        Job("validated", "`leadsieve run`", (*LEADSIEVE, *RUN)),
        Job("polars", "by hand in Polars", by_hand("by_polars")),
        Job("duckdb", "by hand in DuckDB", by_hand("by_duckdb")),
        Job("pandas", "by hand in pandas", by_hand("by_pandas")),
    ),
    "load": (
        Job("floor", "bare Polars, reading and the keys", (sys.executable, HERE / "load_floor.py", "{memberships}")),
        Job(
            "load",
            "`leadsieve snapshot load`",
            (*LEADSIEVE, "snapshot", "load", "{memberships}", "--workspace", "{out}/workspace.duckdb"),
        ),
    ),
}


def tries(jobs: Sequence[Job], prepared: Data, *, repeat: int) -> dict[str, list[Measured]]:
    """Return what every job took, each time; raises RuntimeError for one that fails or decides otherwise."""
    out, ledgers = prepared.folder / "out", prepared.folder / "ledgers"
    shutil.rmtree(ledgers, ignore_errors=True)
    warm(prepared)
    found: dict[str, list[Measured]] = {job.name: [] for job in jobs}
    for attempt in range(repeat):
        for job in jobs:
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            os.sync()  # what the job before left to write is not this one's
            found[job.name].append(measure(job.parts(prepared, out)))
            print(f"{attempt + 1}. {job.name:15} {told(found[job.name][-1])}", file=sys.stderr)
            if attempt == 0 and (ledger := out / "run" / "ledger.parquet").exists():
                ledgers.mkdir(exist_ok=True)
                ledger.replace(ledgers / f"{job.name}.parquet")
        if attempt == 0 and ledgers.exists():
            compare(ledgers)
            shutil.rmtree(ledgers)
    shutil.rmtree(out, ignore_errors=True)
    return found


def warm(prepared: Data) -> None:
    """Read what the jobs read, so that the first one does not pay the disk for all."""
    for path in (prepared.leads, prepared.memberships, prepared.workspace):
        if path.exists():
            with path.open("rb") as content:
                while content.read(1 << 24):
                    pass


def compare(ledgers: Path) -> None:
    """Raise RuntimeError unless all ledgers agree with leadsieve's."""
    first, *others = sorted(ledgers.iterdir(), key=lambda path: path.stem not in LEADSIEVES)
    for other in others:
        told = subprocess.run([sys.executable, HERE / "agree.py", first, other], capture_output=True, text=True)  # noqa: S603 - our own script
        if told.returncode:
            msg = f"{first.stem} and {other.stem} do not decide the same. {told.stderr}"
            raise RuntimeError(msg)


def best(measured: Sequence[Measured]) -> Measured:
    """Return the least time and the most memory of several tries: what others do on the machine only ever adds time."""
    return Measured(
        wall=min(m.wall for m in measured),
        cpu=min(m.cpu for m in measured),
        tree=max(m.tree for m in measured),
        largest=max(m.largest for m in measured),
    )


def told(measured: Measured) -> str:
    """Return the figures in one line."""
    return f"{measured.wall:7.2f} s, processor {measured.cpu:7.2f} s, memory {measured.tree:7,.0f} MB"


def table(jobs: Sequence[Job], found: dict[str, list[Measured]]) -> Iterator[str]:
    """Yield the lines of the Markdown table; ratios are to the first job."""
    yield "| job | what | wall | × floor | processor | × floor | memory of all processes | of the largest |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    floor = best(found[jobs[0].name])
    for job in jobs:
        m = best(found[job.name])
        times = f"{m.wall:.2f} s | {m.wall / floor.wall:.1f} | {m.cpu:.2f} s | {m.cpu / floor.cpu:.1f}"
        yield f"| {job.name} | {job.what} | {times} | {m.tree:,.0f} MB | {m.largest:,.0f} MB |"


def write(
    results: Path, name: str, about: dict[str, Any], lines: Sequence[str], found: dict[str, list[Measured]]
) -> None:
    """Write the figures of every try as JSON, and the table with what it was measured on as Markdown."""
    results.mkdir(parents=True, exist_ok=True)
    figures = {job: [asdict(m) for m in measured] for job, measured in found.items()}
    (results / f"{name}.json").write_text(json.dumps({**about, "tries": figures}, indent=2) + "\n", "utf-8")
    title = f"# {about['rows']:,} rows, {about['memberships']:,} memberships"
    on = ", ".join(f"{key} {value}" for key, value in about.items() if key not in {"rows", "memberships"})
    how = "Made by `python benchmarks/main_job.py`; what is measured and how stands in [the benchmarks' page](../README.md)."
    (results / f"{name}.md").write_text("\n".join([title, "", f"{on}.", how, "", *lines, ""]), "utf-8")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--job", choices=sorted(JOBS), default="run", help="which table")
    parser.add_argument("--jobs", help="its lines, by commas; the floor is always measured [default: all]")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--data", type=Path, default=KEPT, help="where lists and workspaces are kept")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    asked = parser.parse_args()
    floor, *rest = JOBS[asked.job]
    wanted = asked.jobs.split(",") if asked.jobs else [job.name for job in rest]
    if unknown := set(wanted) - {job.name for job in JOBS[asked.job]}:
        parser.error(f"no job is called {', '.join(sorted(unknown))}")
    jobs = [floor, *(job for job in rest if job.name in wanted)]
    prepared = data(asked.rows, asked.data)
    if any("{workspace}" in job.command for job in jobs):
        with_workspace(prepared)
    found = tries(jobs, prepared, repeat=asked.repeat)
    lines = list(table(jobs, found))
    print("\n".join(lines))
    about = {"rows": asked.rows, "memberships": 2 * asked.rows, "repeat": asked.repeat, **surroundings()}
    name = {"run": "main_job", "load": "load"}[asked.job]
    write(asked.results, f"{name}-{asked.rows}", about, lines, found)


if __name__ == "__main__":
    main()
