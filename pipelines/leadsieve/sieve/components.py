"""Connected components of numbered things, whole arrays at a time."""

import numpy as np
from numpy.typing import NDArray


def components(left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every number that stands in a pair, and beside it the smallest number that it is connected to.

    Every round hangs each tree's root under the smallest root that it touches and then flattens all trees; rounds grow with
    the logarithm of the longest chain.

    >>> [list(map(int, part)) for part in components(np.array([1, 2, 8]), np.array([2, 3, 9]))]
    [[1, 2, 3, 8, 9], [1, 1, 1, 8, 8]]
    """
    numbers, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    a, b = places[: len(left)], places[len(left) :]
    root = np.arange(len(numbers))
    while len(a):
        low, high = np.minimum(root[a], root[b]), np.maximum(root[a], root[b])
        apart = low != high
        a, b, low, high = a[apart], b[apart], low[apart], high[apart]
        np.minimum.at(root, high, low)
        root = _flat(root)
    return numbers, numbers[root]


def _flat(root: NDArray[np.int64]) -> NDArray[np.int64]:
    """Let every number point at its tree's root."""
    while True:
        further = root[root]
        if np.array_equal(further, root):
            return root
        root = further
