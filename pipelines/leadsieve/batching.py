"""Split the leads to create into batches that fit the import limits."""

import heapq
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from leadsieve.counts import counted
from leadsieve.errors import UsageError
from leadsieve.limits import CALLS_PER_SECOND, Limit, registry
from leadsieve.policy import Policy
from leadsieve.small_html import html_list, html_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One import: its number over the run, its campaign, its upload, how many rows it has; the limit that it had to fit."""

    batch: int
    campaign: str
    upload: int
    rows: int
    limit: int
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The batches of a run. `leads` has one row a lead, in list order: row, batch."""

    leads: pl.DataFrame
    batches: tuple[Batch, ...]

    @property
    def placed(self) -> pl.DataFrame:
        """One row a lead, batch by batch: row, upload, batch, batch_campaign."""
        return self._told(self.leads.sort("batch", "row"))

    def placed_among(self, first: int, last: int) -> pl.DataFrame:
        """Return the same of the leads in rows `first` to `last`, in list order."""
        rows = self.leads["row"]
        # Numbers of another kind would have all rows converted, for every part.
        start, end = rows.search_sorted(pl.Series([first, last + 1], dtype=rows.dtype))
        return self._told(self.leads.slice(start, end - start))

    def _told(self, leads: pl.DataFrame) -> pl.DataFrame:
        told = pl.DataFrame(
            [(b.batch, b.upload, b.campaign) for b in self.batches],
            schema={"batch": pl.UInt32, "upload": pl.Int64, "batch_campaign": pl.String},
            orient="row",
        )
        joined = leads.join(told, on="batch", how="left", maintain_order="left")
        return joined.select(pl.col("row").cast(pl.Int64), "upload", pl.col("batch").cast(pl.Int64), "batch_campaign")

    @property
    def uploads(self) -> int:
        """The number of uploads."""
        return max((b.upload for b in self.batches), default=0)

    def _repr_html_(self) -> str:
        """Show the batches in Jupyter, with the room that each leaves in its campaign or import."""
        if not self.batches:
            return "<h4>No batch: there is no lead to create</h4>"
        heads = ("batch", "campaign", "upload", "leads", "members", "room left")
        lines = [(b.batch, b.campaign, b.upload, b.rows, b.members, b.limit - b.members - b.rows) for b in self.batches]
        leads = sum(b.rows for b in self.batches)
        minutes = round(api_minutes(leads))
        takes = f"about {counted(minutes, 'minute')}" if minutes else "less than a minute"
        steps = [
            'Import each batch into its campaign; `result.write("out")` writes a file for each.',
            f"By API, one call a lead, all take {takes}.",
        ]
        return html_table(f"{counted(leads, 'lead')} in batches", heads, lines) + html_list("What to do next", steps)


@dataclass(frozen=True, slots=True)
class _Packed:
    """A campaign (or an import) and the rows that go there."""

    campaign: str
    members: int
    rows: pl.Series


@dataclass(slots=True)
class _Bin:
    """A campaign (or an import) with room for some leads, and the rows that were put into it."""

    campaign: str
    members: int
    room: int
    rows: list[int] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.room - len(self.rows)

    def emptied(self) -> "_Bin":
        return _Bin(self.campaign, self.members, self.room)


def effective_limit(policy: Policy) -> int:
    """Return how many leads a campaign or an import may take: lemlist's limit, or the policy's lower one.

    Raises UsageError for a `max_batch` above lemlist's limit, unless the policy says `allow_above_limit`.
    """
    limit = registry()[policy.method].limit
    if policy.max_batch > limit and not policy.allow_above_limit:
        msg = (
            f"--max-batch {policy.max_batch} is above the limit of {policy.method} imports ({limit:,}). "
            "Lower it, or set `allow_above_limit = true` in the policy if lemlist gave you more."
        )
        raise UsageError(msg)
    return policy.max_batch or limit


_NOBODY: Mapping[str, pl.Series] = MappingProxyType({})


def split(
    leads: pl.DataFrame,
    *,
    campaign: str,
    members: Mapping[str, int],
    policy: Policy,
    apart: Mapping[str, pl.Series] = _NOBODY,
) -> Plan:
    """Place every lead in a batch.

    In: one row a lead in list order: row, and where the policy asks for them segment (empty: no segment of its own) and company
    (empty: alone). `members` are the current members of every campaign by name. `apart` names rows that go to a campaign of their own, whatever their
    segment. First what fits into the campaign, then its existing parts, then new ones.
    """
    limit, rule = effective_limit(policy), registry()[policy.method]
    segments = _segments(leads, campaign, apart)
    packed: list[_Packed] = []
    for name, part in segments.items():
        packed += _pack(part, _rooms(name, members, limit, rule, taken=segments.keys()), _most(limit, rule), policy)
    return _plan(packed, _uploads([len(p.rows) for p in packed], rule), limit)


def _segments(leads: pl.DataFrame, campaign: str, apart: Mapping[str, pl.Series]) -> dict[str, pl.DataFrame]:
    """Return the leads of every segment by the campaign that it goes to, segments in list order."""
    if not apart and "segment" not in leads.columns:
        return {campaign: leads} if leads.height else {}
    elsewhere = [
        pl.when(pl.col("row").is_in(rows.cast(leads.schema["row"]).implode())).then(pl.lit(name))
        for name, rows in apart.items()
    ]
    segment = pl.col("segment") if "segment" in leads.columns else pl.lit(None, pl.String)
    own = pl.when(segment != "").then(pl.format("{} – {}", pl.lit(campaign), segment))
    named = leads.with_columns(campaign=pl.coalesce(*elsewhere, own, pl.lit(campaign)))
    return {part["campaign"][0]: part for part in named.partition_by("campaign", maintain_order=True)}


def _rooms(name: str, members: Mapping[str, int], limit: int, rule: Limit, *, taken: Collection[str]) -> Iterator[_Bin]:
    """Yield, without end, what may still take leads: campaigns, or imports that all go into the same one."""
    for called in _campaigns(name, members, taken) if rule.by_campaign else itertools.repeat(name):
        held = members.get(called, 0) if rule.by_campaign else 0
        if held < limit:
            yield _Bin(called, held, min(limit - held, _most(limit, rule)))


def _campaigns(name: str, members: Iterable[str], taken: Collection[str]) -> Iterator[str]:
    """Yield the campaign, its existing parts, new parts; a part called like another segment's campaign is not its own."""
    part = re.compile(re.escape(name) + r" #([2-9]|[1-9][0-9]+)")
    existing = sorted(int(found[1]) for called in members if (found := part.fullmatch(called)))
    known = set(existing)
    numbers = itertools.chain(existing, (n for n in itertools.count(2) if n not in known))
    yield name
    yield from (called for n in numbers if (called := f"{name} #{n}") not in taken)


def _most(limit: int, rule: Limit) -> int:
    """Return what one empty batch takes: its limit, or the method's total where a raised limit is above that."""
    return min(limit, rule.total or limit)


def _pack(leads: pl.DataFrame, rooms: Iterator[_Bin], most: int, policy: Policy) -> list[_Packed]:
    if policy.together:
        bins = _pack_groups(_groups(leads), rooms, most, balance=policy.balance)
        return [_Packed(b.campaign, b.members, pl.Series(b.rows, dtype=pl.UInt32)) for b in bins]
    return _pack_in_order(leads["row"], rooms, balance=policy.balance)


def _pack_in_order(rows: pl.Series, rooms: Iterator[_Bin], *, balance: bool) -> list[_Packed]:
    """Cut the rows into batches one behind the other."""
    bins = _enough(rooms, len(rows))
    sizes = (_even if balance else _filled)([b.room for b in bins], len(rows))
    ends = itertools.accumulate(sizes)
    return [
        _Packed(b.campaign, b.members, rows.slice(end - size, size).cast(pl.UInt32))
        for b, size, end in zip(bins, sizes, ends, strict=True)
    ]


def _enough(rooms: Iterator[_Bin], leads: int) -> list[_Bin]:
    """Return the first campaigns that together have room for all leads."""
    bins: list[_Bin] = []
    while leads > 0:
        bins.append(next(rooms))
        leads -= bins[-1].room
    return bins


def _filled(rooms: Sequence[int], leads: int) -> list[int]:
    """Return sizes that fill the rooms in their order.

    >>> _filled([3, 10, 10], 20)
    [3, 10, 7]
    """
    sizes = []
    for room in rooms:
        sizes.append(min(room, leads))
        leads -= sizes[-1]
    return sizes


def _even(rooms: Sequence[int], leads: int) -> list[int]:
    """Return sizes as equal as the rooms allow; of equal rooms, the first get one more.

    >>> _even([10, 10, 10], 25), _even([3, 10, 10], 20)
    ([9, 8, 8], [3, 9, 8])
    """
    sizes = [0] * len(rooms)
    for done, place in enumerate(sorted(range(len(rooms)), key=lambda i: (rooms[i], -i))):
        sizes[place] = min(rooms[place], leads // (len(rooms) - done))
        leads -= sizes[place]
    return sizes


def _groups(leads: pl.DataFrame) -> list[list[int]]:
    """Return the rows of every company, companies in list order; a lead without a company is one of its own."""
    company = pl.when(pl.col("company") != "").then("company")
    alone = pl.when(company.is_null()).then("row")
    return leads.group_by(company, alone.alias("alone"), maintain_order=True).agg("row")["row"].to_list()


def _pack_groups(groups: Sequence[list[int]], rooms: Iterator[_Bin], most: int, *, balance: bool) -> list[_Bin]:
    """Place whole companies where they fit, first batch first; only one that no batch can hold is divided."""
    pieces = [piece for group in groups for piece in _pieces(group, most)]
    bins = _first_fit(pieces, rooms)
    if balance:
        even = [piece for group in groups for piece in _even_pieces(group, most)]
        bins = _levelled(even, bins) or _levelled(pieces, bins) or bins
    for target in bins:
        target.rows.sort()
    return bins


def _pieces(group: list[int], most: int) -> Iterator[list[int]]:
    """Yield the group, or what fills empty batches and a rest."""
    return (group[start : start + most] for start in range(0, len(group), most))


def _even_pieces(group: list[int], most: int) -> Iterator[list[int]]:
    """Yield the group, or as many equal pieces as it needs."""
    rows, needed = iter(group), -(-len(group) // most)
    return (list(itertools.islice(rows, size)) for size in _even([most] * needed, len(group)))


def _first_fit(pieces: Iterable[list[int]], rooms: Iterator[_Bin]) -> list[_Bin]:
    """Return the batches that get a piece, each piece in the first with room for it."""
    bins: list[_Bin] = []
    # Rooms only shrink, so the first batch with room for a size never comes earlier than the one found before.
    first: dict[int, int] = {}
    for piece in pieces:
        place = first.get(len(piece), 0)
        while place == len(bins) or bins[place].left < len(piece):
            if place == len(bins):
                bins.append(next(rooms))
            else:
                place += 1
        first[len(piece)] = place
        bins[place].rows.extend(piece)
    return [b for b in bins if b.rows]


def _levelled(pieces: Iterable[list[int]], bins: Sequence[_Bin]) -> list[_Bin] | None:
    """Return the same batches with the pieces spread evenly, the largest first; null where they do not fit that way."""
    level = [b.emptied() for b in bins]
    heap = [(0, place) for place in range(len(level))]
    for piece in sorted(pieces, key=len, reverse=True):
        passed = []
        while heap and level[heap[0][1]].left < len(piece):
            passed.append(heapq.heappop(heap))
        if not heap:
            return None
        size, place = heap[0]
        heapq.heapreplace(heap, (size + len(piece), place))
        level[place].rows.extend(piece)
        for other in passed:
            heapq.heappush(heap, other)
    return [b for b in level if b.rows]


def _uploads(sizes: Sequence[int], rule: Limit) -> list[int]:
    """Return the upload of every batch: whole batches, at most the method's total in one upload."""
    uploads, upload, filled = [], 1, 0
    for size in sizes:
        if rule.total is not None and filled + size > rule.total:
            upload, filled = upload + 1, 0
        filled += size
        uploads.append(upload)
    return uploads


def _plan(packed: Sequence[_Packed], uploads: Sequence[int], limit: int) -> Plan:
    batches = tuple(
        Batch(batch=number, campaign=p.campaign, upload=upload, rows=len(p.rows), limit=limit, members=p.members)
        for number, (p, upload) in enumerate(zip(packed, uploads, strict=True), start=1)
    )
    parts = [
        pl.DataFrame({"row": p.rows, "batch": pl.repeat(b.batch, b.rows, dtype=pl.UInt32, eager=True)})
        for p, b in zip(packed, batches, strict=True)
    ]
    leads = pl.concat([pl.DataFrame(schema={"row": pl.UInt32, "batch": pl.UInt32}), *parts])
    return Plan(leads=leads.sort("row"), batches=batches)


def api_minutes(leads: int) -> float:
    """Return how long an import of one call a lead takes at lemlist's rate, in minutes."""
    return leads / CALLS_PER_SECOND / 60
