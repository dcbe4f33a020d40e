"""Tables of the sieve as columns over all rows, persons or memberships: looked up by place, at a tenth of what a join costs."""

from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer]
Marks = NDArray[np.bool_]


def fetched(con: duckdb.DuckDBPyConnection, asked: str) -> tuple[NDArray[Any], ...]:
    """Return the columns of what is asked."""
    return tuple(con.execute(asked).fetchnumpy().values())


def placed(con: duckdb.DuckDBPyConnection, asked: str, size: int, *, nothing: int = 0) -> Numbers:
    """Return the numbers (second column) at their places (first column); `nothing` where there is none."""
    places, values = fetched(con, asked)
    found = np.full(size, nothing, dtype=values.dtype if len(values) else np.int32)
    found[places] = values
    return found


def marked(con: duckdb.DuckDBPyConnection, asked: str, size: int) -> Marks:
    """Return which places (the one column) are named."""
    (places,) = fetched(con, asked)
    return marks_at(places, size)


def marks_at(places: Numbers, size: int) -> Marks:
    """Return a mark at every one of the places."""
    found = np.zeros(size, dtype=np.bool_)
    found[places] = True
    return found
