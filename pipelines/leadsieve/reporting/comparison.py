"""The three dedup modes side by side, and where they differ."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadsieve.reporting.phrases import REASONS, people, rows
from leadsieve.reporting.screen import plain_table
from leadsieve.words import DedupMode, Outcome, Reason


def differences(decisions: pl.LazyFrame) -> pl.DataFrame:
    """Count the rows on which the dedup modes differ, by the reason for which the first mode that holds them back does.

    In: the sieve's decisions (`mode_campaign`, `mode_active`, `mode_workspace`). Out: one row a reason and outcomes, the
    most frequent first: reason, campaign, active, workspace, rows.
    """
    return differences_of(by_modes(decisions).collect(engine="streaming"))


def by_modes(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Count the rows by what the three modes decide; columns as `differences` takes them, and `rows`."""
    return rows.group_by(f"mode_{mode}" for mode in DedupMode).agg(rows=pl.len())


def differences_of(counted: pl.DataFrame) -> pl.DataFrame:
    """Return the same as `differences` of rows that `by_modes` has counted."""
    modes = counted.select(*(pl.col(f"mode_{mode}").alias(mode) for mode in DedupMode), "rows")
    active = pl.col(DedupMode.CAMPAIGN) != pl.col(DedupMode.ACTIVE)
    only_workspace = pl.col(DedupMode.ACTIVE) != pl.col(DedupMode.WORKSPACE)
    reason = (
        pl.when(active)
        .then(pl.lit(str(Reason.ACTIVE_IN_OTHER_CAMPAIGN)))
        .otherwise(pl.lit(str(Reason.IN_OTHER_CAMPAIGN)))
    )
    differing = modes.filter(active | only_workspace).select(reason.alias("reason"), *DedupMode, "rows")
    return differing.sort(["rows", "reason"], descending=[True, False])


def modes_table(summary: Mapping[str, Any]) -> Table:
    """Return what each dedup mode would have decided: one row an outcome, one column a mode, the chosen one bold."""
    heads = [f"{mode} ←" if mode == summary["dedup"] else str(mode) for mode in DedupMode]
    table = plain_table("outcome", *heads, right=(1, 2, 3), title="The dedup modes side by side")
    for outcome in Outcome:
        counts = {mode: summary["modes"][mode].get(outcome, 0) for mode in DedupMode}
        if any(counts.values()):
            table.add_row(str(outcome), *(_count(n, chosen=m == summary["dedup"]) for m, n in counts.items()))
    return table


def _count(count: int, *, chosen: bool) -> Text:
    return Text(f"{count:,}", style="bold" if chosen else "")


def print_comparison(summary: Mapping[str, Any], differing: pl.DataFrame, console: Console) -> None:
    """Print the modes side by side, and below the rows on which they differ (as `differences` counts them) by reason."""
    console.print()
    console.print(Text(summary["campaign"], style="bold"))
    console.print(f"{rows(summary['input_rows'])}, {people(summary['people'])}, {summary['import_mode']}", style="dim")
    console.print()
    console.print(modes_table(summary))
    console.print()
    if not differing.height:
        console.print("The three modes decide every row alike.")
        return
    console.print(_differences_table(differing))
    console.print("\nNothing was written. `leadsieve run --dedup MODE` decides by one of them.")


def _differences_table(differing: pl.DataFrame) -> Table:
    count = int(differing["rows"].sum())
    table = plain_table(
        "rows", *(str(m) for m in DedupMode), "why", right=(0,), title=f"Where they differ ({rows(count)})"
    )
    for row in differing.iter_rows(named=True):
        table.add_row(f"{row['rows']:,}", *(row[mode] for mode in DedupMode), REASONS[row["reason"]])
    return table
