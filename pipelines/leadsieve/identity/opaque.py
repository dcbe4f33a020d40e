"""Opaque member tokens and numbers (rules L15 to L18): 39 base64url characters that carry the member's number.

Layout of the 29 bytes, as 13 public pairs of token and number show it::

    byte 0   1     2-3    4..7                        8    9..28
         00  type  00 00  member id, big-endian uint  01   20 bytes that differ by type
"""

import base64
import re
from enum import Enum

LENGTH = 39
LARGEST_ID = 2**32 - 1
_HEAD = 12  # characters that hold the nine bytes needed
_SHAPE = re.compile(r"A[A-P][AEIMQUYcgkosw048]AA[A-P][A-Za-z0-9_-]{33}")
_SHAPE_START = re.compile(r"A[A-P][AEIMQUYcgkosw048]AA[A-P][A-Za-z0-9_-]*")
# Visible prefixes of the types seen in public data; a one-case token can only be told by them (L16).
_KNOWN_LOWER = re.compile(r"a(?:ae|ai|am|ak|co|cr|cw|de|do|em)aa[a-p][a-z0-9_-]*")
_DIGITS = re.compile(r"[0-9]{1,20}")


class Shape(Enum):
    """What a string is when looked at as a token."""

    TOKEN = "token"  # noqa: S105 - a member token is public, no password
    CASE_LOST = "case_lost"
    TRUNCATED = "truncated"
    TOO_LONG = "too_long"
    NONE = "none"


def shape_of(text: str) -> Shape:
    """Return whether a string, its case untouched, is a token, a damaged one, or none.

    >>> shape_of("ACoAAAdbzRUBJNyj5BnG64APJzEXB5gB5fouYug"), shape_of("AAMAAN")
    (<Shape.TOKEN: 'token'>, <Shape.NONE: 'none'>)
    """
    if len(text) < _HEAD or text[0] not in "Aa" or not text.isascii():
        return Shape.NONE
    if len(text) == LENGTH:
        return _full_length(text)
    if _SHAPE_START.fullmatch(text) and _number_in(text) and not _is_one_case(text):
        return Shape.TRUNCATED if len(text) < LENGTH else Shape.TOO_LONG
    return Shape.NONE


def looks_cut(text: str) -> bool:
    """Return whether a string in a place where only tokens stand begins like one (L17)."""
    return len(text) < LENGTH and _SHAPE_START.fullmatch(text) is not None


def looks_case_lost(text: str) -> bool:
    """Return whether a string in a place where only tokens stand is one whose case was lost (L16)."""
    return _is_one_case(text) and _KNOWN_LOWER.fullmatch(text.lower()) is not None


def key_of(token: str) -> str:
    """Return `urn:li:member:<n>`, or the exact token's URL where the layout does not hold (L17).

    >>> key_of("ACoAAAdbzRUBJNyj5BnG64APJzEXB5gB5fouYug")
    'urn:li:member:123456789'
    """
    number = _number_in(token)
    return member_key(number) if number else url_of(token)


def url_of(token: str) -> str:
    """Return the URL that opens the profile of a token while logged in; the token stays as found (L23)."""
    return f"https://www.linkedin.com/in/{token}"


def member_key(number: int) -> str:
    """Return LinkedIn's own name for a member."""
    return f"urn:li:member:{number}"


def member_number(text: str) -> int | None:
    """Return the member id that a string of digits gives, None when there can be no such member."""
    if not _DIGITS.fullmatch(text):
        return None
    number = int(text)
    return number if 0 < number <= LARGEST_ID else None


def _full_length(text: str) -> Shape:
    if _is_one_case(text):
        return Shape.CASE_LOST if _KNOWN_LOWER.fullmatch(text.lower()) else Shape.NONE
    return Shape.TOKEN if _SHAPE.fullmatch(text) else Shape.NONE


def _is_one_case(text: str) -> bool:
    return text == text.lower() or text == text.upper()


def _number_in(token: str) -> int | None:
    """Return the member id, unsigned; None where the layout does not hold."""
    head = base64.urlsafe_b64decode(token[:_HEAD])
    if head[0] or head[2] or head[3] or head[8] != 1:
        return None
    return int.from_bytes(head[4:8], "big") or None
