"""What a LinkedIn cell turns out to be: the five kinds of the rules and the empty cell."""

from dataclasses import dataclass, replace

from leadsieve.identity import opaque, slug
from leadsieve.identity.reasons import LinkedInReason
from leadsieve.words import LinkedInStatus


@dataclass(frozen=True, slots=True)
class LinkedIn:
    """What a LinkedIn cell holds: the key to match on, the URL to write, and what came with them.

    `url` is None where a key has no URL that opens (a bare member number). `sales_url` is the Sales Navigator lead
    page, where the cell was one.
    """

    status: LinkedInStatus
    key: str | None = None
    url: str | None = None
    sales_url: str | None = None
    reason: LinkedInReason | None = None
    suggestion: str | None = None

    @property
    def is_person(self) -> bool:
        """Whether the cell identifies somebody."""
        return self.key is not None


EMPTY = LinkedIn(LinkedInStatus.EMPTY, reason=LinkedInReason.EMPTY)
NON_PERSON = LinkedIn(LinkedInStatus.NON_PERSON)
SHORTLINK = LinkedIn(LinkedInStatus.SHORTLINK)


def invalid(reason: LinkedInReason, suggestion: str | None = None) -> LinkedIn:
    """Return that a cell names nobody, and why."""
    return LinkedIn(LinkedInStatus.INVALID, reason=reason, suggestion=suggestion)


def of_slug(checked: slug.Slug) -> LinkedIn:
    """Return the person of a slug in key form, or why there is none."""
    if checked.text is None:
        return invalid(checked.reason or LinkedInReason.EMPTY_SLUG)
    return LinkedIn(LinkedInStatus.PERSON_VANITY, slug.key_of(checked.text), slug.url_of(checked.text))


def of_token(token: str, sales_url: str | None = None) -> LinkedIn:
    """Return the person of a member token, its case as found."""
    return LinkedIn(LinkedInStatus.PERSON_OPAQUE, opaque.key_of(token), opaque.url_of(token), sales_url)


def of_number(text: str) -> LinkedIn:
    """Return the person of a member id, for whom no URL can be written."""
    number = opaque.member_number(text)
    if number is None:
        return invalid(LinkedInReason.BAD_MEMBER_ID)
    return LinkedIn(LinkedInStatus.PERSON_OPAQUE, opaque.member_key(number))


def with_suggestion(found: LinkedIn, suggestion: str | None) -> LinkedIn:
    """Return a result that says what was probably meant."""
    return replace(found, suggestion=suggestion) if suggestion else found
