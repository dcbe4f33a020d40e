"""Header names: their plain form and the words that lead lists use."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from leadsieve.schema import LEAD_FIELDS

IDENTIFYING = ("email", "linkedinUrl", "linkedinUrlSalesNav")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^\w#%]+|_+")


@cache
def letters(name: str) -> str:
    """Return a name without case, spaces and punctuation.

    >>> letters("Last_State "), letters("lastState")
    ('laststate', 'laststate')
    """
    return "".join(c for c in name.lower() if c.isalnum())


def plain(name: str) -> str:
    """Return a header name without case, accents, punctuation and camel case.

    >>> plain(" Prénom "), plain("linkedinUrl"), plain("E-Mail_Adresse")
    ('prenom', 'linkedin url', 'e mail adresse')
    """
    text = _INVISIBLE.sub("", name)
    text = _CAMEL.sub(" ", text)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", _NO_WORD.sub(" ", text).strip()).replace("linked in", "linkedin")


@cache
def tables() -> dict[str, Any]:
    """Return the tables of header names that ship with the package."""
    return tomllib.loads(files("leadsieve.intake").joinpath("headers.toml").read_text("utf-8"))


@cache
def _words() -> frozenset[str]:
    weak = {plain(name) for names in tables()["weak"].values() for name in names}
    exports = {name for signature, _ in _exports() for name in signature}
    return frozenset(_ranked()) | weak | exports | {plain(w) for w in tables()["header_words"]}


def known_words(cells: Iterable[str]) -> int:
    """Return how many cells are names that headers of lead lists use."""
    words = _words()
    return sum(plain(cell) in words for cell in cells if cell.strip())


class Export(NamedTuple):
    """A known export: its name, field → the plain names of its columns in order of preference, and its decoys."""

    name: str
    fields: dict[str, list[str]]
    unmapped: frozenset[str]


def export_of(names: Iterable[str]) -> Export | None:
    """Return the known export whose signature the header has; of several, the one with the longest signature."""
    header = {plain(name) for name in names}
    fitting = [e for e in _exports() if e[0] <= header]
    return max(fitting, key=lambda e: len(e[0]))[1] if fitting else None


@cache
def _exports() -> list[tuple[frozenset[str], Export]]:
    return [
        (
            frozenset(plain(name) for name in table["signature"]),
            Export(
                table["name"],
                {field: [plain(name) for name in names] for field, names in table["fields"].items()},
                frozenset(plain(name) for name in table.get("unmapped", ())),
            ),
        )
        for table in tables()["exports"]
    ]


def name_field(name: str) -> tuple[str, float, float] | None:
    """Return the field that a header name means, how sure, and its rank among names of that field.

    >>> name_field("Lead's e-mail"), name_field("Email consent")
    (('email', 0.9, -1.0), None)
    """
    text = plain(name)
    if text in _halves():
        return None
    found = _ranked().get(text)
    if found:
        return found[0], 1.0, found[1]
    for variant in _variants(text):
        found = _ranked().get(variant)
        if found and variant not in _halves() and not (found[0] in IDENTIFYING and has_decoy(name)):
            return found[0], 0.9, found[1] - 1
    return None


@cache
def _ranked() -> dict[str, tuple[str, float]]:
    """Return plain name → field, and how much later it stands in the field's list (0 is the best name)."""
    ranked: dict[str, tuple[str, float]] = {plain(field): (field, 1.0) for field in LEAD_FIELDS}
    for field, names in tables()["synonyms"].items():
        for position, name in enumerate(names):
            ranked.setdefault(plain(name), (field, -position / 1000))
    return ranked


@cache
def _halves() -> dict[str, str]:
    halves = tables()["halves"]
    return {plain(name): field for field in ("firstName", "lastName") for name in halves[field]}


def full_name_half(name: str, others: Iterable[str]) -> tuple[str, float, float] | None:
    """Return the field of a name such as "Nom" or "Nombre", which is half a name only beside the other half."""
    text = plain(name)
    if text != "name" and text not in _halves():
        return None
    beside = {plain(other) for other in others}
    if text == "name":
        return (
            ("lastName", 0.9, -1.0)
            if beside & {plain(n) for n in tables()["halves"]["name_beside"]} and not _has_last(beside)
            else None
        )
    field = _halves()[text]
    wanted = "lastName" if field == "firstName" else "firstName"
    partner = any(_halves().get(o) == wanted or _ranked().get(o, ("",))[0] == wanted for o in beside)
    return (field, 1.0, 0.0) if partner else None


def _has_last(names: set[str]) -> bool:
    return any(_ranked().get(name, ("",))[0] == "lastName" for name in names)


def weak_field(name: str) -> tuple[str, float] | None:
    """Return the field that a name means when nothing better does, and its rank."""
    text = plain(name)
    for field, names in tables()["weak"].items():
        plains = [plain(n) for n in names]
        for variant in (text, *_variants(text)):
            if variant in plains:
                return field, -plains.index(variant) / 1000
    return None


def full_name_rank(name: str) -> int | None:
    """Return how well a name says that its column holds full names (0 is best), nothing when it does not.

    >>> full_name_rank("Full name"), full_name_rank("Lead: Name") is None, full_name_rank("Owner name")
    (0, False, None)
    """
    if has_decoy(name):
        return None
    ranked = [plain(n) for n in tables()["full_names"]["names"]]
    text = plain(name)
    return next((ranked.index(n) for n in (text, *_variants(text)) if n in ranked), None)


@cache
def _variants(text: str) -> tuple[str, ...]:
    """Return a plain name without the words around it that do not change its meaning, step by step."""
    before = [plain(w) for w in tables()["noise_before"]]
    after = [plain(w) for w in tables()["noise_after"]]
    found: list[str] = []
    todo = [text]
    while todo:
        name = todo.pop(0)
        shorter = [name.removeprefix(w + " ") for w in before if name.startswith(w + " ")]
        shorter += [name.removesuffix(" " + w) for w in after if name.endswith(" " + w)]
        new = [s for s in shorter if s not in found]
        found += new
        todo += new
    return tuple(found)


def has_decoy(name: str) -> bool:
    """Return whether a name has a word that makes it another's address or no address at all."""
    return not _decoys().isdisjoint(plain(name).split())


@cache
def _decoys() -> frozenset[str]:
    return frozenset(plain(word) for word in tables()["decoys"])
