"""`why`: one row of a published run."""

from pathlib import Path
from typing import Annotated

import typer

from leadsieve import reporting
from leadsieve.cli import console


def why(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of a run.")],
    row: Annotated[str, typer.Argument(metavar="ROW|EMAIL", help="The row's number over the whole list, or an email.")],
) -> None:
    """Explain why a row got its outcome, and what would let it pass."""
    from leadsieve.published import ledger_of, rows_of

    rows, summary, policy = rows_of(out, row)
    console.say("\n\n".join(str(reporting.explain(found, summary, policy, ledger=ledger_of(out))) for found in rows))
