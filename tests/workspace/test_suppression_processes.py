"""Several processes add opt-outs to one workspace at the same time."""

import subprocess
import sys
from pathlib import Path

from workspace.opt_outs import make_workspace

PROCESSES, EACH = 5, 40
ADD = "import sys, leadsieve as ls; ls.Workspace(sys.argv[1], lock_timeout=60).suppress(sys.argv[2])"


def test_five_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    started = []
    for process in range(PROCESSES):
        file = tmp_path / f"{process}.csv"
        file.write_text("value\n" + "".join(f"a{n}@firm-{process}.com\n" for n in range(EACH)) + "all@acme-tools.com\n")
        started.append(subprocess.Popen([sys.executable, "-c", ADD, str(workspace.path), str(file)]))
    assert [process.wait(timeout=120) for process in started] == [0] * PROCESSES
    assert workspace.suppressed.height == PROCESSES * EACH + 1
