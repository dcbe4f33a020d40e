"""Which row of each person goes forward."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that wants to go forward: its person, the shared identifiers that it carries, its number of filled fields."""

    row: int
    person: int
    shared: tuple[int, ...]
    filled: int


@dataclass(slots=True)
class _Taken:
    """Who and which shared identifiers have gone forward, and with which row."""

    people: dict[int, int] = field(default_factory=dict)
    identifiers: dict[int, int] = field(default_factory=dict)

    def offer(self, candidate: Candidate) -> None:
        """Let the row go forward unless its person or a shared identifier of its own already has."""
        if candidate.person in self.people or any(i in self.identifiers for i in candidate.shared):
            return
        self.people[candidate.person] = candidate.row
        self.identifiers.update(dict.fromkeys(candidate.shared, candidate.row))

    def instead_of(self, candidate: Candidate) -> int | None:
        """Return the row that went forward in the candidate's place; null for a row that did itself."""
        row = self.people.get(candidate.person)
        if row is None:
            row = next(self.identifiers[i] for i in candidate.shared if i in self.identifiers)
        return None if row == candidate.row else row


def duplicates(candidates: Iterable[Candidate], *, fullest: bool) -> Iterator[tuple[int, int]]:
    """Yield (row, row that goes forward in its place) for every candidate that does not go forward.

    Candidates come in list order. `fullest`: at the turn of a person (its first row) its rows are tried with the most
    filled first, ties in list order.
    """
    rows = list(candidates)
    taken = _Taken()
    for candidate in _by_person(rows) if fullest else rows:
        taken.offer(candidate)
    for candidate in rows:
        row = taken.instead_of(candidate)
        if row is not None:
            yield candidate.row, row


def _by_person(rows: list[Candidate]) -> list[Candidate]:
    first: dict[int, int] = {}
    for candidate in rows:
        first.setdefault(candidate.person, candidate.row)
    return sorted(rows, key=lambda c: (first[c.person], -c.filled, c.row))
