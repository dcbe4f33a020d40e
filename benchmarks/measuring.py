"""How a benchmark runs a command and measures it: wall time, processor time, memory of all its processes."""

import os
import platform
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

SAMPLED_EVERY = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of a command took.

    `wall` and `cpu` (user and system) are seconds, the latter of the process and of all children that it waited for. Memory
    is resident megabytes (1,000,000 bytes), sampled: `tree` the peak of the sum over the process and its descendants, so that
    pages which they share count for each; `largest` the highest mark that the kernel kept for one of them.
    """

    wall: float
    cpu: float
    tree: float
    largest: float


def measure(command: list[str]) -> Measured:
    """Run the command to its end; raises RuntimeError with its last words when it fails."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        # Its output is read by nobody: a terminal would cost time of its own. Python keeps what it compiles, as an
        # installer does: else each start of a checkout would compile all modules anew.
        child = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        )
        with _Sampler(child.pid) as sampler:
            _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            msg = f"{' '.join(command)} failed: {said.read().decode(errors='replace')[-2000:]}"
            raise RuntimeError(msg)
    return Measured(wall, used.ru_utime + used.ru_stime, sampler.together / 1e6, sampler.largest / 1e6)


class _Sampler(threading.Thread):
    """Looks at a process and its descendants until told to stop; keeps the most bytes: of all `together`, of the `largest`."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.together = self.largest = 0
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            seen = [_memory(pid) for pid in _tree(self._pid)]
            self.together = max(self.together, sum(now for now, _ in seen))
            self.largest = max(self.largest, *(most for _, most in seen))
            self._over.wait(SAMPLED_EVERY)

    def __enter__(self) -> "_Sampler":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def _tree(pid: int) -> list[int]:
    """Return the process and its descendants, those that still live."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found.extend(int(child) for child in _content(children).split())
    return found


def _memory(pid: int) -> tuple[int, int]:
    """Return the process's resident bytes now and at most, 0 when it is gone.

    Not what `wait4` tells: that counts the memory of whoever started the process, too.
    """
    told = dict(line.split(":", 1) for line in _content(Path(f"/proc/{pid}/status")).splitlines())
    now, most = (int(told.get(key, "0 kB").split()[0]) * 1024 for key in ("VmRSS", "VmHWM"))
    return now, most


def _content(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # a process ends at any moment
        return ""


def surroundings() -> dict[str, str | int | float]:
    """Return what figures depend on: date, machine, versions."""
    processor = [
        line.split(":")[1].strip() for line in _content(Path("/proc/cpuinfo")).splitlines() if "model name" in line
    ]
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": processor[0] if processor else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "python": platform.python_version(),
        **{name: version(name) for name in ("leadsieve", "polars", "duckdb", "pandas")},
    }
