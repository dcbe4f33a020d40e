"""Whether a run has become slow: its processor time in floors, beside the ratio that is kept in `results/small.json`.

    python benchmarks/small.py           # exit status 1 when it is more than twice what is kept
    python benchmarks/small.py --keep    # keep what is measured now

Processor time, because other work on a busy machine adds less to it than to wall time, and to both alike; the best of several tries in turns.
"""

import argparse
import json
import sys
from typing import Any

from main_job import JOBS, best, tries
from measuring import surroundings
from prepared import HERE, KEPT, data, with_workspace

ROWS, TRIES = 100_000, 2
KEPT_RATIO = HERE / "results" / "small.json"
MOST = 2.0  # times the ratio that is kept


def measured(rows: int = ROWS) -> dict[str, Any]:
    """Return the run's and the floor's processor seconds and their ratio."""
    floor, run = (job for job in JOBS["run"] if job.name in {"floor", "run"})
    # The floor takes a moment, in which little weighs much: it is tried twice as often.
    found = tries([floor, run, floor], with_workspace(data(rows, KEPT)), repeat=TRIES)
    least, took = best(found[floor.name]).cpu, best(found[run.name]).cpu
    return {"rows": rows, "floor": round(least, 2), "run": round(took, 2), "ratio": round(took / least, 1)}


def verdict(now: float, kept: float) -> tuple[int, str]:
    """Return the exit status and the sentence for a ratio beside the one that is kept."""
    said = f"A run takes {now:.1f} floors of processor time; {kept:.1f} are kept"
    if now > MOST * kept:
        return (
            1,
            f"{said}, and more than {MOST * kept:.1f} is too slow. Find what made it slow; `--keep` if it must be so.",
        )
    if now < kept / MOST:
        return 0, f"{said}: `python benchmarks/small.py --keep` would hold on to what was won."
    return 0, f"{said}."


def main() -> int:
    """Measure and compare, or keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true")
    keep = parser.parse_args().keep
    now = measured()
    if keep:
        KEPT_RATIO.write_text(json.dumps({**now, **surroundings()}, indent=2) + "\n", "utf-8")
    status, said = verdict(now["ratio"], json.loads(KEPT_RATIO.read_text("utf-8"))["ratio"])
    print(said)
    return status


if __name__ == "__main__":
    sys.exit(main())
