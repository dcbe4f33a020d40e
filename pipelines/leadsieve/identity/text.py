"""What both parsers do to a cell's text before they read it: invisible characters, entities, look-alike signs.

Rules L1, E4 and E5 of docs/identity.md. Every function is linear in the length of the text.
"""

import html
import re

LONGEST_CELL = 20_000  # longer cells are no address and no profile; they are refused unread
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_ENTITY_ROUNDS = 3
_SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"

# BOM, ZWSP, WJ and invisible operators, SHY, LRM/RLM/ALM, bidi embeddings and isolates, Hangul fillers, Braille blank,
# Mongolian vowel separator, combining grapheme joiner (E4, L1; alphagov/notifications-utils #471, decidim #7780).
INVISIBLE = "\ufeff\u200b\u2060-\u2064\u00ad\u200e\u200f\u061c\u202a-\u202e\u2066-\u206f\u115f\u1160\u3164\uffa0\u2800\u180e\u034f"
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_JOINERS = "\u200c\u200d"
_JOINER = re.compile("(.?)[\u200c\u200d]+(?=(.?))", re.DOTALL)
_FULL_WIDTH: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SIGNS: dict[int, str] = {ord("﹫"): "@", ord("。"): ".", ord("｡"): ".", ord("﹒"): ".", ord("․"): "."}
_FOLDS = str.maketrans({**_FULL_WIDTH, **_SIGNS})
_WIDE_FOLDS = str.maketrans(_FULL_WIDTH)


def without_surrogates(text: str) -> str:
    """Return text that can be encoded: a lone surrogate, as Python meets it in undecodable input, becomes U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub(REPLACEMENT, text)


def without_invisible(text: str) -> str:
    """Return text without characters that show nothing and have no place in an identifier; joiners stay."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def without_controls(text: str) -> str:
    """Return text without C0 and C1 controls that are not white space."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


def without_stray_joiners(text: str) -> str:
    """Return text whose ZWJ and ZWNJ stand between two non-ASCII letters; elsewhere they are dirt (E4, RFC 5892)."""
    if "\u200c" not in text and "\u200d" not in text:
        return text
    return _JOINER.sub(_keep_joiner_between_letters, text)


def trimmed(text: str) -> str:
    """Return text without outer white space and outer joiners."""
    return text.strip().strip(_JOINERS).strip()


def without_entities(text: str) -> str:
    """Return text with HTML entities read, also when they were escaped more than once."""
    for _ in range(_ENTITY_ROUNDS):
        if "&" not in text:
            return text
        read = _ENTITY.sub(_read_entity, text)
        if read == text:
            return text
        text = read
    return text


def folded(text: str) -> str:
    """Return text with full-width ASCII and foreign full stops and at-signs as ASCII (E5)."""
    return text if text.isascii() else text.translate(_FOLDS)


def narrow(text: str) -> str:
    """Return text with full-width ASCII as ASCII (L1)."""
    return text if text.isascii() else text.translate(_WIDE_FOLDS)


def _read_entity(match: re.Match[str]) -> str:
    return without_surrogates(html.unescape(match[0]))


def _keep_joiner_between_letters(match: re.Match[str]) -> str:
    before, after = match[1], match[2]
    if before and after and not before.isascii() and not after.isascii():
        return match[0]
    return before
