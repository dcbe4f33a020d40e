"""The command line: it translates, the package decides.

A help page must come at once, and a command must load only what it uses. So no module here imports Polars, DuckDB, Rich or a
room that needs them at its top: a command's body does, or takes them from `leadsieve` and `leadsieve.reporting`, whose names
come late.
"""

import sys
from collections.abc import Sequence

from leadsieve.cli import stopping

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every error is one message on standard error and an exit status.

    Without `arguments` they are the process's own, and so is the process: it ends here.
    """
    try:
        if arguments is None:
            stopping.listen()
        # The commands take longer to load than a person to change their mind.
        from leadsieve.cli import app

        app.main(arguments)
    except KeyboardInterrupt:
        sys.exit(stopping.tell())
