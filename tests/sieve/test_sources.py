"""Persons are counted once a source, wherever their rows stand."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from leadsieve.sieve.sources import people_of_sources


@given(st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 4))))
def test_every_person_of_a_source_is_there_once(rows):
    numbers: dict[int, int] = {}  # persons are numbered in list order, from 1
    persons = [None if who is None else numbers.setdefault(who, len(numbers) + 1) for _, who in rows]
    sources = [source for source, _ in rows]
    decided = pl.DataFrame(
        {"source": sources, "person": persons, "in_workspace": True, "active_elsewhere": False, "suppressed": None},
        schema_overrides={"source": pl.Int32, "person": pl.Int32},
    )

    found = people_of_sources(decided).select("source", "person").rows()

    assert sorted(found) == sorted({pair for pair in zip(sources, persons, strict=True) if pair[1]})
