"""A published run, read back."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from leadsieve.errors import InputError, UsageError
from leadsieve.identity import parse_email
from leadsieve.publishing import MANIFEST


def rows_of(out: Path, wanted: str) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """Return the ledger rows that a row number or an email names, the run's summary and its policy.

    Raises InputError for a folder that no run published, UsageError when the run has no such row.
    """
    try:
        ledger = pl.scan_parquet(out / "ledger.parquet")
        summary = json.loads((out / "summary.json").read_text("utf-8"))
        policy = json.loads((out / MANIFEST).read_text("utf-8"))["policy"]
        found = ledger.filter(_names(wanted)).collect()
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        msg = f"{out} is no folder that a run published (its ledger cannot be read). Name the folder that `leadsieve run` wrote."
        raise InputError(msg) from error
    if not found.height:
        what = (
            f"row {wanted}; it has rows 1 to {summary['input_rows']}" if wanted.isdecimal() else "row with this email"
        )
        msg = f"The run in {out} has no {what}."
        raise UsageError(msg)
    return found.to_dicts(), summary, policy


def _names(wanted: str) -> pl.Expr:
    if wanted.isdecimal():
        # As text, for a number may be longer than a column of integers can hold.
        return pl.col("row").cast(pl.String) == str(int(wanted))
    address = parse_email(wanted).address or wanted
    return (pl.col("email") == address) | (
        pl.col("email_raw").str.strip_chars().str.to_lowercase() == wanted.strip().lower()
    )


def passed(out: Path) -> bool:
    """Tell whether no expectation stands against what a run published at `out`; unchecked is not failed."""
    return json.loads((out / MANIFEST).read_text("utf-8"))["validated"]["passed"] is not False
