"""What a column's cells look like, on a sample: full of addresses, of profiles, of salutations, or of something else."""

import re
from dataclasses import dataclass, field, replace
from functools import cache

import polars as pl

from leadsieve.intake.names import plain, tables
from leadsieve.spool import Spool

IDENTIFIERS = ("email", "linkedinUrl", "linkedinUrlSalesNav")
SAMPLE_ROWS = 1000
SAMPLE_CELLS = 100
MOSTLY = 0.8
# Fewer than this many cells of a kind speak against a column that is named after it.
HARDLY = 0.1
_ENOUGH_TO_CONTRADICT = 3
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PROFILE = re.compile(r"linkedin\.com/(?:in|pub|profile)/|^/?(?:in)/[\w%-]+/?$", re.IGNORECASE)
_SALES = re.compile(r"linkedin\.com/(?:sales|talent|recruiter)/", re.IGNORECASE)
_COMPANY_PAGE = re.compile(
    r"linkedin\.com/(?:company|school|showcase|groups?|organization)\b|linkedin\.com/sales/company", re.IGNORECASE
)
_SITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The shares of a column's filled cells that look like each kind; `filled` is the size of the sample."""

    filled: int
    is_empty: bool
    email: float = 0.0
    profile: float = 0.0
    sales: float = 0.0
    company_page: float = 0.0
    site: float = 0.0
    cells: tuple[str, ...] = field(default=(), repr=False)

    @property
    def identifier(self) -> str | None:
        """The identifying field whose values nearly all cells are."""
        shares = {"email": self.email, "linkedinUrl": self.profile, "linkedinUrlSalesNav": self.sales}
        return next((name for name, share in shares.items() if self.filled and share >= MOSTLY), None)

    @property
    def share(self) -> float:
        """The share of cells that the identifier rests on."""
        return max(self.email, self.profile, self.sales)

    @property
    def salutation(self) -> float:
        """The share of salutations; looked for only in what is named as a job title."""
        return sum(plain(cell) in _salutations() for cell in self.cells) / max(1, len(self.cells))

    def refined(self, field: str) -> str:
        """Return the field that the content makes of one: profiles of Sales Navigator have a field of their own."""
        if field == "linkedinUrl" and self.sales >= MOSTLY:
            return "linkedinUrlSalesNav"
        return "linkedinUrl" if field == "linkedinUrlSalesNav" and self.profile >= MOSTLY else field

    def allows(self, field: str, *, strict: bool) -> bool:
        """Return whether the content does not speak against a field that the column's name says; `strict`: speaks for it."""
        if self.filled == 0:
            return True
        if field in ("linkedinUrl", "linkedinUrlSalesNav") and self.company_page > 0.5:
            return False
        if field != "email" and field not in IDENTIFIERS and self.email >= MOSTLY and field != "contactOwner":
            return False
        if field == "jobTitle":
            return self.salutation < 0.5
        if field in IDENTIFIERS and strict:
            return self.supports(field)
        return True

    def supports(self, field: str) -> bool:
        """Return whether the content looks like a field whose name alone would not do."""
        if field == "linkedinUrl":
            return self.profile + self.sales >= 0.5
        if field == "email":
            return self.email >= 0.5
        if field == "companyDomain":
            return self.filled == 0 or (self.site >= 0.5 and self.profile + self.company_page + self.sales < 0.2)
        if field == "jobTitle":
            return self.salutation < 0.5 and self.site < 0.5 and self.email < 0.5
        return self.site < 0.5 and self.email < 0.5


def contents_of(records: Spool) -> dict[str, Content]:
    """Return what the first cells of each column look like; a column counts as empty only where it is throughout."""
    sample = records.head(SAMPLE_ROWS)
    found = {name: content_of(sample[name]) for name in sample.columns}
    blank = [name for name, content in found.items() if content.is_empty]
    if blank and records.height > sample.height:
        is_empty = records.scan().select((pl.col(blank).str.strip_chars() == "").all()).collect(engine="streaming")
        found |= {name: replace(found[name], is_empty=is_empty[name].item()) for name in blank}
    return found


def content_of(column: pl.Series) -> Content:
    """Return what the first cells of a text column look like."""
    cells = [cell for cell in column.head(SAMPLE_ROWS).to_list() if cell and not cell.isspace()][:SAMPLE_CELLS]
    if not cells:
        return Content(filled=0, is_empty=_is_empty(column))
    texts = [cell.strip() for cell in cells]
    # Most cells have neither: looking for that first is many times faster than the patterns.
    addresses = [text for text in texts if "@" in text]
    links = [text for text in texts if "in/" in text.lower() or "linkedin.com/" in text.lower()]
    return Content(
        filled=len(texts),
        is_empty=False,
        email=_matching(addresses, _EMAIL) / len(texts),
        profile=_matching(links, _PROFILE) / len(texts),
        sales=_matching(links, _SALES, _COMPANY_PAGE) / len(texts),
        company_page=_matching(links, _COMPANY_PAGE) / len(texts),
        site=sum(bool(_SITE.fullmatch(text)) for text in texts) / len(texts),
        cells=tuple(texts),
    )


@cache
def _salutations() -> frozenset[str]:
    return frozenset(plain(word) for word in tables()["salutations"])


def _matching(texts: list[str], pattern: re.Pattern[str], but_not: re.Pattern[str] | None = None) -> int:
    return sum(bool(pattern.search(text)) and not (but_not and but_not.search(text)) for text in texts)


def _is_empty(column: pl.Series) -> bool:
    return not bool((column.str.strip_chars() != "").any())
