"""What the words of a run (docs/words.md) mean, as phrases that follow a count."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from leadsieve.counts import counted
from leadsieve.words import Outcome, Reason, RowWarning

REASONS: Final[Mapping[str, str]] = {
    Reason.UNREADABLE_ROW: "the line could not be read",
    Reason.INVALID_EMAIL: "the email is broken",
    Reason.MULTIPLE_EMAILS: "several emails in one cell",
    Reason.MISSING_REQUIRED_FIELD: "a required field is empty",
    Reason.NO_IDENTIFIER: "neither an email nor a LinkedIn profile",
    Reason.DUPLICATE_IN_LIST: "the same person stands in the list already",
    Reason.UNSUBSCRIBED: "the person unsubscribed",
    Reason.DO_NOT_CONTACT: "marked as do not contact",
    Reason.BOUNCED: "the email bounced",
    Reason.SUPPRESSED_DOMAIN: "the whole domain is suppressed",
    Reason.DELETED_EARLIER: "the person's lead was deleted in lemlist",
    Reason.COOLDOWN: "the person's lead ended too short a time ago",
    Reason.IN_CAMPAIGN: "in this campaign already",
    Reason.NOT_IN_CAMPAIGN: "not in this campaign, and only updates are allowed",
    Reason.ACTIVE_IN_OTHER_CAMPAIGN: "in progress in another campaign",
    Reason.IN_OTHER_CAMPAIGN: "in another campaign of the workspace",
    Reason.NEW: "unknown to the workspace",
    Reason.RE_ENGAGE: "known, and all that was has ended",
    Reason.ACTIVE_ELSEWHERE: "in progress elsewhere, which this dedup mode allows",
}

WARNINGS: Final[Mapping[str, str]] = {
    RowWarning.ACTIVE_ELSEWHERE: "the person is in progress in another campaign",
    RowWarning.COLUMN_RENAMED: "a column was renamed because its name is taken",
    RowWarning.DELETED_EARLIER: "the person's lead was deleted in lemlist, and the list brings it back",
    RowWarning.FORMULA_LIKE_CELL: "a cell that a spreadsheet would take for a formula",
    RowWarning.IDENTITY_CONFLICT: "several emails and several profiles: perhaps two people",
    RowWarning.LINKEDIN_NOT_A_PROFILE: "the LinkedIn cell is no person's profile and was left out",
    RowWarning.LONG_ROW: "too many cells, the last ones empty and cut off",
    RowWarning.OTHER_DELIMITER: "a line with another separator than the rest, read by that",
    RowWarning.OTHER_ENCODING: "a line in another encoding than the rest, converted",
    RowWarning.POSSIBLE_SAME_MAILBOX: "another row's address probably reaches the same mailbox",
    RowWarning.PROBABLE_TYPO: "the email looks misspelt; `leadsieve why` says what may be meant, nothing was changed",
    RowWarning.SHARED_IDENTIFIER: "an address or profile that several people share",
    RowWarning.SHORT_ROW: "too few cells, filled up with empty ones",
    RowWarning.STRAY_QUOTE: "a quote that does not belong, read around it",
}

GOES_IN: Final = (Outcome.CREATE, Outcome.UPDATE)


def reason_in_words(reason: str, summary: Mapping[str, Any]) -> str:
    """Return what a reason means in the run that `summary` describes."""
    if reason == Reason.NEW and not summary["snapshot"]:
        return "the list's own people; no workspace was asked"
    return REASONS[reason]


def among(names: Iterable[str]) -> str:
    """Return the names as a sentence lists them.

    >>> among(["a"]), among(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *others, last = list(names) or [""]
    return f"{', '.join(others)} and {last}" if others else last


def rows(count: int) -> str:
    """Return the count with its noun.

    >>> rows(1), rows(2000)
    ('1 row', '2,000 rows')
    """
    return counted(count, "row")


def people(count: int) -> str:
    """Return the count of different people.

    >>> people(1), people(2000)
    ('1 person', '2,000 people')
    """
    return counted(count, "person", "people")


def percent(share: float) -> str:
    """Return a share in per cent; one that is neither none nor all never looks so.

    >>> percent(0.4213), percent(0.0004), percent(0.9996), percent(1.0)
    ('42 %', '<1 %', '>99 %', '100 %')
    """
    if 0 < share < 0.005:  # what rounds to 0
        return "<1 %"
    if 0.995 <= share < 1:  # what rounds to 100
        return ">99 %"
    return f"{share:.0%}".replace("%", " %")


def duration(minutes: float) -> str:
    """Return a time as people say it, whole minutes or seconds; nothing that is done takes none.

    >>> duration(0.001), duration(0.5), duration(1.2), duration(67)
    ('1 second', '30 seconds', '1 minute', '67 minutes')
    """
    return counted(round(minutes), "minute") if minutes >= 1 else counted(max(round(minutes * 60), 1), "second")
