"""What a report counts: aggregates of a ledger and its summary, without persons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from leadsieve.batching import api_minutes
from leadsieve.reporting.comparison import differences
from leadsieve.schema import LEAD_FIELDS, LEDGER_NAMES
from leadsieve.words import DedupMode, Outcome, Reason

_BY_MODE: Final = (
    Reason.ACTIVE_IN_OTHER_CAMPAIGN,
    Reason.IN_OTHER_CAMPAIGN,
    Reason.NEW,
    Reason.RE_ENGAGE,
    Reason.ACTIVE_ELSEWHERE,
)
"""The reasons of rows that came as far as the gates that the dedup mode decides."""

_SOURCES: Final = {
    "source": pl.String,
    **dict.fromkeys(
        (
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
            "create",
        ),
        pl.Int64,
    ),
    "duplicate_rate": pl.Float64,
}
_BATCHES: Final = {"file": pl.String, "campaign": pl.String, "upload": pl.Int64, "rows": pl.Int64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The aggregates of one run, a frame each; no cell of a lead is in them.

    | frame | one row is | columns |
    |---|---|---|
    | `flow` | an outcome and reason | outcome, reason, rows |
    | `sources` | a source, the worst duplicate rate first | those of the summary, only_new_people, price, cost_per_new, cost_per_created |
    | `failed` | a source and reason | source, reason, rows |
    | `overlap` | two sources, or one beside itself | source, other, people |
    | `known_from` | a source and the source of a membership | source, earlier_source, people |
    | `repeats_of` | a source and that of the row that goes forward instead | source, earlier_source, rows |
    | `differing` | a reason and what each mode decides | reason, campaign, active, workspace, rows |
    | `conflicts` | a campaign, its owner and a status | campaign, owner, status, rows, held, goes_in |
    | `batches` | a batch | file, campaign, upload, rows, api_minutes |
    | `fill` | a batch and lead field | batch, field, filled, rows |
    """

    flow: pl.DataFrame
    sources: pl.DataFrame
    failed: pl.DataFrame
    overlap: pl.DataFrame
    known_from: pl.DataFrame
    repeats_of: pl.DataFrame
    differing: pl.DataFrame
    conflicts: pl.DataFrame
    batches: pl.DataFrame
    fill: pl.DataFrame


def figures(ledger: pl.DataFrame, summary: Mapping[str, Any], *, prices: Mapping[str, float]) -> Figures:
    """Return what a report of the run shows; `ledger` and `summary` as they are published, `prices` of sources."""
    # Lazily, so that no step copies columns that it does not ask for.
    lazy = ledger.lazy()
    people = _people(lazy)
    return Figures(
        flow=_most_first(lazy.group_by("outcome", "reason").agg(rows=pl.len()), "outcome", "reason"),
        sources=_sources(people, summary, prices),
        failed=_failed(lazy),
        overlap=_overlap(people),
        known_from=_known_from(lazy),
        repeats_of=_repeats_of(lazy),
        differing=differences(_by_mode(lazy)),
        conflicts=_conflicts(ledger),
        batches=_batches(summary),
        fill=_fill(lazy),
    )


def _most_first(counted: pl.LazyFrame, *ties: str, by: str = "rows") -> pl.DataFrame:
    """Return the counts as integers, the highest first, in an order that is always the same."""
    whole = counted.with_columns(pl.col(by).cast(pl.Int64))
    return whole.sort([by, *ties], descending=[True, *(False for _ in ties)]).collect()


def _people(ledger: pl.LazyFrame) -> pl.DataFrame:
    """Return one row a source and person: whether the person is new, and stands in other sources too."""
    new = ~pl.col("in_workspace") & pl.col("suppressed_by").is_null()
    of_each = ledger.filter(pl.col("person").is_not_null()).group_by("source", "person").agg(new=new.first())
    return of_each.with_columns(shared=pl.len().over("person") > 1).collect()


def _sources(people: pl.DataFrame, summary: Mapping[str, Any], prices: Mapping[str, float]) -> pl.DataFrame:
    only = people.filter("new", ~pl.col("shared")).group_by("source").agg(only_new_people=pl.len().cast(pl.Int64))
    priced = pl.DataFrame({"source": list(prices), "price": list(prices.values())}, schema=["source", "price"])
    told = pl.DataFrame(summary["sources"], schema=_SOURCES)
    together = told.join(only, on="source", how="left", maintain_order="left").join(
        priced.cast({"source": pl.String, "price": pl.Float64}), on="source", how="left", maintain_order="left"
    )
    return together.with_columns(
        pl.col("only_new_people").fill_null(0), cost_per_new=_cost("new_people"), cost_per_created=_cost("create")
    ).sort("duplicate_rate", descending=True, nulls_last=False, maintain_order=True)


def _cost(of: str) -> pl.Expr:
    """Return the price of one; null where there is none or no price."""
    return pl.when(pl.col(of) > 0).then(pl.col("price") / pl.col(of))


def _failed(ledger: pl.LazyFrame) -> pl.DataFrame:
    failed = ledger.filter(pl.col("outcome") == Outcome.FAILED)
    return _most_first(failed.group_by("source", "reason").agg(rows=pl.len()), "source", "reason")


def _overlap(people: pl.DataFrame) -> pl.DataFrame:
    alone = people.group_by("source").agg(people=pl.len()).select("source", pl.col("source").alias("other"), "people")
    shared = people.filter("shared").select("source", "person")
    pairs = shared.join(shared.rename({"source": "other"}), on="person").filter(pl.col("source") != pl.col("other"))
    counted = pairs.group_by("source", "other").agg(people=pl.len())
    return pl.concat([alone, counted]).with_columns(pl.col("people").cast(pl.Int64)).sort("source", "other")


def _known_from(ledger: pl.LazyFrame) -> pl.DataFrame:
    """Count the people of each source whom the workspace has, by the source that their memberships name."""
    known = ledger.filter(pl.col("conflicts").list.len() > 0)
    told = known.select("source", "person", earlier_source=pl.col("conflicts").list.eval(_field("source")))
    each = told.explode("earlier_source").unique()
    return _most_first(
        each.group_by("source", "earlier_source").agg(people=pl.len()), "source", "earlier_source", by="people"
    )


def _field(name: str) -> pl.Expr:
    return pl.element().struct.field(name)


def _repeats_of(ledger: pl.LazyFrame) -> pl.DataFrame:
    """Count the rows in whose place another goes forward, by the source of that one."""
    forward = ledger.select(duplicate_of="row", earlier_source="source")
    repeats = ledger.filter(pl.col("duplicate_of").is_not_null()).select("source", "duplicate_of")
    counted = repeats.join(forward, on="duplicate_of").group_by("source", "earlier_source").agg(rows=pl.len())
    return _most_first(counted, "source", "earlier_source")


def _by_mode(ledger: pl.LazyFrame) -> pl.DataFrame:
    """Return what each dedup mode would have decided for every row."""
    asked = pl.col("reason").is_in([str(reason) for reason in _BY_MODE])
    held = {
        DedupMode.ACTIVE: pl.when("active_elsewhere").then(pl.lit(str(Outcome.IN_PROGRESS))),
        DedupMode.WORKSPACE: pl.when("in_workspace").then(pl.lit(str(Outcome.DUPLICATE))),
    }
    create = pl.lit(str(Outcome.CREATE))
    return ledger.select(
        pl.when(asked)
        .then(held[mode].otherwise(create) if mode in held else create)
        .otherwise("outcome")
        .alias(f"mode_{mode}")
        for mode in DedupMode
    ).collect()


def _conflicts(ledger: pl.DataFrame) -> pl.DataFrame:
    """Count the rows whose person is active elsewhere, each by the membership that weighs most."""
    counted = active_elsewhere(ledger).group_by("campaign", "owner", "status")
    in_progress, goes_in = Outcome.IN_PROGRESS, (str(Outcome.CREATE), str(Outcome.UPDATE))
    told = counted.agg(
        rows=pl.len(),
        held=(pl.col("outcome") == in_progress).sum().cast(pl.Int64),
        goes_in=pl.col("outcome").is_in(goes_in).sum().cast(pl.Int64),
    )
    return _most_first(told, "campaign", "owner", "status")


def active_elsewhere(ledger: pl.DataFrame) -> pl.LazyFrame:
    """Return the ledger's rows whose person is active elsewhere, with campaign, owner and status of the membership that weighs most."""
    return (
        ledger.lazy()
        .filter("active_elsewhere")
        .with_columns(
            campaign="conflict_campaign",
            # The memberships stand in the order of their weight.
            owner=pl.col("conflicts").list.first().struct.field("owner"),
            status="conflict_status",
        )
    )


def _batches(summary: Mapping[str, Any]) -> pl.DataFrame:
    told = pl.DataFrame(summary["batches"], schema=_BATCHES)
    return told.with_columns(api_minutes=pl.Series([api_minutes(n) for n in told["rows"]], dtype=pl.Float64))


def _fill(ledger: pl.LazyFrame) -> pl.DataFrame:
    """Count the filled cells of every lead field in each batch; fields that no lead of the run has are left out."""
    created = ledger.filter(pl.col("outcome") == Outcome.CREATE)
    counts = [pl.col(LEDGER_NAMES.get(name, name)).count().cast(pl.Int64).alias(name) for name in LEAD_FIELDS]
    wide = created.group_by("batch").agg(*counts, rows=pl.len().cast(pl.Int64))
    long = wide.unpivot(on=LEAD_FIELDS, index=["batch", "rows"], variable_name="field", value_name="filled")
    order = {name: place for place, name in enumerate(LEAD_FIELDS)}
    place = pl.col("field").replace_strict(order, return_dtype=pl.Int64)
    kept = long.filter(pl.col("filled").sum().over("field") > 0).sort("batch", place)
    return kept.select("batch", "field", "filled", "rows").collect()
