"""The issues that lemlist's help articles list, recognised from a run's numbers: cause, campaign, count and fix."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl

from leadsieve.batching import Batch, api_minutes
from leadsieve.counts import Count
from leadsieve.limits import registry
from leadsieve.policy import Policy
from leadsieve.reporting.phrases import duration, rows
from leadsieve.reporting.tally import Tally
from leadsieve.words import DedupMode, ImportMode, Method, Outcome, Reason

NEARLY_ALL: Final = 0.9
"""The share of the readable rows from which a person says that *all* were skipped: one in ten may be left."""

SLOW_MINUTES: Final = 1.0
"""How long an API import takes before it is slow: below, going through the four pages of a CSV import takes longer."""

MOST_NAMED: Final = 3
"""How many campaigns a sentence names; the ledger has them all."""


class Issue(StrEnum):
    """The issues, in the order in which they are told."""

    ALL_SKIPPED = "all_skipped"
    OLD_LEAD_BLOCKED = "old_lead_blocked"
    IN_PROGRESS_ELSEWHERE = "in_progress_elsewhere"
    SPELT_DIFFERENTLY = "spelt_differently"
    DELETED_COME_BACK = "deleted_come_back"
    IMPORT_STOPS = "import_stops"
    FILE_TOO_LARGE = "file_too_large"
    API_SLOW = "api_slow"
    CAMPAIGN_TOO_SMALL = "campaign_too_small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One recognised issue: the rows that it concerns, the campaign that most of them do, what was seen, what to do."""

    code: Issue
    rows: int
    campaign: str | None
    text: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many leads go to one campaign and its parts, and how many the campaign itself has."""

    campaign: str
    leads: int
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is recognised from, in rows; places are (campaign, owner), the owner null where the counts need none.

    `known` are rows left out because the target (`in_target` of them) or, under dedup `workspace`, another campaign has the
    person; `ended` those of them that only leads which have ended hold back. `respelt` are second rows of a person that goes in, in another spelling.
    """

    readable: int
    repeats: int
    known: Counter[tuple[str, str | None]]
    in_target: int
    ended: Counter[tuple[str, str | None]]
    in_progress: Counter[tuple[str, str | None]]
    respelt: int
    deleted: Counter[str]
    loads: tuple[Load, ...]
    uploads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A recognised issue before it is put into words: which text, and what its braces stand for."""

    text: str
    rows: int
    campaign: str | None = None
    said: Mapping[str, str | Count]


def troubles(signs: Signs, policy: Policy) -> list[Trouble]:
    """Return the issues that the signs show, in the articles' order; nothing for a run without any."""
    return [_told(issue, found) for issue, recognise in _RULES.items() for found in recognise(signs, policy)]


def _told(issue: Issue, found: _Found) -> Trouble:
    words = _texts()
    for name in found.text.split("."):
        words = words[name]
    one = found.rows == 1
    said = {"rows": Count(found.rows), "them": "it" if one else "them", "are": "is" if one else "are", **found.said}
    text, fix = (words[part].format(**said) for part in ("text", "fix"))
    return Trouble(code=issue, rows=found.rows, campaign=found.campaign, text=text, fix=fix)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(files("leadsieve.reporting").joinpath("troubles.toml").read_text("utf-8"))


# ---------------------------------------------------------------------------------------------------------------- signs


def signs(tally: Tally, batches: Sequence[Batch], *, target: str, members: Mapping[str, int]) -> Signs:
    """Return what the issues are recognised from; `members` has the leads of every campaign by name."""
    held, of_rows, deleted = (tally.table(name) for name in ("held", "rows", "deleted"))
    outcome, reason = pl.col("outcome"), pl.col("reason")
    known = held.filter(outcome == Outcome.DUPLICATE)
    return Signs(
        readable=_rows(of_rows, outcome != Outcome.FAILED),
        repeats=_rows(of_rows, reason == Reason.DUPLICATE_IN_LIST),
        known=_places(known),
        in_target=_rows(known, reason == Reason.IN_CAMPAIGN),
        ended=_places(known.filter("ended")),
        in_progress=_places(held.filter(outcome == Outcome.IN_PROGRESS)),
        respelt=tally.respelt,
        deleted=Counter(dict(sorted(deleted.rows()))),
        loads=tuple(_loads(batches, target, members)),
        uploads=max((b.upload for b in batches), default=0),
    )


def _rows(counted: pl.DataFrame, which: pl.Expr) -> int:
    return int(counted.filter(which)["rows"].sum())


def _places(held: pl.DataFrame) -> Counter[tuple[str, str | None]]:
    """Count the rows by campaign and owner."""
    counted = held.group_by("place", "owner").agg(pl.col("rows").sum())
    places: Counter[tuple[str, str | None]] = Counter()
    for place, owner, n in sorted(counted.rows(), key=str):
        places[place, owner or None] += n
    return places


_PART = re.compile(r" #([2-9]|[1-9]\d+)$")


def _loads(batches: Sequence[Batch], target: str, members: Mapping[str, int]) -> Iterator[Load]:
    leads: Counter[str] = Counter()
    for batch in batches:
        leads[batch.campaign if batch.campaign == target else _PART.sub("", batch.campaign)] += batch.rows
    for campaign, count in leads.items():
        yield Load(campaign=campaign, leads=count, members=members.get(campaign, 0))


# ---------------------------------------------------------------------------------------------------------------- rules


def _all_skipped(signs: Signs, policy: Policy) -> Iterator[_Found]:
    if not _all_known(signs):
        return
    said = {
        "of": f"{signs.readable:,}",
        "campaigns": _most(signs.known),
        "dedup": policy.dedup,
        "import_mode": policy.import_mode,
        "looser": _looser(signs),
    }
    yield _Found(text="all_skipped", rows=signs.known.total(), campaign=_first(signs.known), said=said)


def _all_known(signs: Signs) -> bool:
    """Tell whether campaigns hold back nearly all rows; a repeat goes the way of the row that it repeats."""
    held = signs.known.total()
    return held > 0 and held + signs.repeats >= NEARLY_ALL * signs.readable


def _looser(signs: Signs) -> str:
    """Say which settings let which of the rows in."""
    told = []
    others, ended = signs.known.total() - signs.in_target, signs.ended.total()
    if ended:
        told.append(f"say `--dedup {DedupMode.ACTIVE}` to import again whose leads have all ended ({rows(ended)})")
    if others - ended:
        told.append(f"say `--dedup {DedupMode.CAMPAIGN}` to let in whoever is in another campaign ({rows(others)})")
    if signs.in_target:
        update = f"say `--import-mode {ImportMode.CREATE_AND_UPDATE}` to update who is in the campaign"
        told.append(f"{update} ({rows(signs.in_target)}), or name another campaign")
    sentence = "; ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _old_lead_blocked(signs: Signs, _policy: Policy) -> Iterator[_Found]:
    if signs.ended and not _all_known(signs):
        said = {"campaigns": _most(signs.ended)}
        yield _Found(text="old_lead_blocked", rows=signs.ended.total(), campaign=_first(signs.ended), said=said)


def _in_progress(signs: Signs, _policy: Policy) -> Iterator[_Found]:
    if held := signs.in_progress:
        yield _Found(
            text="in_progress_elsewhere", rows=held.total(), campaign=_first(held), said={"campaigns": _most(held)}
        )


def _spelt_differently(signs: Signs, _policy: Policy) -> Iterator[_Found]:
    if signs.respelt:
        yield _Found(text="spelt_differently", rows=signs.respelt, said={})


def _deleted_come_back(signs: Signs, _policy: Policy) -> Iterator[_Found]:
    if back := signs.deleted:
        named = (f"{source}: {count:,}" for source, count in back.most_common(MOST_NAMED))
        yield _Found(text="deleted_come_back", rows=back.total(), said={"sources": _with_more(list(named), len(back))})


def _import_stops(signs: Signs, policy: Policy) -> Iterator[_Found]:
    rule, limit = registry()[policy.method], _limit(policy)
    for load in signs.loads:
        room = limit - load.members
        if not rule.by_campaign and load.leads > limit:
            yield _too_many("import_stops.at_once", load, policy, over=load.leads - limit)
        if rule.by_campaign and max(room, 0) < load.leads <= limit:
            yield _too_many("import_stops.full", load, policy, over=load.leads - max(room, 0))
    leads = sum(load.leads for load in signs.loads)
    if rule.total and leads > rule.total:
        said = {"leads": f"{leads:,}", "limit": f"{rule.total:,}", "over": f"{leads - rule.total:,}"}
        said |= {"uploads": f"{signs.uploads:,}", "time": duration(api_minutes(leads))}
        yield _Found(text="import_stops.total", rows=leads, said=said)


def _file_too_large(signs: Signs, policy: Policy) -> Iterator[_Found]:
    if policy.method is Method.CSV:
        yield from (_too_many("file_too_large", load, policy) for load in _over_limit(signs, policy))


def _campaign_too_small(signs: Signs, policy: Policy) -> Iterator[_Found]:
    if policy.method is not Method.CSV and registry()[policy.method].by_campaign:
        yield from (_too_many("campaign_too_small", load, policy) for load in _over_limit(signs, policy))


def _over_limit(signs: Signs, policy: Policy) -> list[Load]:
    return [load for load in signs.loads if load.leads > _limit(policy)]


def _limit(policy: Policy) -> int:
    """Return lemlist's limit; a `max_batch` above it says that lemlist gave more, a lower one is the user's own wish."""
    return max(registry()[policy.method].limit, policy.max_batch)


def _too_many(text: str, load: Load, policy: Policy, *, over: int = 0) -> _Found:
    said: dict[str, str | Count] = {
        "campaign": load.campaign,
        "leads": f"{load.leads:,}",
        "members": Count(load.members),
        "limit": f"{_limit(policy):,}",
        "method": str(policy.method),
        "over": Count(over),
    }
    return _Found(text=text, rows=load.leads, campaign=load.campaign, said=said)


def _api_slow(signs: Signs, policy: Policy) -> Iterator[_Found]:
    leads = sum(load.leads for load in signs.loads)
    if not registry()[policy.method].call_per_lead or api_minutes(leads) < SLOW_MINUTES:
        return
    fits = leads <= (registry()[Method.CSV].total or leads)
    said = {"leads": f"{leads:,}", "time": duration(api_minutes(leads))}
    yield _Found(text="api_slow.fits_csv" if fits else "api_slow.too_many", rows=leads, said=said)


_RULES: Mapping[Issue, Callable[[Signs, Policy], Iterator[_Found]]] = {
    Issue.ALL_SKIPPED: _all_skipped,
    Issue.OLD_LEAD_BLOCKED: _old_lead_blocked,
    Issue.IN_PROGRESS_ELSEWHERE: _in_progress,
    Issue.SPELT_DIFFERENTLY: _spelt_differently,
    Issue.DELETED_COME_BACK: _deleted_come_back,
    Issue.IMPORT_STOPS: _import_stops,
    Issue.FILE_TOO_LARGE: _file_too_large,
    Issue.API_SLOW: _api_slow,
    Issue.CAMPAIGN_TOO_SMALL: _campaign_too_small,
}
"""How each issue is recognised."""


# ---------------------------------------------------------------------------------------------------------------- words


def _first(places: Counter[tuple[str, str | None]]) -> str:
    return places.most_common(1)[0][0][0]


def _most(places: Counter[tuple[str, str | None]]) -> str:
    """Return the campaigns with the most rows, with their owners where these are counted."""
    named = [
        f"{campaign}{f', owner {owner}' if owner else ''}: {count:,}"
        for (campaign, owner), count in places.most_common(MOST_NAMED)
    ]
    return _with_more(named, len(places))


def _with_more(named: list[str], count: int) -> str:
    return "; ".join([*named, *([f"{count - MOST_NAMED:,} more"] if count > MOST_NAMED else [])])
