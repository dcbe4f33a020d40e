"""The slug behind `/in/`: decoded, in one case, checked (rules L7 to L11, L14, L23)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from leadsieve.identity.reasons import LinkedInReason
from leadsieve.identity.text import without_invisible

PREFIX = "https://www.linkedin.com/in/"
SHORTEST_ASCII = 3  # LinkedIn Help: 3 to 100 characters
LONGEST = 100
DECODING_ROUNDS = 3  # triple encoding is seen in public code (L7)
# Own profile, LinkedIn's page for profiles that may not be seen, left-overs of programs (L9).
RESERVED = frozenset(["me", "edit", "unavailable", "unknown", "null", "undefined", "none", "nan", "n-a"])
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[a-z0-9_-]+")
_CUT = re.compile(r"[?#;]|&[A-Za-z_]+=")
_TRAILING = ".,;:!)]>}\"'*`|\\/»”’›"
_LEADING = "@\"'«“‘"
_ELLIPSES = ("...", "…")
# Beyond ASCII: letters, marks, digits, symbols with emoji, private use; not spaces, quotes, dashes, brackets (L8).
_FORBIDDEN_CATEGORIES = frozenset(["Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Pi", "Pf", "Ps", "Pe", "Pd"])
# Joiners and tags are parts of emoji and of Persian and Indic words; 〰 is an emoji; 〜 and ゠ stand inside words.
_ALLOWED_ANYWAY = frozenset("\u200c\u200d\u3030\u301c\u30a0") | frozenset(map(chr, range(0xE0020, 0xE0080)))
_FORBIDDEN = re.compile(
    r"[\ufffd\ufffe\uffff\ufdd0-\ufdef\u2016-\u2027\u2030-\u203b\u203d-\u2048\u204a-\u205e\u3001-\u3003]"
)
_HEX_GROUP = re.compile(r"[0-9a-f]{1,3}")


@dataclass(frozen=True, slots=True)
class Slug:
    """A slug in key form, or why there is none."""

    text: str | None
    reason: LinkedInReason | None = None


def decoded(raw: str) -> str | None:
    """Return text percent-decoded until stable, at most three rounds; None where that is no UTF-8 (L7)."""
    for _ in range(DECODING_ROUNDS):
        if "%" not in raw:
            return raw
        if _BAD_ESCAPE.search(raw):
            return None
        try:
            raw = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            return None
    return None if "%" in raw else raw


def trimmed(text: str) -> Slug:
    """Return the decoded slug without what cannot belong to it, in its own case; or why it is broken (L8, L9)."""
    if text.strip() in {".", ".."}:
        return Slug(None, LinkedInReason.DOT_SEGMENT)
    text = _CUT.split(without_invisible(text), maxsplit=1)[0].strip().rstrip(_TRAILING.replace(".", "")).rstrip()
    if text.endswith(_ELLIPSES) and text.strip(".… "):
        return Slug(None, LinkedInReason.TRUNCATED)
    return Slug(text.rstrip(f"{_TRAILING} \t\r\n").lstrip(_LEADING).strip().strip("\u200c\u200d"))


def key_slug(text: str) -> Slug:
    """Return a trimmed slug in key form: NFC, lower case, NFC; nothing else is folded (L7, L10).

    >>> key_slug("Jane-Doe").text, key_slug("me").reason
    ('jane-doe', <LinkedInReason.RESERVED_SLUG: 'reserved_slug'>)
    """
    slug = text.lower() if text.isascii() else _nfc(_nfc(text).lower())
    reason = _problem(slug)
    return Slug(None, reason) if reason else Slug(slug)


def key_of(slug: str) -> str:
    """Return the key of a slug: the profile's URL, readable, not encoded."""
    return f"{PREFIX}{slug}"


def url_of(slug: str) -> str:
    """Return the URL to write out: the slug percent-encoded, upper-case hex, no slash, no query (L23)."""
    return f"{PREFIX}{slug if slug.isascii() else quote(slug, safe='')}"


def legacy_slug(name: str, groups: list[str]) -> Slug:
    """Return the slug that a `/pub/<name>/<a>/<b>/<c>` address redirects to (L14).

    The groups are the digits of one number, least significant first; the top group is not padded, and one that is
    zero is left out (DISPUTED, inferred from suffixes of five and six characters).

    >>> legacy_slug("oskar-example", ["a7", "576", "b50"]).text
    'oskar-example-b50576a7'
    """
    if len(groups) < 3:
        return Slug(None, LinkedInReason.PUB_INCOMPLETE)
    a, b, c = (group.lower() for group in groups[:3])
    if not all(map(_HEX_GROUP.fullmatch, (a, b, c))):
        return Slug(None, LinkedInReason.PUB_NOT_HEX)
    suffix = f"{c:0>3}{b:0>3}{a}" if a.strip("0") else f"{c:0>3}{b.lstrip('0')}"
    return key_slug(f"{name}-{suffix}")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _problem(slug: str) -> LinkedInReason | None:
    if not slug:
        return LinkedInReason.EMPTY_SLUG
    if slug in RESERVED:
        return LinkedInReason.RESERVED_SLUG
    if not _PLAIN.fullmatch(slug):
        reason = _character_problem(slug)
        if reason:
            return reason
    if slug.isascii() and not slug.strip("-_"):
        return LinkedInReason.NO_ALPHANUMERIC
    if len(slug) > LONGEST or (slug.isascii() and len(slug) < SHORTEST_ASCII):
        return LinkedInReason.BAD_LENGTH
    return None


def _character_problem(slug: str) -> LinkedInReason | None:
    if "/" in slug or "\\" in slug:
        return LinkedInReason.ENCODED_SEPARATOR
    if any(letter.isspace() for letter in slug):
        return LinkedInReason.SPACE_IN_SLUG
    return None if all(map(_is_allowed, slug)) else LinkedInReason.BAD_CHARACTER


@lru_cache(maxsize=4096)
def _is_allowed(letter: str) -> bool:
    if letter.isascii():
        return letter.isalnum() or letter in "-_"
    if letter in _ALLOWED_ANYWAY:
        return True
    return unicodedata.category(letter) not in _FORBIDDEN_CATEGORIES and not _FORBIDDEN.match(letter)
