"""Which columns of a CRM's export name the person of a row: all of them, for an opt-out holds for every address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from leadsieve.identity.word_lists import words
from leadsieve.intake import Read, load_mappings, map_columns, refuse_unknown_columns, saved_for
from leadsieve.intake.content import Content, content_of
from leadsieve.intake.names import has_decoy, name_field, plain
from leadsieve.policy import CommandPolicy, Policy

_STILL_THEIRS: Final = words(
    "secondary tertiary second alternate alternative other previous former unique id marketing 2 3 4"
)
"""Words that make a column a second choice for a list, while what stands in it is still the same person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """The columns that name a row's person."""

    emails: tuple[str, ...]
    profiles: tuple[str, ...]
    phones: tuple[str, ...]


def columns_of_persons(told: Read, policy: Policy) -> Whose:
    """Return the columns of the row's own addresses, profiles and phones; an owner's or a company's are none.

    What the policy's `map` and saved mappings say of a column holds. Raises InputError when no column names a person.
    """
    if isinstance(policy, CommandPolicy):
        refuse_unknown_columns([told], policy.asked)
    by_hand = {**saved_for(told, load_mappings(policy.mappings)), **policy.map}
    content = {name: content_of(told.table[name]) for name in told.table.columns}
    said = {plain(name) for name in by_hand}
    free = {name: content[name] for name in content if plain(name) not in said}
    found = {field: _candidates(free, field, fits) for field, fits in _FITS.items()}
    # One column of each is mapped, so that the mapping need not choose; the others name the person just as well.
    chosen = {name: "" for names in found.values() for name in names[1:]}
    mapped = map_columns(told, overrides={**_first(found, by_hand), **chosen, **by_hand})
    by_field = {m.field: m.column for m in mapped if m.field}
    profiles = [by_field.get("linkedinUrl"), by_field.get("linkedinUrlSalesNav"), *found["linkedinUrl"]]
    return Whose(
        emails=_each(by_field.get("email"), *found["email"]),
        profiles=_each(*profiles),
        phones=_each(by_field.get("phone"), *_phones(free)),
    )


def _first(found: Mapping[str, list[str]], by_hand: Mapping[str, str]) -> dict[str, str]:
    return {names[0]: field for field, names in found.items() if names and field not in by_hand.values()}


def _candidates(columns: Mapping[str, Content], field: str, fits: Callable[[Content], bool]) -> list[str]:
    """Return the columns of an identifying field: by their names, or by their cells when the name makes them nobody else's."""
    return [name for name, content in columns.items() if _is_named(name, field) or (fits(content) and _is_theirs(name))]


def _is_named(name: str, field: str) -> bool:
    found = name_field(name)
    return found is not None and found[0] == field


def _is_theirs(name: str) -> bool:
    return not has_decoy(" ".join(word for word in plain(name).split() if word not in _STILL_THEIRS))


_FITS: Mapping[str, Callable[[Content], bool]] = {
    "email": lambda content: content.supports("email"),
    "linkedinUrl": lambda content: content.supports("linkedinUrl"),
}


def _phones(columns: Mapping[str, Content]) -> list[str]:
    return [name for name in columns if _is_named(name, "phone") and _is_theirs(name)]


def _each(*names: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
