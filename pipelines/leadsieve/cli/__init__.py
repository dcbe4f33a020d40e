"""The command line: it translates, the package decides."""

from leadsieve.cli.app import main

__all__ = ["main"]
