"""What an opt-out names, in canonical form: an email, a whole domain, a LinkedIn profile, a phone, or the keyed hash of an email."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

import polars as pl

from leadsieve.errors import UsageError
from leadsieve.identity import is_free_provider, parse_email, parse_linkedin
from leadsieve.identity.domains import suffixes
from leadsieve.phones import e164
from leadsieve.words import EmailStatus, Reason
from leadsieve.workspace.suppression.hashing import ready_hash


class Kind(StrEnum):
    """What an opt-out names its person by."""

    EMAIL = "email"
    DOMAIN = "domain"
    LINKEDIN = "linkedin"
    PHONE = "phone"
    EMAIL_HASH = "email_hash"


ADDED_AT: Final = pl.Datetime("us")
_TEXTS: Final = ("kind", "value", "reason", "came_from")
ENTRIES: Final = pl.Schema([*((name, pl.String()) for name in _TEXTS), ("added_at", ADDED_AT)])
"""The columns of opt-outs; one row an entry. `added_at` is UTC, null for now."""

_REASONS: Mapping[str, str] = {
    **{reason.value: reason for reason in (Reason.UNSUBSCRIBED, Reason.DO_NOT_CONTACT, Reason.BOUNCED)},
    # The words of lemlist's unsubscribe export, column `source` (developer.lemlist.com, unsubscribes).
    "bounce": Reason.BOUNCED,
    "lead": Reason.UNSUBSCRIBED,
    "user": Reason.UNSUBSCRIBED,
    "api": Reason.UNSUBSCRIBED,
    "abuse": Reason.UNSUBSCRIBED,
}
_PHONE = re.compile(r"[+'(\d][\d ().+/-]+")


def named_by(value: str, region: str) -> Iterator[tuple[Kind, str]]:
    """Yield what a value names; of two emails in a cell both, so that nobody slips through.

    `region` is the country of phones that are written without +.

    >>> list(named_by("Ann@Acme.Example.com; bob@acme.example.com", ""))
    [(<Kind.EMAIL: 'email'>, 'ann@acme.example.com'), (<Kind.EMAIL: 'email'>, 'bob@acme.example.com')]
    """
    value = value.strip()
    if hashed := ready_hash(value):
        yield Kind.EMAIL_HASH, hashed
    elif value.startswith(("@", "*@")):
        if domain := _domain(value.lstrip("*@")):
            yield Kind.DOMAIN, domain
    elif addresses := parse_email(value).address:
        yield from ((Kind.EMAIL, address) for address in addresses.split(";"))
    elif key := parse_linkedin(value).key:
        yield Kind.LINKEDIN, key
    elif _PHONE.fullmatch(value) and (phone := e164(value, region)):
        yield Kind.PHONE, phone


def _domain(name: str) -> str | None:
    """Return a domain in the form that addresses have it in; it is read like theirs, so that case, IDNA and dirt are treated alike."""
    email = parse_email("x@" + name)
    if email.address and email.status in {EmailStatus.VALID, EmailStatus.REPAIRED}:
        return email.address.partition("@")[2]
    plain = name.strip().lower()
    # Nobody has an address there, but everyone below: to be refused, not to be passed over.
    return plain if suffixes().is_suffix(plain) else None


def reason_of(kind: Kind, reason: str, source: str) -> str:
    """Return the reason that an opt-out's cells say; an unknown one is `do_not_contact`."""
    if kind == Kind.DOMAIN:
        return Reason.SUPPRESSED_DOMAIN
    said = reason.strip().lower().replace(" ", "_")
    return _REASONS.get(said) or _REASONS.get(source.strip().lower()) or Reason.DO_NOT_CONTACT


def refuse_wide(entries: pl.DataFrame, file: str, *, force: bool) -> None:
    """Raise UsageError for domains that are half the world: a last label, or (unless `force`) a free provider or public suffix."""
    domains = sorted(set(entries.filter(pl.col("kind") == Kind.DOMAIN)["value"]))
    last_labels = [domain for domain in domains if "." not in domain]
    if last_labels:
        msg = f"{file} suppresses everyone below {_some(last_labels)}. Name the domains that you mean; nothing was loaded."
        raise UsageError(msg)
    if force:
        return
    free = pl.Series(domains, dtype=pl.String).to_frame("domain").filter(is_free_provider("x@" + pl.col("domain")))
    for wide, what in (
        (free["domain"].to_list(), "a provider of free mailboxes"),
        ([domain for domain in domains if suffixes().is_suffix(domain)], "a suffix that others' domains end in"),
    ):
        if wide:
            msg = (
                f"{file} suppresses everyone at {_some(wide)}, {what}. "
                "Take the row out, or say --force if you mean it; nothing was loaded."
            )
            raise UsageError(msg)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
