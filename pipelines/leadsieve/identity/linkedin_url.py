"""One address: whose profile it is, if anybody's (rules L3 to L23).

`read_url` takes one candidate without white space. It asks nobody: what only the network could answer stays unknown.
"""

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote

from leadsieve.identity import opaque, slug
from leadsieve.identity.opaque import Shape
from leadsieve.identity.profile import (
    NON_PERSON,
    SHORTLINK,
    LinkedIn,
    invalid,
    of_number,
    of_slug,
    of_token,
    with_suggestion,
)
from leadsieve.identity.reasons import LinkedInReason
from leadsieve.identity.redirects import DEPTH, Url, is_address, wrapped
from leadsieve.identity.word_lists import words

_WHOLE_ENCODED = re.compile(r"[^/?#%]{0,64}%(?:25)*(?:2f|3a)", re.IGNORECASE)
# Missing, wrong, misspelt, doubled schemes (L3; public URL fixers).
_HTTP = re.compile(r"/*(?:view-source:|url:)?[htps]{3,8}(?:[:;]+/*|[:;.]*/{2,})/*", re.IGNORECASE)
_SCHEMES_AT_MOST = 5
_SCHEME = re.compile(r"([a-z][a-z0-9+-]{1,20}):(?![0-9])", re.IGNORECASE)
_DEEP_LINK = "linkedin"
_RELATIVE = re.compile(r"/?(?=(?:in|pub|comm/in|mwlite/in|sales/(?:lead|people|profile))/)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_BOUNDARY = re.compile(r"[/?#]")
_PORTS = frozenset(["", "80", "443"])

_SITES = frozenset(["linkedin.com", "linkedin.cn"])
_PERSON_LABEL = re.compile(r"www|ww|wwww|m|touch|mobile|[a-z]{2}|[a-z]{2}-[a-z]{2}")
_SERVICE_LABELS = words(
    """
    about ads advertising api blog brand business careers click cms content customer developer developers docs
    economicgraph emails engineering events help investors learning legal lists marketing media members
    microsoft mobileapp news newsletter newsroom nonprofit nonprofits ourstory outlook partner partners platform
    play press privacy realtime recruiter sales salesnavigator security smallbusiness socialimpact speakers
    static status studio support talent talentinsights training university videos webinars
    """
)
# Shorteners (L13; public shortener tables): opaque and case-sensitive, only the network knows.
_SHORTENERS = words(
    """
    lnkd.in bit.ly bitly.com j.mp t.co tinyurl.com goo.gl ow.ly buff.ly rb.gy cutt.ly is.gd v.gd shorturl.at
    t.ly s.id rebrand.ly bl.ink tiny.cc dlvr.it trib.al soo.gd shorte.st adf.ly hubs.ly hubs.la wp.me fb.me
    amzn.to youtu.be snip.ly po.st lnk.to linktr.ee urlz.fr t1p.de qr.ae x.co short.io tiny.one clck.ru u.to
    vk.cc
    """
) - {"youtu.be", "linktr.ee"}


def read_url(text: str, depth: int = 0) -> LinkedIn:
    """Return whose profile one address is; `depth` counts what was unwrapped already (L12).

    >>> read_url("fr.linkedin.com/in/Jane-Doe/?trk=x").key
    'https://www.linkedin.com/in/jane-doe'
    """
    if depth > DEPTH:
        return invalid(LinkedInReason.TOO_MANY_REDIRECTS)
    text = _decoded_whole(text.strip())
    if opaque.shape_of(text) is Shape.TOKEN:
        return of_token(text)
    if text[:4].lower() == "urn:":
        return _read_urn(text)
    return _read_address(_forward_slashes(text), depth)


def _decoded_whole(text: str) -> str:
    """Decode an address that was percent-encoded as a whole, up to three times."""
    for _ in range(slug.DECODING_ROUNDS):
        if not _WHOLE_ENCODED.match(text):
            break
        text = unquote(text, errors="replace")
    return text


def _forward_slashes(text: str) -> str:
    """Browsers read a backslash as a slash, and do so before they read the host (WHATWG URL; L3)."""
    if "\\" not in text:
        return text
    path, mark, rest = text.partition("?")
    return path.replace("\\", "/") + mark + rest


def _read_address(text: str, depth: int) -> LinkedIn:
    bare = _without_http(text)
    if bare == text and _RELATIVE.match(text):
        return _read_linkedin(_split_path("www.linkedin.com", "/" + text.lstrip("/")), depth)
    scheme = _SCHEME.match(bare)
    if scheme and scheme[1].lower() == _DEEP_LINK:
        return _read_deep_link(bare[scheme.end() :], depth)
    if scheme:
        return invalid(LinkedInReason.USERINFO if "@" in bare else LinkedInReason.BAD_SCHEME)
    return _read_host(bare.lstrip("/"), depth)


def _without_http(text: str) -> str:
    for _ in range(_SCHEMES_AT_MOST):
        scheme = _HTTP.match(text)
        if not scheme:
            break
        text = text[scheme.end() :]
    return text


def _read_host(text: str, depth: int) -> LinkedIn:
    boundary = _BOUNDARY.search(text)
    end = boundary.start() if boundary else len(text)
    authority, rest = text[:end], text[end:]
    if "@" in authority:
        return invalid(LinkedInReason.USERINFO, _suggested_slug(authority[1:]) if authority[0] == "@" else None)
    name, _, port = authority.partition(":")
    host = unicodedata.normalize("NFKC", name).lower().rstrip(".")
    if port not in _PORTS:
        return invalid(LinkedInReason.BAD_PORT if port.isdigit() else LinkedInReason.BAD_HOST)
    if not _HOST.fullmatch(host):
        return invalid(LinkedInReason.BAD_HOST)
    return _read_site(_split_path(host, rest), depth)


def _split_path(host: str, rest: str) -> Url:
    before, _, fragment = rest.partition("#")
    path, _, query = before.partition("?")
    return Url(host, path, query, fragment)


def _read_site(url: Url, depth: int) -> LinkedIn:
    """L4: labels are compared from the right; a name that only contains another is another."""
    *sub_labels, name, tld = ["", "", *url.host.split(".")]
    sub_labels = [label for label in sub_labels if label]
    if f"{name}.{tld}" in _SITES:
        return _read_subdomain(url, sub_labels, depth)
    if url.host.removeprefix("www.") in _SHORTENERS and url.path.strip("/"):
        return SHORTLINK
    inside = wrapped(url)
    if inside is None:
        return _not_linkedin(url)
    if inside.is_search:
        return invalid(LinkedInReason.SEARCH_PAGE)
    return read_url(inside.target, depth + 1) if inside.target else invalid(LinkedInReason.NOT_LINKEDIN)


def _read_subdomain(url: Url, labels: list[str], depth: int) -> LinkedIn:
    if all(map(_PERSON_LABEL.fullmatch, labels)):
        return _read_linkedin(url, depth)
    if _SERVICE_LABELS.intersection(labels):
        return NON_PERSON
    return invalid(LinkedInReason.UNKNOWN_SUBDOMAIN)


# --- near misses -----------------------------------------------------------------------------------------------------

_NEAR_NAMES = re.compile(
    r"l+i+n*k+e*d+i*n+|linkedln|1inkedin|llinkedin|lindedin|linkein|linkedi|inkedin|liknedin|linkedin[a-z]"
)
_HANDLE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")


def _not_linkedin(url: Url) -> LinkedIn:
    """L21: what was probably meant is said, never done."""
    if "." not in url.host and not url.path:
        handle = url.host if _HANDLE.fullmatch(url.host) and not url.host.replace("-", "").isdigit() else None
        return invalid(LinkedInReason.NOT_LINKEDIN, handle and _suggested_slug(handle))
    return invalid(LinkedInReason.NOT_LINKEDIN, _suggested_site(url))


def _suggested_site(url: Url) -> str | None:
    labels = [label for label in url.host.split(".") if not _PERSON_LABEL.fullmatch(label) or label == url.host]
    is_near = bool(labels) and _NEAR_NAMES.fullmatch(labels[0]) is not None
    if not is_near or len(labels) > 2:
        return None
    meant = _read_linkedin(Url("www.linkedin.com", url.path, url.query), DEPTH)
    return meant.url


def _suggested_slug(text: str) -> str | None:
    checked = slug.key_slug(text)
    return slug.url_of(checked.text) if checked.text else None


# --- linkedin.com ----------------------------------------------------------------------------------------------------

_PREFIXES = frozenset(["mwlite", "m", "comm", "public-profile", "incareer"])
_NON_PERSON_PLACES = words(
    """
    company company-beta companies organization organizations organisation school schools edu showcase groups
    group grp groupsdirectory jobs job jobs2 posts post feed pulse today newsletters newsletter events event
    learning learning-login search products product services service sales talent recruiter cap messaging msgfs
    inbox preload mynetwork notifications sharearticle sharing sharing-offsite share cws help legal login logout
    uas authwall signup checkpoint start reg join directory dir home hp nhome premium psettings settings
    accounts account mypreferences in-app about developers developer ad ads campaignmanager advertising
    marketing business hiring post-inspector people topic topics topcontent advice top-content salary
    interview-prep games video videos live embed hashtag update updates news collections skills
    skill-assessments profinder services-marketplace voyager li litms robots.txt sitemap sitemaps favicon.ico
    oauth countserv anet answers osview whoswho vsearch wvmx me my-items
    """
)
_LOGIN_PLACES = frozenset(["authwall", "login", "signup", "uas", "checkpoint", "start", "reg", "join", "m"])
_TARGET_NAMES = ("sessionredirect", "session_redirect", "fromsignin", "url", "redirect", "redirect_url")
_NESTED = re.compile(
    r"https?:/|https?//|www\.linkedin\.|(?:(?<![a-z0-9-])[a-z]{2}\.)?linkedin\.(?:com|cn)/|(?<![a-z0-9-])www\.",
    re.IGNORECASE,
)


def _read_linkedin(url: Url, depth: int) -> LinkedIn:
    """Read a path of linkedin.com; segments keep their case, keywords are compared in lower case."""
    segments = _without_prefixes([segment for segment in url.path.split("/") if segment])
    if not segments:
        return NON_PERSON
    place = unquote(segments[0]).lower()
    reader = _PLACES.get(place)
    if reader:
        return reader(url, segments, depth)
    if place in _NON_PERSON_PLACES:
        return NON_PERSON
    if opaque.shape_of(segments[0]) is Shape.TOKEN:
        return invalid(LinkedInReason.MISSING_IN_SEGMENT, opaque.url_of(segments[0]))
    return _without_in(segments)


def _without_prefixes(segments: list[str]) -> list[str]:
    while segments:
        place = segments[0].lower()
        is_profile_in = place == "profile" and len(segments) > 1 and segments[1].lower() == "in"
        if place not in _PREFIXES and not is_profile_in:
            break
        segments = segments[1:]
    return segments


def _without_in(segments: list[str]) -> LinkedIn:
    last = segments[-1] if len(segments) <= 2 else ""
    text = slug.decoded(last)
    return invalid(LinkedInReason.MISSING_IN_SEGMENT, _suggested_slug(text) if text else None)


def _read_in(_url: Url, segments: list[str], depth: int) -> LinkedIn:
    """L6, L11: the first segment behind `/in/` counts, unless an address or a second `/in/` stands there."""
    rest = segments[1:]
    while len(rest) > 1 and rest[0].lower() == "in":
        rest = rest[1:]
    if not rest:
        return invalid(LinkedInReason.EMPTY_SLUG)
    flat = slug.decoded("/".join(rest)) or ""
    nested = _NESTED.search(flat)
    if nested:
        return _read_nested(flat[: nested.start()], flat[nested.start() :], depth)
    own = _read_slug(rest[0])
    places = [segment.lower() for segment in rest[1:-1]]
    return _agreed(own, _read_slug(rest[places.index("in") + 2])) if "in" in places else own


def _read_nested(before: str, inner: str, depth: int) -> LinkedIn:
    read = read_url(inner, depth + 1)
    own = slug.trimmed(before.partition("/")[0]).text
    return _agreed(_read_slug(own), read) if own else read


def _agreed(own: LinkedIn, other: LinkedIn) -> LinkedIn:
    if own.is_person and other.is_person and own.key != other.key:
        return invalid(LinkedInReason.MULTIPLE_PROFILES)
    return own


def _read_slug(raw: str) -> LinkedIn:
    """Read a slug; a token is looked for before anything changes its case (L16)."""
    text = slug.decoded(raw)
    if text is None:
        return invalid(LinkedInReason.BAD_PERCENT_ENCODING)
    if text[:7].lower() == "urn:li:":
        return _read_urn(text)
    own = slug.trimmed(text)
    if own.text is None:
        return of_slug(own)
    head = own.text.partition(",")[0]
    damage = _DAMAGES.get(opaque.shape_of(head))
    if damage:
        return invalid(damage)
    return of_token(head) if opaque.shape_of(head) is Shape.TOKEN else of_slug(slug.key_slug(own.text))


_DAMAGES = {
    Shape.CASE_LOST: LinkedInReason.OPAQUE_CASE_LOST,
    Shape.TRUNCATED: LinkedInReason.OPAQUE_TRUNCATED,
    Shape.TOO_LONG: LinkedInReason.OPAQUE_MALFORMED,
}


def _read_member(text: str, otherwise: LinkedInReason, sales_url: str | None = None) -> LinkedIn:
    """Read what stands where only a token or a number can stand (L17, L18)."""
    text = text.strip(" ()'\"")
    if text.isascii() and text.isdigit():
        return of_number(text)
    if opaque.shape_of(text) is Shape.TOKEN:
        return of_token(text, sales_url)
    if opaque.looks_case_lost(text):
        return invalid(LinkedInReason.OPAQUE_CASE_LOST)
    return invalid(LinkedInReason.OPAQUE_TRUNCATED if opaque.looks_cut(text) else otherwise)


def _read_pub(_url: Url, segments: list[str], _depth: int) -> LinkedIn:
    if len(segments) > 1 and segments[1].lower() == "dir":
        return NON_PERSON
    parts = [slug.decoded(segment) for segment in segments[1:5]]
    if None in parts:
        return invalid(LinkedInReason.BAD_PERCENT_ENCODING)
    name, *groups = [part or "" for part in parts] or [""]
    return of_slug(slug.legacy_slug(name, groups))


def _read_sales(_url: Url, segments: list[str], _depth: int) -> LinkedIn:
    kind = segments[1].lower() if len(segments) > 2 else ""
    if kind not in {"lead", "people", "profile"}:
        return NON_PERSON
    parts = unquote(segments[2]).split(",")
    known = [part for part in parts[1:] if part not in {"", "undefined", "null"}]
    sales_url = f"https://www.linkedin.com/sales/{kind}/{','.join([parts[0], *known])}"
    return _read_member(parts[0], LinkedInReason.OPAQUE_MALFORMED, sales_url)


def _read_recruiter(_url: Url, segments: list[str], _depth: int) -> LinkedIn:
    """`/talent/.../profile/<token>`, `/recruiter/profile/<n>,..`; with `PTS` the number is Recruiter's own (L18)."""
    places = [segment.lower() for segment in segments[:-1]]
    if "profile" not in places:
        return NON_PERSON
    parts = unquote(segments[places.index("profile") + 1]).split(",")
    if "PTS" in (part.upper() for part in parts):
        return invalid(LinkedInReason.RECRUITER_INTERNAL_ID)
    return _read_member(parts[0], LinkedInReason.OPAQUE_MALFORMED)


def _read_profile(url: Url, segments: list[str], _depth: int) -> LinkedIn:
    names = ("id", "key") if len(segments) == 1 or segments[1].lower() == "view" else ()
    value = url.first(*names) if names else None
    if value:
        return _read_member(value.partition(",")[0], LinkedInReason.BAD_MEMBER_ID)
    found = invalid(LinkedInReason.PROFILE_WITHOUT_ID)
    text = slug.decoded(segments[1]) if len(segments) == 2 and not names else None
    return with_suggestion(found, _suggested_slug(text) if text else None)


def _read_web_profile(url: Url, segments: list[str], _depth: int) -> LinkedIn:
    value = url.first("id") if segments[-1].lower() == "webprofile" else None
    return _read_member(value, LinkedInReason.BAD_MEMBER_ID) if value else NON_PERSON


def _read_mail_link(_url: Url, segments: list[str], _depth: int) -> LinkedIn:
    is_profile = len(segments) > 2 and segments[1].lower() == "fpf"
    return _read_member(segments[2], LinkedInReason.BAD_MEMBER_ID) if is_profile else NON_PERSON


def _read_login(url: Url, _segments: list[str], depth: int) -> LinkedIn:
    target = url.first(*_TARGET_NAMES)
    return _read_target(target, depth) if target else NON_PERSON


def _read_redirect(url: Url, _segments: list[str], depth: int) -> LinkedIn:
    target = url.first("url", "urlhash", "target")
    return _read_target(target, depth) if target else NON_PERSON


def _read_target(target: str, depth: int) -> LinkedIn:
    """Read what LinkedIn's own walls and redirectors lead to; another site is no person (L12)."""
    if not (is_address(_decoded_whole(target)) or _RELATIVE.match(target)):
        return NON_PERSON
    read = read_url(target, depth + 1)
    return NON_PERSON if read.reason is LinkedInReason.NOT_LINKEDIN else read


def _read_shortlink(_url: Url, _segments: list[str], _depth: int) -> LinkedIn:
    return SHORTLINK


_PLACES: dict[str, Callable[[Url, list[str], int], LinkedIn]] = {
    "in": _read_in,
    "pub": _read_pub,
    "sales": _read_sales,
    "talent": _read_recruiter,
    "recruiter": _read_recruiter,
    "profile": _read_profile,
    "ppl": _read_web_profile,
    "e": _read_mail_link,
    "redir": _read_redirect,
    "safety": _read_redirect,
    "slink": _read_shortlink,
    **dict.fromkeys(_LOGIN_PLACES, _read_login),
}

# --- other names for a member ----------------------------------------------------------------------------------------

_URN = re.compile(r"urn:li:([a-z_]+):(.*)", re.IGNORECASE | re.DOTALL)
_TOKEN_URNS = frozenset(["fsd_profile", "fs_miniprofile", "fs_profile", "fs_salesprofile", "ts_profile"])
_OTHER_URNS = re.compile(
    r".*company|organi[sz]ation.*|fsd?_?(?:mini|normalized_)?school|school|activity|ugcpost|share|article|comment|group|fsd_group|job"
    r"|jobposting|fsd_jobposting|event|fsd_event|page|industry|geo|skill|title|sponsoredaccount|sponsoredcampaign|digitalmediaasset",
    re.IGNORECASE,
)


def _read_urn(text: str) -> LinkedIn:
    found = _URN.match(text)
    if not found:
        return invalid(LinkedInReason.BAD_URN)
    kind, value = found[1].lower(), found[2].strip().lstrip("(").partition(",")[0].rstrip(") ")
    if kind == "member":
        return of_number(value)
    if kind == "person":
        return invalid(LinkedInReason.APP_SCOPED_URN)
    if kind in _TOKEN_URNS:
        return _read_member(value, LinkedInReason.OPAQUE_MALFORMED) if value else invalid(LinkedInReason.BAD_URN)
    return NON_PERSON if _OTHER_URNS.fullmatch(kind) else invalid(LinkedInReason.BAD_URN)


def _read_deep_link(rest: str, depth: int) -> LinkedIn:
    """L22: `linkedin://in/x`, `linkedin://profile/x`, `linkedin://profile?id=<n>`, `linkedin://profile/view?id=<n>`."""
    url = _split_path("www.linkedin.com", "/" + rest.lstrip("/#"))
    segments = [segment for segment in url.path.split("/") if segment]
    is_slug = len(segments) > 1 and segments[0].lower() == "profile" and segments[1].lower() not in {"view", "in"}
    return _read_in(url, segments, depth) if is_slug else _read_linkedin(url, depth)
