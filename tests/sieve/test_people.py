"""Joins of arrays say what plain dictionaries say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadsieve.sieve.people import Carried, carries, distinct, first_of, joined

SIZE = 6
carriers = st.integers(0, SIZE - 1)
pairs = st.lists(st.tuples(carriers, st.integers(0, 9)), max_size=25, unique=True)


def carried(told: list[tuple[int, int]]) -> Carried:
    return Carried(*(np.array([pair[side] for pair in told], dtype=np.int32) for side in (0, 1)))


@given(pairs, st.lists(carriers, max_size=10))
def test_every_key_is_joined_with_all_that_it_carries(told, keys):
    which, numbers = joined(np.array(keys, dtype=np.int64), carried(told), SIZE)
    assert list(zip(which.tolist(), numbers.tolist(), strict=True)) == [
        (place, number) for place, key in enumerate(keys) for carrier, number in told if carrier == key
    ]


@given(pairs, st.lists(st.tuples(carriers, st.integers(-1, 9)), max_size=25))
def test_a_carrier_carries_what_was_told_of_it_however_much_that_is(told, asked):
    carrier, number = (np.array([pair[side] for pair in asked], dtype=np.int32) for side in (0, 1))
    assert carries(carried(told), SIZE, carrier, number).tolist() == [pair in told for pair in asked]


@given(st.lists(st.tuples(*[st.integers(-1, 5)] * 3), max_size=10))
def test_the_first_identifier_of_a_row_is_that_of_the_first_place_that_has_one(rows):
    wide = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    assert first_of(wide).tolist() == [next((n for n in row if n >= 0), -1) for row in rows]


@given(st.lists(st.integers(-5, 5), max_size=20))
def test_distinct_numbers_stand_once_and_in_order(numbers):
    assert distinct(np.array(numbers, dtype=np.int64)).tolist() == sorted(set(numbers))
