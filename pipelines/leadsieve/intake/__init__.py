"""Intake: any file that holds a list becomes a table of text, with every record accounted for."""

from leadsieve.intake.full_names import split_full_names
from leadsieve.intake.mapping import map_columns, refuse_unknown_columns
from leadsieve.intake.model import ColumnMapping, Dialect, Guess, Guessed, Read, ReadOptions, ReadPart
from leadsieve.intake.reading import read
from leadsieve.intake.saved import Saved, load_mappings, save_mapping, saved_for
from leadsieve.intake.source import expand

__all__ = [
    "ColumnMapping",
    "Dialect",
    "Guess",
    "Guessed",
    "Read",
    "ReadOptions",
    "ReadPart",
    "Saved",
    "expand",
    "load_mappings",
    "map_columns",
    "read",
    "refuse_unknown_columns",
    "save_mapping",
    "saved_for",
    "split_full_names",
]
