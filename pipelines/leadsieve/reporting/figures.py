"""What a report counts: aggregates of a ledger and its summary, without persons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from leadsieve.batching import api_minutes
from leadsieve.reporting.comparison import by_modes, differences_of
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


def figures(ledger: pl.LazyFrame, summary: Mapping[str, Any], *, prices: Mapping[str, float]) -> Figures:
    """Return what a report of the run shows; `ledger` and `summary` as they are published, `prices` of sources."""
    repeated = _repeated(ledger)
    shared = _shared(repeated)
    flow, failed, known, modes, conflicts, fill = pl.collect_all(
        [
            ledger.group_by("outcome", "reason").agg(rows=pl.len()),
            _failed(ledger),
            _known(ledger).group_by("source", "earlier_source").agg(people=pl.len()),
            _by_mode(ledger),
            _conflicts(ledger),
            _fill(ledger),
        ],
        engine="streaming",
    )
    return Figures(
        flow=_most_first(flow, "outcome", "reason"),
        sources=_sources(shared, summary, prices),
        failed=_most_first(failed, "source", "reason"),
        overlap=_overlap(shared, summary),
        known_from=_known_from(known, ledger, repeated),
        repeats_of=_repeats_of(repeated),
        differing=differences_of(modes),
        conflicts=_most_first(conflicts, "campaign", "owner", "status"),
        batches=_batches(summary),
        fill=_in_order(fill),
    )


def _most_first(counted: pl.DataFrame, *ties: str, by: str = "rows") -> pl.DataFrame:
    """Return the counts as integers, the highest first, in an order that is always the same."""
    whole = counted.with_columns(pl.col(by).cast(pl.Int64))
    return whole.sort([by, *ties], descending=[True, *(False for _ in ties)])


def _repeated(ledger: pl.LazyFrame) -> pl.DataFrame:
    """Return the rows in whose place another one goes forward, and these others: all rows of every person who has several.

    Columns: row, source, person, duplicate_of, and whether the person is new.
    """
    new = ~pl.col("in_workspace") & pl.col("suppressed_by").is_null()
    rows = ledger.select(
        pl.col("row", "person", "duplicate_of").cast(pl.UInt32), pl.col("source").cast(pl.Categorical), new=new
    )
    repeats = rows.filter(pl.col("duplicate_of").is_not_null())
    forward = rows.join(
        repeats.select("duplicate_of").unique(), left_on="row", right_on="duplicate_of", how="semi"
    ).filter(pl.col("duplicate_of").is_null())
    return pl.concat(pl.collect_all([repeats, forward], engine="streaming"))


def _shared(repeated: pl.DataFrame) -> pl.DataFrame:
    """Return one row a source and person, of the persons who stand in several sources: whether the person is new."""
    several = repeated.filter(pl.col("source").n_unique().over("person") > 1)
    return several.group_by("source", "person").agg(pl.col("new").first()).cast({"source": pl.String})


def _sources(shared: pl.DataFrame, summary: Mapping[str, Any], prices: Mapping[str, float]) -> pl.DataFrame:
    new_elsewhere = shared.filter("new").group_by("source").agg(new_elsewhere=pl.len().cast(pl.Int64))
    priced = pl.DataFrame({"source": list(prices), "price": list(prices.values())}, schema=["source", "price"])
    told = pl.DataFrame(summary["sources"], schema=_SOURCES)
    together = told.join(new_elsewhere, on="source", how="left", maintain_order="left").join(
        priced.cast({"source": pl.String, "price": pl.Float64}), on="source", how="left", maintain_order="left"
    )
    only = pl.col("new_people") - pl.col("new_elsewhere").fill_null(0)
    return (
        together.with_columns(only_new_people=only, cost_per_new=_cost("new_people"), cost_per_created=_cost("create"))
        .select(*told.columns, "only_new_people", "price", "cost_per_new", "cost_per_created")
        .sort("duplicate_rate", descending=True, nulls_last=False, maintain_order=True)
    )


def _cost(of: str) -> pl.Expr:
    """Return the price of one; null where there is none or no price."""
    return pl.when(pl.col(of) > 0).then(pl.col("price") / pl.col(of))


def _failed(ledger: pl.LazyFrame) -> pl.LazyFrame:
    return ledger.filter(pl.col("outcome") == Outcome.FAILED).group_by("source", "reason").agg(rows=pl.len())


def _overlap(shared: pl.DataFrame, summary: Mapping[str, Any]) -> pl.DataFrame:
    told = pl.DataFrame(summary["sources"], schema=_SOURCES).filter(pl.col("people") > 0)
    alone = told.select("source", pl.col("source").alias("other"), "people")
    persons = shared.select("source", "person")
    pairs = persons.join(persons.rename({"source": "other"}), on="person").filter(pl.col("source") != pl.col("other"))
    counted = pairs.group_by("source", "other").agg(people=pl.len().cast(pl.Int64))
    return pl.concat([alone, counted]).sort("source", "other")


def _known(ledger: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row a row of the list and source of a membership of its person."""
    known = ledger.filter(pl.col("conflicts").list.len() > 0)
    earlier = pl.col("conflicts").list.eval(_field("source")).list.unique()
    return known.select("row", "source", "person", earlier_source=earlier).explode("earlier_source")


def _known_from(counted: pl.DataFrame, ledger: pl.LazyFrame, repeated: pl.DataFrame) -> pl.DataFrame:
    """Count the people of each source whom the workspace has, by the source that their memberships name.

    `counted` has their rows: of a person who has several in one source all but one are taken away.
    """
    several = _known(ledger).join(repeated.lazy().select(pl.col("row").cast(pl.Int64)), on="row", how="semi")
    again = pl.len().cast(pl.Int64) - pl.col("person").n_unique()
    less = several.group_by("source", "earlier_source").agg(less=again).collect(engine="streaming")
    people = counted.join(less, on=["source", "earlier_source"], how="left", nulls_equal=True).select(
        "source", "earlier_source", people=pl.col("people").cast(pl.Int64) - pl.col("less").fill_null(0)
    )
    return _most_first(people, "source", "earlier_source", by="people")


def _field(name: str) -> pl.Expr:
    return pl.element().struct.field(name)


def _repeats_of(repeated: pl.DataFrame) -> pl.DataFrame:
    """Count the rows in whose place another goes forward, by the source of that one."""
    forward = repeated.select(duplicate_of="row", earlier_source="source")
    repeats = repeated.drop_nulls("duplicate_of").select("source", "duplicate_of")
    counted = repeats.join(forward, on="duplicate_of").group_by("source", "earlier_source").agg(rows=pl.len())
    return _most_first(counted.cast({"source": pl.String, "earlier_source": pl.String}), "source", "earlier_source")


def _by_mode(ledger: pl.LazyFrame) -> pl.LazyFrame:
    """Count the rows by what each dedup mode would have decided."""
    asked = pl.col("reason").is_in([str(reason) for reason in _BY_MODE])
    held = {
        DedupMode.ACTIVE: pl.when("active_elsewhere").then(pl.lit(str(Outcome.IN_PROGRESS))),
        DedupMode.WORKSPACE: pl.when("in_workspace").then(pl.lit(str(Outcome.DUPLICATE))),
    }
    create = pl.lit(str(Outcome.CREATE))
    modes = ledger.select(
        pl.when(asked)
        .then(held[mode].otherwise(create) if mode in held else create)
        .otherwise("outcome")
        .alias(f"mode_{mode}")
        for mode in DedupMode
    )
    return by_modes(modes)


def _conflicts(ledger: pl.LazyFrame) -> pl.LazyFrame:
    """Count the rows whose person is active elsewhere, each by the membership that weighs most."""
    counted = active_elsewhere(ledger).group_by("campaign", "owner", "status")
    in_progress, goes_in = Outcome.IN_PROGRESS, (str(Outcome.CREATE), str(Outcome.UPDATE))
    return counted.agg(
        rows=pl.len(),
        held=(pl.col("outcome") == in_progress).sum().cast(pl.Int64),
        goes_in=pl.col("outcome").is_in(goes_in).sum().cast(pl.Int64),
    )


def active_elsewhere(ledger: pl.LazyFrame) -> pl.LazyFrame:
    """Return the ledger's rows whose person is active elsewhere, with campaign, owner and status of the membership that weighs most."""
    return ledger.filter("active_elsewhere").with_columns(
        campaign="conflict_campaign",
        # The memberships stand in the order of their weight.
        owner=pl.col("conflicts").list.first().struct.field("owner"),
        status="conflict_status",
    )


def _batches(summary: Mapping[str, Any]) -> pl.DataFrame:
    told = pl.DataFrame(summary["batches"], schema=_BATCHES)
    return told.with_columns(api_minutes=pl.Series([api_minutes(n) for n in told["rows"]], dtype=pl.Float64))


def _fill(ledger: pl.LazyFrame) -> pl.LazyFrame:
    """Count the filled cells of every lead field in each batch."""
    created = ledger.filter(pl.col("outcome") == Outcome.CREATE)
    counts = [pl.col(LEDGER_NAMES.get(name, name)).count().cast(pl.Int64).alias(name) for name in LEAD_FIELDS]
    return created.group_by("batch").agg(*counts, rows=pl.len().cast(pl.Int64))


def _in_order(fill: pl.DataFrame) -> pl.DataFrame:
    """Return one row a batch and field; fields that no lead of the run has are left out."""
    long = fill.unpivot(on=LEAD_FIELDS, index=["batch", "rows"], variable_name="field", value_name="filled")
    order = {name: place for place, name in enumerate(LEAD_FIELDS)}
    place = pl.col("field").replace_strict(order, return_dtype=pl.Int64)
    kept = long.filter(pl.col("filled").sum().over("field") > 0).sort("batch", place)
    return kept.select("batch", "field", "filled", "rows")
