"""Connected components of numbers equal those of a plain union-find."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadsieve.components import components

pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60)


def union_find(links: list[tuple[int, int]]) -> dict[int, int]:
    groups = {number: {number} for link in links for number in link}
    for a, b in links:
        merged = groups[a] | groups[b]
        for number in merged:
            groups[number] = merged
    return {number: min(group) for number, group in groups.items()}


@given(pairs)
def test_every_number_gets_the_smallest_that_it_is_connected_to(links):
    left, right = (np.array([link[side] for link in links], dtype=np.int64) for side in (0, 1))
    numbers, roots = components(left, right)
    assert dict(zip(numbers.tolist(), roots.tolist(), strict=True)) == union_find(links)
