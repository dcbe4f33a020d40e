"""Connected components, whole arrays at a time."""

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

_NUMBER = """
create or replace temp table linked as
select identifier, row_number() over () as number
from (select first as identifier from {links} union select identifier from {links})
"""
_PAIRS = "select a.number as one, b.number as other from {links} l join linked a on a.identifier = l.first join linked b on b.identifier = l.identifier"
_NAME = """
create or replace temp table {made} as
select a.identifier, b.identifier as root from rooted r join linked a on a.number = r.number join linked b on b.number = r.root
"""
_HALF = 2**31


def connect_identifiers(con: duckdb.DuckDBPyConnection, links: str, *, made: str) -> None:
    """Make the table `made` (identifier, root: the same for all that are connected) of the table `links` (first, identifier)."""
    con.execute(_NUMBER.format(links=links))
    pairs = con.execute(_PAIRS.format(links=links)).fetchnumpy()
    numbers, roots = components(pairs["one"], pairs["other"])
    con.register("rooted", pl.DataFrame({"number": numbers, "root": roots}).to_arrow())
    con.execute(_NAME.format(made=made))
    con.unregister("rooted")


def components(left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every number that stands in a pair, and beside it the smallest number that it is connected to.

    >>> [list(map(int, part)) for part in components(np.array([1, 2, 8]), np.array([2, 3, 9]))]
    [[1, 2, 3, 8, 9], [1, 1, 1, 8, 8]]
    """
    numbers, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    root = roots(len(numbers), places[: len(left)], places[len(left) :])
    return numbers, numbers[root]


def roots(size: int, left: NDArray[np.integer], right: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return for every number below `size` the smallest that the pairs connect it to; itself where none does.

    Every round hangs each tree's root under the smallest root that it touches and then flattens all trees; rounds grow with
    the logarithm of the longest chain.

    >>> list(map(int, roots(5, np.array([4, 3]), np.array([3, 1]))))
    [0, 1, 2, 1, 1]
    """
    root: NDArray[np.integer] = np.arange(size, dtype=np.int32 if size < _HALF else np.int64)  # half the memory, mostly
    one, other = left, right
    while (apart := one != other).any():
        left, right, one, other = left[apart], right[apart], one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        root = _flat(root)
        one, other = root[left], root[right]
    return root


def _flat(root: NDArray[np.integer]) -> NDArray[np.integer]:
    """Let every number point at its tree's root; one that does already does so for good, and is not looked at again."""
    flat: NDArray[np.integer] = root[root]
    moved = np.flatnonzero(flat != root)
    while len(moved):
        before = flat[moved]
        after = flat[before]
        further = after != before
        moved = moved[further]
        flat[moved] = after[further]
    return flat
