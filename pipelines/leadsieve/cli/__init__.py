"""The command line: it translates, the package decides.

A help page must come at once, and a command must load only what it uses. So no module here imports Polars, DuckDB, Rich or a
room that needs them at its top: a command's body does, or takes them from `leadsieve` and `leadsieve.reporting`, whose names
come late.
"""

from leadsieve.cli.app import main

__all__ = ["main"]
