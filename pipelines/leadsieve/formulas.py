"""Cells that a spreadsheet would run as a formula when a person opens the file."""

import re

import polars as pl

# What Excel, LibreOffice and Google Sheets take for a formula (OWASP, CSV injection), less what lead lists are full of.
_RUNS = r"^[=+\-@\t\r]"
_BEHIND_ALL = "A"  # sorts behind all cells that start so, and before most others: compared sooner than matched
_HARMLESS = r"^(\+[0-9 ().\-]+|-[0-9][0-9.,]*|-)$"


def formula_like(cell: pl.Expr) -> pl.Expr:
    """Tell whether a spreadsheet would run the cell; phone numbers, negative numbers and a lone dash are left alone.

    >>> cells = pl.DataFrame({"x": ["=1+1", "@sum", "+33 6 12", "-4.5", "-", "-2+3", "a=b", None]})
    >>> cells.select(formula_like(pl.col("x")))["x"].to_list()
    [True, True, False, False, False, True, False, False]
    """
    return (cell.str.contains(_RUNS) & ~cell.str.contains(_HARMLESS)).fill_null(value=False)


def formula_places(cells: pl.Series) -> pl.Series:
    """Return the places, from 0, of the cells of a column that `formula_like` tells of.

    >>> formula_places(pl.Series(["=1+1", "a=b", None, "@sum", "+33 6 12"])).to_list()
    [0, 3]
    """
    near = (cells < _BEHIND_ALL).arg_true()
    return near.filter(cells.gather(near).to_frame("cell").select(formula_like(pl.col("cell"))).to_series())


def guarded(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with an apostrophe before every cell and column name that a spreadsheet would run."""
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    cells = table.with_columns(_guarded(table[name]) for name in texts)
    return cells.rename({name: f"'{name}" for name in table.columns if _runs(name)})


def _guarded(cells: pl.Series) -> pl.Series:
    places = formula_places(cells)
    return cells.clone().scatter(places, "'" + cells.gather(places)) if places.len() else cells


def unguarded(cell: pl.Expr) -> pl.Expr:
    """Return the cell as it was before `guarded`.

    >>> pl.DataFrame({"x": ["'=1+1", "'quoted'", "'+33"]}).select(unguarded(pl.col("x")))["x"].to_list()
    ['=1+1', "'quoted'", "'+33"]
    """
    bare = cell.str.strip_prefix("'")
    return pl.when(formula_like(bare)).then(bare).otherwise(cell)


def _runs(name: str) -> bool:
    return bool(re.search(_RUNS, name)) and not re.search(_HARMLESS, name)
