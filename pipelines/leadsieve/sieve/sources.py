"""What each source brought, whatever the order of the files."""

import polars as pl

from leadsieve.words import Outcome


def people_of_sources(decided: pl.DataFrame) -> pl.DataFrame:
    """Return every person of a source once: source (its number), person, known, active, suppressed."""
    flags = {
        "known": pl.col("in_workspace"),
        "active": pl.col("active_elsewhere"),
        "suppressed": pl.col("suppressed").is_not_null(),
    }
    named = decided.lazy().select("source", "person", **flags).drop_nulls("person").collect()
    # Persons are numbered in list order, so that the first row of each is seen without comparing it to all others.
    is_first = named["person"] > named["person"].cum_max().shift(1, fill_value=0)
    first, again = named.filter(is_first), named.filter(~is_first)
    of_another = again["source"] != first["source"].gather(again["person"] - 1)
    return pl.concat([first, again.filter(of_another).unique(["source", "person"])])


def count_sources(decided: pl.DataFrame, people: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return one row a source, in the order of their first rows: source (its name), counts of its rows and persons.

    In: the decisions, `people_of_sources`, and the sources' names (source, name). `repeats` are valid rows less persons, `shared_people` stand in another
    source too, `new_people` are neither known nor suppressed; `duplicate_rate` is the share of the valid rows that brought nobody whom the
    workspace lacks.
    """
    shared = pl.col("person").is_in(_of_several(people)["person"].unique().implode())
    of_people = people.group_by("source").agg(
        people=pl.len(),
        known_people=pl.col("known").sum(),
        active_people=pl.col("active").sum(),
        suppressed_people=pl.col("suppressed").sum(),
        shared_people=shared.sum(),
        new_people=(~pl.col("known") & ~pl.col("suppressed")).sum(),
    )
    outcome = pl.col("outcome")
    of_rows = decided.group_by("source").agg(
        pl.col("row").first(),
        rows=pl.len(),
        failed=(outcome == Outcome.FAILED).sum(),
        create=(outcome == Outcome.CREATE).sum(),
    )
    counted = of_rows.join(of_people, on="source", how="left").join(names, on="source").sort("row")
    told = counted.select("name", pl.exclude("source", "row", "name").fill_null(0).cast(pl.Int64))
    valid, brought = pl.col("rows") - pl.col("failed"), pl.col("people")
    new = brought - pl.col("known_people")
    return told.select(
        pl.col("name").alias("source"),
        "rows",
        "failed",
        valid.alias("valid"),
        "people",
        (valid - brought).alias("repeats"),
        "known_people",
        "active_people",
        "suppressed_people",
        "shared_people",
        (brought - pl.col("shared_people")).alias("exclusive_people"),
        "new_people",
        "create",
        pl.when(valid > 0).then(1 - new / valid).alias("duplicate_rate"),
    )


def count_overlaps(people: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return one row two sources that share persons: source, other (by name, the first in order first), people."""
    several = _of_several(people).select("source", "person").join(names, on="source").select("person", source="name")
    pairs = several.join(several.rename({"source": "other"}), on="person").filter(pl.col("other") > pl.col("source"))
    return pairs.group_by("source", "other").agg(people=pl.len().cast(pl.Int64)).sort("source", "other")


def _of_several(people: pl.DataFrame) -> pl.DataFrame:
    """Return the persons whom several sources brought, once a source."""
    if people["source"].n_unique() < 2:
        return people.clear()
    return people.filter(pl.col("person").is_duplicated())


def count_deleted(people: pl.DataFrame, deleted: pl.Series, names: pl.DataFrame) -> dict[str, int]:
    """Return how many persons of a source, by its name, have a lead that somebody deleted, where there are any."""
    theirs = people.filter(pl.col("person").is_in(deleted.implode())).join(names, on="source")
    return dict(theirs.group_by("name").agg(pl.len()).sort("name").iter_rows())
