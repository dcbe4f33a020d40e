"""Who is the same person, whole arrays at a time: a hash join a step over every identifier costs ten times as much.

Identifiers are numbers from 0 (table `numbers`), so are the rows of the list here (the list's row less 1) and the memberships
(`nth`); -1 is nothing, so that arrays over identifiers have one place more, at their end. Persons are numbered from 1 in list
order; 0 is nobody.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from leadsieve.components import roots

Numbers = NDArray[np.integer]
Marks = NDArray[np.bool_]
_MOST, _MOST_OF_A_ROLE = 3, 1
"""The brake: what stands beside more identifiers of the other kind than that (a role address: than the second) links nothing."""

_OF_ROWS = "select (row - 1)::integer as at, number from list_numbers where place = ?"
_OF_MEMBERSHIPS = "select nth as carrier, number from membership_numbers where is_email = ?"
_ROLES = "select number from list_numbers where role union select number from membership_numbers where role"


@dataclass(frozen=True, slots=True)
class Carried:
    """What carries identifiers: `carrier` and `number` side by side, one pair each."""

    carrier: Numbers
    number: Numbers

    def of(self, chosen: Marks) -> "Carried":
        """Return the pairs that are chosen."""
        return Carried(self.carrier[chosen], self.number[chosen])


class Crowd:
    """All identifiers of the list's rows and of the memberships near them, and the persons that they make.

    `wide` has for each row (across) its email, its profile and the profile's second name (down); `emails` and `profiles` are
    those of the memberships.
    """

    def __init__(self, *, wide: Numbers, emails: Carried, profiles: Carried, role: Marks, memberships: int) -> None:
        self.wide, self.emails, self.profiles, self.role = wide, emails, profiles, role
        self.rows, self.memberships, self.size = wide.shape[1], memberships, len(role)

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection) -> "Crowd":
        """Take in the tables `list_numbers`, `membership_numbers`, `numbers`."""
        ((rows, memberships, size),) = con.execute(
            "select (select coalesce(max(row), 0) from list_rows), (select coalesce(max(nth), -1) + 1 from memberships), "
            "(select count(*) from numbers)"
        ).fetchall()
        wide = np.full((3, rows), -1, dtype=np.int32)
        for place, numbers in enumerate(wide, start=1):  # one after the other, which needs a third of the memory
            told = con.execute(_OF_ROWS, [place]).fetchnumpy()
            numbers[told["at"]] = told["number"]
        role = np.zeros(size + 1, dtype=bool)
        role[con.execute(_ROLES).fetchnumpy()["number"]] = True
        emails, profiles = (
            Carried(**con.execute(_OF_MEMBERSHIPS, [is_email]).fetchnumpy()) for is_email in (True, False)
        )
        return cls(wide=wide, emails=emails, profiles=profiles, role=role, memberships=memberships)

    @cached_property
    def shared(self) -> Marks:
        """Which identifiers several people share."""
        told = zip(self._pairs_of_rows(1), self._pairs_of_rows(2), self._pairs_of_memberships(), strict=True)
        emails, profiles = (np.concatenate(numbers) for numbers in told)
        most = np.where(self.role, np.int8(_MOST_OF_A_ROLE), np.int8(_MOST))
        # Few stand so often at all; only what they stand beside has to be looked at, each once.
        often = [np.bincount(numbers, minlength=self.size) > most for numbers in (emails, profiles)]
        some = often[0][emails] | often[1][profiles]
        pairs = distinct(emails[some].astype(np.int64) << 32 | profiles[some])
        beside = np.bincount(pairs >> 32, minlength=self.size) + np.bincount(pairs & 0xFFFFFFFF, minlength=self.size)
        shared: Marks = beside > most
        return shared

    def _pairs_of_rows(self, place: int) -> tuple[Numbers, Numbers]:
        email, profile = self.wide[0], self.wide[place]
        both = (email >= 0) & (profile >= 0)
        return email[both], profile[both]

    def _pairs_of_memberships(self) -> tuple[Numbers, Numbers]:
        which, profiles = joined(self.profiles.carrier, self.emails, self.memberships)
        return profiles, self.profiles.number[which]

    @cached_property
    def _linking(self) -> Numbers:
        """`wide` without what is shared."""
        return np.where((self.wide >= 0) & ~self.shared[self.wide], self.wide, -1)

    def _theirs(self) -> Carried:
        """Return what links of all memberships."""
        both = Carried(
            np.concatenate([self.emails.carrier, self.profiles.carrier]),
            np.concatenate([self.emails.number, self.profiles.number]),
        )
        return both.of(~self.shared[both.number])

    @cached_property
    def root(self) -> Numbers:
        """Of every identifier the one that stands for all that are linked: two of one record are one person's."""
        return self._linked(self._linking, self._theirs())

    @cached_property
    def profile_root(self) -> Numbers:
        """The same for LinkedIn alone: two profiles of one record are two names of one profile (a vanity URL and a member token)."""
        return self._linked(self._linking[1:], self.profiles.of(~self.shared[self.profiles.number]))

    def _linked(self, wide: Numbers, theirs: Carried) -> Numbers:
        first, of_membership = first_of(wide), self._one_of(theirs)[theirs.carrier]
        more = theirs.number != of_membership
        left, right = [of_membership[more]], [theirs.number[more]]
        for numbers in wide:
            more = (numbers >= 0) & (numbers != first)
            left.append(first[more])
            right.append(numbers[more])
        return roots(self.size, np.concatenate(left), np.concatenate(right))

    def _one_of(self, theirs: Carried) -> Numbers:
        """Return one of the identifiers of every membership."""
        one = np.full(self.memberships, -1, dtype=np.int32)
        one[theirs.carrier] = theirs.number
        return one

    @cached_property
    def _root_of_row(self) -> Numbers:
        """A row is the person of its linked identifiers; one that has shared identifiers only is the person of the first of them."""
        first = first_of(self._linking)
        return np.where(first >= 0, self.root[first], first_of(self.wide))

    @cached_property
    def _first_rows(self) -> Numbers:
        """The first row of every person; at 0 nobody's."""
        of_root = np.full(self.size, self.rows, dtype=np.int32)
        rows = np.flatnonzero(self._root_of_row >= 0)
        of_root[self._root_of_row[rows][::-1]] = rows[::-1]  # of equal places the last one written stays
        return np.concatenate([[-1], rows[of_root[self._root_of_row[rows]] == rows]])

    @cached_property
    def _person_of_root(self) -> Numbers:
        of_root = np.zeros(self.size, dtype=np.int32)
        of_root[self._root_of_row[self._first_rows[1:]]] = np.arange(1, len(self._first_rows))
        return of_root

    @cached_property
    def person(self) -> Numbers:
        """The person of every row."""
        return self._person_of_root[self._root_of_row]

    @property
    def people(self) -> int:
        """How many persons the list has."""
        return len(self._first_rows) - 1

    @cached_property
    def shared_of_rows(self) -> Carried:
        """The shared identifiers of the rows, by row and in the order of their places."""
        rows, places = np.nonzero(((self.wide >= 0) & self.shared[self.wide]).T)
        return Carried(rows, self.wide[places, rows])

    @cached_property
    def has_shared(self) -> Marks:
        """Which rows have a shared identifier."""
        return np.isin(np.arange(self.rows), self.shared_of_rows.carrier)

    @cached_property
    def memberships_of_people(self) -> Carried:
        """Person and membership, each pair once.

        A membership speaks of the person whose linked identifier it carries, and of every person who has a row with a shared
        identifier that it carries: directly, and no further.
        """
        one = self._one_of(self._theirs())
        person = np.where(one >= 0, self._person_of_root[self.root[one]], 0)
        known = np.flatnonzero(person)
        people, memberships = self._through_shared()
        more = distinct(people.astype(np.int64) << 32 | memberships)
        people, memberships = more >> 32, more & 0xFFFFFFFF
        further = person[memberships] != people
        return Carried(np.concatenate([person[known], people[further]]), np.concatenate([known, memberships[further]]))

    def _through_shared(self) -> tuple[Numbers, Numbers]:
        ours = self.shared_of_rows
        people, memberships = [], []
        for theirs in (self.emails, self.profiles):
            common = theirs.of(self.shared[theirs.number])
            which, found = joined(ours.number, Carried(common.number, common.carrier), self.size)
            people.append(self.person[ours.carrier[which]])
            memberships.append(found)
        return np.concatenate(people), np.concatenate(memberships)

    @cached_property
    def numbers_of_people(self) -> Carried:
        """Person and identifier: the linked ones, and the shared ones of the person's rows."""
        of_number = np.where(self.shared, 0, self._person_of_root[self.root])
        linked, ours = np.flatnonzero(of_number), self.shared_of_rows
        pairs = distinct(self.person[ours.carrier].astype(np.int64) << 32 | ours.number)
        return Carried(np.concatenate([of_number[linked], pairs >> 32]), np.concatenate([linked, pairs & 0xFFFFFFFF]))

    def doubtful(self) -> tuple[Carried, Marks]:
        """Return the linked identifiers of persons who may be several: two emails and two profiles, or three names of profiles.

        And which of them are emails.
        """
        told = self.numbers_of_people
        told = told.of(~self.shared[told.number])
        is_email = np.zeros(self.size, dtype=bool)
        is_email[self.wide[0][self.wide[0] >= 0]] = True
        is_email[self.emails.number] = True
        mail = is_email[told.number]
        emails = np.bincount(told.carrier[mail], minlength=self.people + 1)
        profiles = np.bincount(told.carrier[~mail], minlength=self.people + 1)
        chosen = (((emails > 1) & (profiles > 1)) | (profiles > 2))[told.carrier]
        return told.of(chosen), mail[chosen]

    @cached_property
    def entangled(self) -> Numbers:
        """The rows of persons who have a shared identifier: whether these go forward depends on the rows before them."""
        tied = np.zeros(self.people + 1, dtype=bool)
        tied[self.person[self.has_shared]] = True
        return np.flatnonzero(tied[self.person])

    def forward(self, filled: Numbers | None) -> tuple[Numbers, Numbers]:
        """Return rows and the rows that go forward in their place: the person's first, or with `filled` the fullest, ties in order.

        Nothing of `entangled`.
        """
        simple = self.person > 0
        simple[self.entangled] = False
        best = self._first_rows if filled is None else self._fullest(filled)
        rows = np.flatnonzero(simple & (best[self.person] != np.arange(self.rows)))
        return rows, best[self.person[rows]]

    def _fullest(self, filled: Numbers) -> Numbers:
        best = np.zeros(self.people + 1, dtype=np.int64)
        order = np.lexsort((-np.arange(self.rows), filled))
        best[self.person[order]] = order  # of equal places the last one written stays
        return best

    def matches(self) -> dict[str, NDArray[Any]]:
        """Return row and membership (`nth`) of every person, and whether the row itself carries its email, its profile."""
        known = self.memberships_of_people
        rows = np.flatnonzero(self.person)
        which, memberships = joined(self.person[rows], known, self.people + 1)
        rows = rows[which]
        emails = carries(self.emails, self.memberships, memberships, self.wide[0][rows])
        profiles = carries(self.profiles, self.memberships, memberships, self.wide[1][rows])
        profiles |= carries(self.profiles, self.memberships, memberships, self.wide[2][rows])
        return {"row": rows, "nth": memberships, "by_email": emails, "by_linkedin": profiles}


def first_of(wide: Numbers) -> Numbers:
    """Return the first identifier of every row."""
    first: Numbers = wide[-1]
    for numbers in wide[-2::-1]:
        first = np.where(numbers >= 0, numbers, first)
    return first


def joined(keys: Numbers, carried: Carried, size: int) -> tuple[Numbers, Numbers]:
    """Return for each of `keys` (below `size`) the places and numbers of all pairs that it carries: a join of arrays.

    >>> [list(map(int, part)) for part in joined(np.array([1, 0, 1]), Carried(np.array([1, 1, 2]), np.array([7, 8, 9])), 3)]
    [[0, 0, 2, 2], [7, 8, 7, 8]]
    """
    count = np.bincount(carried.carrier, minlength=size)
    start = np.cumsum(count) - count
    each = count[keys]
    which = np.repeat(np.arange(len(keys)), each)
    within = np.arange(len(which)) - np.repeat(np.cumsum(each) - each, each)
    order = np.argsort(carried.carrier, kind="stable")
    return which, carried.number[order[start[keys[which]] + within]]


def carries(carried: Carried, size: int, carrier: Numbers, number: Numbers) -> Marks:
    """Return whether each `carrier` (below `size`) carries the `number` beside it."""
    first, last = (np.full(size, -1, dtype=np.int32) for _ in range(2))
    last[carried.carrier] = carried.number
    first[carried.carrier[::-1]] = carried.number[::-1]
    found: Marks = (number >= 0) & ((first[carrier] == number) | (last[carrier] == number))
    # Few have more than two: several addresses in a cell.
    many = np.bincount(carried.carrier, minlength=size) > 2
    rest, pairs = np.flatnonzero(many[carrier] & ~found), carried.of(many[carried.carrier])
    found[rest] = np.isin(
        carrier[rest].astype(np.int64) << 32 | number[rest], pairs.carrier.astype(np.int64) << 32 | pairs.number
    )
    return found


def distinct(numbers: Numbers) -> Numbers:
    """Return every number once, in order; NumPy's own hashes and takes ten times as long."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered
