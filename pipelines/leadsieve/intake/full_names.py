"""A full name to its first and last name, where that is sure enough; what is not stays whole."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import polars as pl

from leadsieve.intake.names import tables

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"")
# An address, a number, or two persons in one cell.
_NO_NAME = re.compile(r"[@/&+|;:_\d]|\b(?:and|und|et)\b", re.IGNORECASE)
# Written without spaces and family name first.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0002fa1f]")
_SHORTEST_CAPITALS = 3


class FullName(NamedTuple):
    """The two halves of a full name, empty where there is none."""

    first: str
    last: str


_WHOLE = FullName("", "")


def split_full_names(cells: pl.Series) -> pl.DataFrame:
    """Return `firstName` and `lastName` of every full name; null where there is none."""
    distinct = cells.drop_nulls().unique()
    halves = [split_full_name(cell) for cell in distinct]
    found = pl.DataFrame(
        {
            "whole": distinct,
            "firstName": [half.first or None for half in halves],
            "lastName": [half.last or None for half in halves],
        },
        schema={"whole": pl.String, "firstName": pl.String, "lastName": pl.String},
    )
    whole = cells.rename("whole").to_frame()
    return whole.join(found, on="whole", how="left", maintain_order="left").select("firstName", "lastName")


def split_full_name(cell: str) -> FullName:
    """Return the halves of one full name.

    >>> tuple(split_full_name("Dr. Anna Maria van der Berg")), tuple(split_full_name("Núñez, José"))
    (('Anna Maria', 'van der Berg'), ('José', 'Núñez'))
    """
    text = _BRACKETS.sub(" ", cell)
    if _NO_NAME.search(text) or _UNSPACED.search(text):
        return _WHOLE
    parts = [_words(part) for part in text.split(",")]
    while len(parts) > 1 and all(_is(word, "credentials") or _is(word, "suffixes") for word in parts[-1]):
        parts.pop()
    if len(parts) > 2 or not parts[0]:
        return _WHOLE
    if len(parts) == 2:
        return FullName(" ".join(_untitled(parts[1])), " ".join(_untitled(parts[0])))
    return _halved(parts[0])


def _words(text: str) -> list[str]:
    """Return the words that have a letter: dashes and pictures between names are none."""
    return [word for word in text.split() if any(unicodedata.category(c).startswith("L") for c in word)]


def _halved(words: list[str]) -> FullName:
    names = _untitled(words)
    while len(names) > 2 and _is(names[-1], "credentials"):
        names = names[:-1]
    if len(names) == 1:
        return FullName("", names[0]) if len(words) > 1 else FullName(names[0], "")
    capitals = _leading_capitals(names)
    if capitals:
        return FullName(" ".join(names[capitals:]), " ".join(names[:capitals]))
    at = _start_of_last(names)
    return FullName(" ".join(names[:at]), " ".join(names[at:]))


def _untitled(words: list[str]) -> list[str]:
    """Return the words without the titles before the name ("Dr. med."), never without the last word."""
    at = 0
    while at < len(words) - 1 and (_is(words[at], "titles") or (at and words[at].islower() and words[at][-1] == ".")):
        at += 1
    return words[at:]


def _leading_capitals(names: list[str]) -> int:
    """Return how many words in capitals come before the others: DUPONT Jean has the last name first."""
    capital = [len(name) >= _SHORTEST_CAPITALS and name.isupper() and "." not in name for name in names]
    count = capital.index(False) if False in capital else 0
    return 0 if any(name.isupper() for name in names[count:]) else count


def _start_of_last(names: list[str]) -> int:
    """Return where the last name starts: at its first particle, or it is the last word and what is added to it."""
    end = len(names) - 1
    while end > 1 and _is(names[end], "suffixes"):
        end -= 1
    if _is_particle(names[0]) and names[0].islower():
        return 0
    at = next((i for i in range(1, end) if _is_particle(names[i])), end)
    return at - 1 if names[at] in _JOINING and at > 1 else at


_JOINING = ("y", "e")


def _is_particle(word: str) -> bool:
    return _is(word, "particles") or word in _table("small_particles")


def _is(word: str, kind: str) -> bool:
    return re.sub(r"[.\-']", "", word).lower() in _table(kind)


@cache
def _table(kind: str) -> frozenset[str]:
    return frozenset(tables()["full_names"][kind])
