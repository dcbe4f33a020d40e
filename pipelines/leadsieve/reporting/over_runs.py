"""What sources brought over many runs: counts added up, rates made of the sums, no persons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import polars as pl

from leadsieve.errors import InputError, UsageError, WorkspaceError
from leadsieve.published import Published, published
from leadsieve.reporting.figures import figures
from leadsieve.reporting.periods import Period
from leadsieve.words import Reason, ReportBy, RowWarning, Span
from leadsieve.workspace import Workspace

COUNTS: Final = (
    "rows",
    "failed",
    "valid",
    "people",
    "repeats",
    "known_people",
    "active_people",
    "suppressed_people",
    "shared_people",
    "exclusive_people",
    "new_people",
    "only_new_people",
    "create",
    "deleted_people",
)
"""What is counted of each source of a run; `only_new_people` and all but it stand in the records of runs too."""

_RUN: Final = {"run": pl.Int64(), "ran_at": pl.Datetime("us")}
_EARLIER: Final = {"source": pl.String(), "earlier_source": pl.String()}
_FRAMES: Final = {
    "brought": pl.Schema(
        {
            **_RUN,
            **dict.fromkeys(("campaign", "owner", "source"), pl.String()),
            **dict.fromkeys(COUNTS, pl.Int64()),
        }
    ),
    "overlap": pl.Schema({**_RUN, "source": pl.String(), "other": pl.String(), "people": pl.Int64()}),
    "known_from": pl.Schema({**_RUN, **_EARLIER, "people": pl.Int64()}),
    "repeats_of": pl.Schema({**_RUN, **_EARLIER, "rows": pl.Int64()}),
    "failed": pl.Schema({**_RUN, "source": pl.String(), "reason": pl.String(), "rows": pl.Int64()}),
    "conflicts": pl.Schema(
        {
            **_RUN,
            **dict.fromkeys(("campaign", "owner"), pl.String()),
            **dict.fromkeys(("rows", "held", "goes_in"), pl.Int64()),
        }
    ),
}
"""The frames of `Runs` with their columns."""
_LABELS: Final = {Span.RUN: "%Y-%m-%d %H:%M:%S", Span.DAY: "%Y-%m-%d", Span.WEEK: "%G-W%V", Span.MONTH: "%Y-%m"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The aggregates of many runs, numbered by their time; no cell of a lead is in them.

    | frame | one row is | columns beside `run` and `ran_at` (UTC) |
    |---|---|---|
    | `brought` | a source of a run | campaign and owner of the run, source, `COUNTS` |
    | `overlap` | two sources of a run, or one beside itself | source, other, people |
    | `known_from` | a source of a run and the source of a membership | source, earlier_source, people |
    | `repeats_of` | a source of a run and that of the row that goes forward instead | source, earlier_source, rows |
    | `failed` | a source of a run and a reason | source, reason, rows |
    | `conflicts` | a campaign and its owner where people of a run are active | campaign, owner, rows, held, goes_in |

    `recorded`: these are records of a workspace, which hold the first two only. `prices` and `currency` are those of the newest run.
    """

    brought: pl.DataFrame
    overlap: pl.DataFrame
    known_from: pl.DataFrame
    repeats_of: pl.DataFrame
    failed: pl.DataFrame
    conflicts: pl.DataFrame
    recorded: bool
    prices: Mapping[str, float]
    currency: str

    @property
    def days(self) -> tuple[date, date]:
        """The days (UTC) of the first and the last run."""
        days = self.brought["ran_at"].dt.date().sort()
        return days[0], days[-1]

    @property
    def count(self) -> int:
        """How many runs these are."""
        return self.brought["run"].n_unique()


# -------------------------------------------------------------------------------------------------------- runs of folders


def published_runs(folders: Iterable[Path], *, period: Period | None = None) -> Runs:
    """Return what the runs brought that were published in these folders; one that is there twice counts once.

    Raises InputError for folders that no run published, all at once; UsageError where no run is of the `period`.
    """
    found = sorted(_each_once(folders).values(), key=lambda run: (run.made_at, run.run))
    runs = [run for run in found if (period or Period()).holds(run.made_at)]
    if not runs:
        raise UsageError(_none_of(found[0].made_at, found[-1].made_at))
    counted = [_counted(run, number) for number, run in enumerate(runs, start=1)]
    frames = {name: pl.concat(each[name] for each in counted) for name in _FRAMES}
    newest = runs[-1].policy
    return Runs(**frames, recorded=False, prices=newest["prices"], currency=newest["currency"])


def _none_of(first: datetime, last: datetime) -> str:
    return f"No run is of that --period: the runs are from {first:%Y-%m-%d} to {last:%Y-%m-%d} (UTC). Name another one."


def _each_once(folders: Iterable[Path]) -> dict[tuple[str, datetime], Published]:
    """Return the runs by what they are known by: what they decided, and when."""
    found, wrong = {}, []
    for folder in folders:
        try:
            run = published(folder)
        except InputError as error:
            wrong.append((folder, error))
        else:
            found[run.run, run.made_at] = run
    if len(wrong) == 1:
        raise wrong[0][1]
    if wrong:
        named = ", ".join(str(folder) for folder, _ in wrong)
        msg = f"These are no folders as a run published them: {named}. Name folders that `leadsieve run` wrote."
        raise InputError(msg)
    return found


def _counted(run: Published, number: int) -> dict[str, pl.DataFrame]:
    """Return the frames of one run."""
    ledger = run.ledger
    told = figures(ledger, run.summary, prices={})
    of_campaign = {"campaign": run.summary["campaign"], "owner": _owner(ledger, run.summary["campaign"])}
    brought = told.sources.join(_deleted(ledger), on="source", how="left", maintain_order="left").with_columns(
        pl.col("deleted_people").fill_null(0), **{name: pl.lit(value) for name, value in of_campaign.items()}
    )
    conflicts = told.conflicts.group_by("campaign", "owner").agg(pl.col("rows", "held", "goes_in").sum())
    told_of = {
        "brought": brought,
        "overlap": told.overlap,
        "known_from": told.known_from,
        "repeats_of": told.repeats_of,
        "failed": told.failed,
        "conflicts": conflicts,
    }
    of_run = {"run": pl.lit(number), "ran_at": pl.lit(run.made_at)}
    return {name: _as(frame.with_columns(**of_run), _FRAMES[name]) for name, frame in told_of.items()}


def _as(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return the frame's columns that the schema has, in its order and its types."""
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())


def _deleted(ledger: pl.LazyFrame) -> pl.DataFrame:
    """Count by source the persons whose lead was deleted earlier, warned of or held back."""
    warned = pl.col("warnings").list.contains(RowWarning.DELETED_EARLIER.value)
    reasons = pl.col("suppressions").list.eval(pl.element().struct.field("reason"))
    held = reasons.list.contains(Reason.DELETED_EARLIER.value)
    back = ledger.filter(pl.col("person").is_not_null() & (warned | held).fill_null(value=False))
    counted = back.group_by("source").agg(deleted_people=pl.col("person").n_unique().cast(pl.Int64))
    return counted.collect(engine="streaming")


def _owner(ledger: pl.LazyFrame, campaign: str) -> str | None:
    """Return the owner of the run's campaign, as the leads name it that are in there; None where the list has none of these."""
    known = ledger.filter("in_campaign").select(pl.col("conflicts").explode()).unnest("conflicts")
    owners = known.filter(pl.col("campaign") == campaign).select(pl.col("owner").min())
    return owners.collect(engine="streaming").item()  # type: ignore[no-any-return] # a text's smallest is a text


# ---------------------------------------------------------------------------------------------------------- recorded runs


def recorded_runs(workspace: Workspace, *, period: Period | None = None) -> Runs:
    """Return what the runs brought that a workspace has recorded.

    Raises WorkspaceError where there is none, UsageError where none is of the `period`.
    """
    recorded = workspace.duplicate_rates
    if recorded.is_empty():
        msg = f"The workspace {workspace.path} has no recorded runs. Name the folders of runs instead."
        raise WorkspaceError(msg)
    brought = recorded.filter((period or Period()).as_filter("ran_at"))
    if brought.is_empty():
        ran_at = recorded["ran_at"].sort()
        raise UsageError(_none_of(ran_at[0], ran_at[-1]))
    untold = {name: pl.DataFrame(schema=_FRAMES[name]) for name in ("known_from", "repeats_of", "failed", "conflicts")}
    return Runs(
        brought=_as(brought.with_columns(only_new_people=pl.lit(None)), _FRAMES["brought"]),
        overlap=_both_ways(brought, workspace.overlap),
        **untold,
        recorded=True,
        prices={},
        currency="",
    )


def _both_ways(brought: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return each source beside itself and each pair of sources both ways, as the figures of a run have them."""
    alone = brought.filter(pl.col("people") > 0).with_columns(other="source")
    ours = pairs.join(brought.select("run").unique(), on="run", how="semi")
    turned = ours.with_columns(source="other", other="source")
    return pl.concat(_as(frame, _FRAMES["overlap"]) for frame in (alone, ours, turned))


# ----------------------------------------------------------------------------------------------------------------- added up


def duplicate_rates(
    runs: Runs, *, by: ReportBy = ReportBy.SOURCE, per: Span | None = None, prices: Mapping[str, float] | None = None
) -> pl.DataFrame:
    """Return one row a period and key, tidy: the counts added up over sources and runs, and the rates that the sums give.

    `period` is the moment, the day, the week or the month of the runs (UTC), without `per` their whole time. A person counts once a run and source.
    `prices` (those of the newest run unless others are given) are what each source cost over the whole time, so that a
    part of it has no cost. In each period the worst duplicate rate stands first.
    """
    keyed = runs.brought.with_columns(_period_of(runs, per), _key(by))
    added = keyed.group_by("period", by.value).agg(
        runs=pl.col("run").n_unique().cast(pl.Int64),
        **{name: _sum(name) for name in COUNTS},
        deleted_runs=pl.col("run").filter(pl.col("deleted_people") > 0).n_unique().cast(pl.Int64),
    )
    rated = added.with_columns(
        duplicate_rate=pl.when(pl.col("valid") > 0).then(
            1 - (pl.col("people") - pl.col("known_people")) / pl.col("valid")
        )
    )
    told = runs.prices if prices is None else prices
    priced = _priced(rated, told if by is ReportBy.SOURCE and per is None else {})
    order = ["period", "duplicate_rate", "rows", by.value]
    return priced.sort(order, descending=[False, True, True, False], nulls_last=[False, False, False, True])


def _period_of(runs: Runs, per: Span | None) -> pl.Expr:
    if per:
        return pl.col("ran_at").dt.strftime(_LABELS[per]).alias("period")
    first, last = runs.days
    return pl.lit(str(first) if first == last else f"{first}..{last}").alias("period")


def _key(by: ReportBy) -> pl.Expr:
    return pl.col("ran_at").dt.strftime(_LABELS[Span.DAY]).alias("day") if by is ReportBy.DAY else pl.col(by.value)


def _sum(name: str) -> pl.Expr:
    """Return the sum of a count, null where one of the runs does not tell it."""
    return pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum())


def _priced(rated: pl.DataFrame, prices: Mapping[str, float]) -> pl.DataFrame:
    table = pl.DataFrame(
        {"source": list(prices), "price": list(prices.values())}, schema={"source": pl.String, "price": pl.Float64}
    )
    priced = (
        rated.join(table, on="source", how="left")
        if "source" in rated.columns
        else rated.with_columns(price=pl.lit(None, pl.Float64))
    )
    return priced.with_columns(cost_per_new=_cost("new_people"), cost_per_created=_cost("create"))


def _cost(of: str) -> pl.Expr:
    return pl.when(pl.col(of) > 0).then(pl.col("price") / pl.col(of))


def shared_people(runs: Runs) -> pl.DataFrame:
    """Return how many persons two sources shared (source, other, people), added up over runs: who is in two runs counts twice."""
    return added_up(runs.overlap, "people")


def added_up(frame: pl.DataFrame, *counts: str) -> pl.DataFrame:
    """Return the counts of a frame of `Runs` over all runs, the highest first."""
    keys = [name for name in frame.columns if name not in (*_RUN, *counts)]
    added = frame.group_by(keys).agg(pl.col(counts).sum())
    return added.sort([counts[0], *keys], descending=[True, *(False for _ in keys)])


def deleted_again(runs: Runs) -> pl.DataFrame:
    """Return the sources that brought deleted leads back, one row each, those that did so most often first.

    Columns: source, runs (that had the source), runs_with (deleted leads), most_people (in one run), people (added up), last_at.
    """
    back = pl.col("deleted_people") > 0
    told = runs.brought.group_by("source").agg(
        runs=pl.col("run").n_unique().cast(pl.Int64),
        runs_with=pl.col("run").filter(back).n_unique().cast(pl.Int64),
        most_people=pl.col("deleted_people").max(),
        people=pl.col("deleted_people").sum(),
        last_at=pl.col("ran_at").filter(back).max(),
    )
    return told.filter(pl.col("people") > 0).sort(["runs_with", "people", "source"], descending=[True, True, False])


__all__: Sequence[str] = [
    "COUNTS",
    "Runs",
    "added_up",
    "deleted_again",
    "duplicate_rates",
    "published_runs",
    "recorded_runs",
    "shared_people",
]
