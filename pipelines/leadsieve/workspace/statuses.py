"""What a membership's status means: the built-in table and the team's own words."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import polars as pl

from leadsieve.errors import UsageError


@cache
def _built_in() -> tuple[dict[str, object], ...]:
    table = tomllib.loads(files("leadsieve.workspace").joinpath("statuses.toml").read_text("utf-8"))
    return tuple(
        {"exported": word.lower(), "status": status, "class": row["class"], "launched": row.get("launched", True)}
        for status, row in table.items()
        for word in (status, *row.get("exported", ()))
    )


def status_table(own: Mapping[str, str]) -> pl.DataFrame:
    """Return how each exported word is read: its status in our words, `active` or `ended`, whether it is launched.

    One row is one word in lower case; `own` (from the policy) adds words and changes the class of known ones.
    """
    table = pl.DataFrame(
        _built_in(), schema={"exported": pl.String, "status": pl.String, "class": pl.String, "launched": pl.Boolean}
    )
    classes = {word.strip().lower(): kind for word, kind in own.items()}
    changed = table.with_columns(
        pl.coalesce(
            pl.col("status").str.to_lowercase().replace_strict(classes, default=None, return_dtype=pl.String),
            pl.col("exported").replace_strict(classes, default=None, return_dtype=pl.String),
            "class",
        ).alias("class")
        if classes
        else pl.col("class")
    )
    known = set(table["exported"])
    added = [
        {"exported": word.strip().lower(), "status": word.strip(), "class": kind, "launched": True}
        for word, kind in own.items()
        if word.strip().lower() not in known
    ]
    return pl.concat([changed, pl.DataFrame(added, schema=table.schema)])


def known_statuses(words: Sequence[str], own: Mapping[str, str]) -> tuple[str, ...]:
    """Return statuses in our words, whatever their case and whichever exported word names them.

    Raises UsageError for a word that is no status: a misspelt one would hold nobody back.
    """
    table = status_table(own)
    by_word = dict(table.select("exported", "status").iter_rows())
    unknown = [word for word in words if word.strip().lower() not in by_word]
    if unknown:
        near = difflib.get_close_matches(unknown[0].lower(), by_word, n=1, cutoff=0)
        msg = f"suppress_statuses names {', '.join(unknown)}, which is no status; the nearest is {by_word[near[0]]}. Correct it in the policy."
        raise UsageError(msg)
    return tuple(by_word[word.strip().lower()] for word in words)
