"""Intake: any file that holds a list becomes a table of text, with every record accounted for."""

from leadsieve.intake.mapping import map_columns
from leadsieve.intake.model import ColumnMapping, Dialect, Guess, Guessed, Read, ReadOptions
from leadsieve.intake.reading import read
from leadsieve.intake.source import expand

__all__ = ["ColumnMapping", "Dialect", "Guess", "Guessed", "Read", "ReadOptions", "expand", "map_columns", "read"]
