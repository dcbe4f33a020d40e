"""The registry of import limits, as data."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from leadsieve.words import Method

CALLS_PER_SECOND = 10
"""lemlist's API takes 20 calls in 2 seconds (developer.lemlist.com, rate limits, 2026)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many leads one method takes; `total` is the most of one upload, where there is one."""

    method: Method
    limit: int
    counts: str
    total: int | None
    call_per_lead: bool
    as_of: date
    source: str

    @property
    def by_campaign(self) -> bool:
        """Tell whether the members that a campaign already has count."""
        return self.counts == "campaign"


@cache
def registry() -> MappingProxyType[Method, Limit]:
    """Return the limit of every method."""
    table = tomllib.loads(files("leadsieve").joinpath("limits.toml").read_text("utf-8"))
    return MappingProxyType(
        {Method(name): Limit(method=Method(name), **{"total": None, **row}) for name, row in table.items()}
    )
