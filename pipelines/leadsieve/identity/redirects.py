"""Hosts that only wrap another address, and how to take it out (rule L12); nothing else is ever unwrapped.

Every rule is pure text; no address is asked for anything. An unknown host with a LinkedIn URL in its query stays what it is.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

DEPTH = 3
_SCHEME = re.compile(r"[a-z]{3,6}:/", re.IGNORECASE)
_TARGET = re.compile(r"(?:https?(?::|%3a)|//|www\.|(?:[a-z-]{2,5}\.)?linkedin\.(?:com|cn)/|lnkd\.in/)", re.IGNORECASE)
_GOOGLE = re.compile(r"(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}")
_GOOGLE_TRANSLATE = re.compile(r"translate\.google\.(?:com?\.)?[a-z]{2,3}")
_FACEBOOK = re.compile(r"(?:l|lm|www|m)\.(?:facebook|instagram)\.com")
_SAFELINKS = re.compile(r"(?:[a-z0-9-]+\.)?safelinks\.protection\.outlook\.com")
_BING = re.compile(r"(?:www\.|cn\.)?bing\.com")
_YAHOO = re.compile(r"(?:[a-z]+\.)*search\.yahoo\.com")
_DUCKDUCKGO = re.compile(r"(?:www\.)?duckduckgo\.com")
_TRANSLATED = re.compile(r"([a-z0-9-]+)\.translate\.goog")
_YAHOO_TARGET = re.compile(r"/RU=([^/]+)(?:/|$)")
_PROOFPOINT_ESCAPE = re.compile(r"-([0-9A-Fa-f]{2})")
_PROOFPOINT_V3 = re.compile(r"/v3/__(.+?)__;([^!]*)!", re.DOTALL)
_WAYBACK = re.compile(r"/web/(?:[0-9]{1,14}[a-z_*]{0,4}|\*|2)/(.+)", re.DOTALL)
_V3_RUN = re.compile(r"\*(\*.)?")
_V3_LENGTHS = {
    letter: count
    for count, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", start=2)
}


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What a wrapping host holds: the address inside, or only somebody's search."""

    target: str | None
    is_search: bool = False


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of an address as found: host in lower case, path from its first slash, raw query."""

    host: str
    path: str
    query: str
    fragment: str = ""

    def first(self, *names: str) -> str | None:
        """Return the decoded value of the first of these parameters that is there; names are case-blind."""
        found = {name.lower(): value for name, value in reversed(self._pairs())}
        raw = next((found[name] for name in names if name in found), None)
        return None if raw is None else unquote(raw.replace("+", " "), errors="replace")

    def _pairs(self) -> list[tuple[str, str]]:
        parts = (part.partition("=") for part in re.split(r"[&;]", self.query))
        return [(name.removeprefix("amp;"), value) for name, _, value in parts]


def wrapped(url: Url) -> Wrapped | None:
    """Return what a known wrapping host holds, None for every other host or page."""
    for host, read in _RULES:
        if host.fullmatch(url.host):
            return read(url)
    return None


def is_address(text: str | None) -> bool:
    """Return whether a parameter's value is an address and not words."""
    return bool(text) and _TARGET.match((text or "").strip()) is not None


def _parameter(*names: str) -> Callable[[Url], Wrapped | None]:
    def read(url: Url) -> Wrapped | None:
        target = url.first(*names)
        return Wrapped(target) if is_address(target) else None

    return read


def _google(url: Url) -> Wrapped | None:
    if url.path.startswith("/url"):
        return Wrapped(url.first("q", "url"))
    if url.path.startswith(("/search", "/webhp")) or url.path in {"", "/"}:
        target = url.first("q")
        return Wrapped(target) if is_address(target) else Wrapped(None, is_search=True)
    return None


def _meet(url: Url) -> Wrapped | None:
    return _parameter("dest")(url) if url.path.startswith("/linkredirect") else None


def _webcache(url: Url) -> Wrapped | None:
    """`cache:[id:]URL[+words]` (Google cache)."""
    value = (url.first("q") or "").partition(" ")[0].removeprefix("cache:")
    head, _, tail = value.partition(":")
    return Wrapped(tail if tail and not _SCHEME.match(value) and "." not in head else value)


def _translated(url: Url) -> Wrapped:
    """`www-linkedin-com.translate.goog`: a hyphen is a dot, two are a hyphen."""
    name = url.host.removesuffix(".translate.goog").replace("--", "\0").replace("-", ".").replace("\0", "-")
    return Wrapped(f"https://{name}{url.path}")


def _bing(url: Url) -> Wrapped | None:
    """`ck/a`: u = "a1" + base64url; `aclick`: u = base64url of the encoded address."""
    value = url.first("u") or ""
    if url.path.startswith("/ck/a"):
        return Wrapped(_base64(value.removeprefix("a1")))
    if url.path.startswith(("/aclick", "/aclk")):
        return Wrapped(unquote(_base64(value) or "") or None)
    return Wrapped(None, is_search=True) if url.path.startswith("/search") else None


def _yahoo(url: Url) -> Wrapped:
    """`/RU=<encoded>/RK=` in the path."""
    found = _YAHOO_TARGET.search(url.path)
    return Wrapped(unquote(found[1])) if found else Wrapped(None, is_search=True)


def _duckduckgo(url: Url) -> Wrapped | None:
    target = url.first("uddg")
    if target:
        return Wrapped(target)
    return Wrapped(None, is_search=True) if url.first("q") is not None else None


def _proofpoint(url: Url) -> Wrapped | None:
    """v1: encoded; v2: `-XX` escapes, `_` for a slash; v3: `__URL__;`, replaced characters as base64 behind it."""
    if url.path.startswith("/v3/"):
        return _proofpoint_v3(f"{url.path}{'?' + url.query if url.query else ''}")
    value = url.first("u")
    if value and url.path.startswith("/v2/"):
        raw = value.replace("_", "/")
        value = unquote(_PROOFPOINT_ESCAPE.sub(r"%\1", raw))
    return Wrapped(value) if value else None


def _proofpoint_v3(rest: str) -> Wrapped | None:
    found = _PROOFPOINT_V3.match(rest)
    if not found:
        return None
    replaced = iter(_base64(found[2]) or "")

    def restore(run: re.Match[str]) -> str:
        count = _V3_LENGTHS.get(run[1][1], 0) if run[1] else 1
        return "".join(letter for _, letter in zip(range(count), replaced, strict=False))

    return Wrapped(_V3_RUN.sub(restore, found[1]))


def _wayback(url: Url) -> Wrapped | None:
    found = _WAYBACK.match(f"{url.path}{'?' + url.query if url.query else ''}")
    return Wrapped(found[1]) if found else None


def _in_path(url: Url) -> Wrapped | None:
    target = url.path.lstrip("/")
    return Wrapped(target) if is_address(target) else None


def _base64(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


_RULES: tuple[tuple[re.Pattern[str], Callable[[Url], Wrapped | None]], ...] = (
    (re.compile(r"meet\.google\.com"), _meet),
    (re.compile(r"webcache\.googleusercontent\.com"), _webcache),
    (_GOOGLE_TRANSLATE, _parameter("u")),
    (_TRANSLATED, _translated),
    (_GOOGLE, _google),
    (_BING, _bing),
    (_YAHOO, _yahoo),
    (_DUCKDUCKGO, _duckduckgo),
    (_FACEBOOK, _parameter("u")),
    (_SAFELINKS, _parameter("url")),
    (re.compile(r"(?:www\.)?slack-redir\.net"), _parameter("url")),
    (re.compile(r"urldefense(?:\.proofpoint)?\.com"), _proofpoint),
    (re.compile(r"(?:web\.)?archive\.org"), _wayback),
    (re.compile(r"r\.jina\.ai"), _in_path),
)
