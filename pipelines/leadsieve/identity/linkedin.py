"""One LinkedIn cell: status, key, URL to write (rules L1 and L2; one address is read in `linkedin_url`).

`parse_linkedin` is the exact path; the column functions in `expressions` answer the same, faster.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from leadsieve.identity import opaque, slug
from leadsieve.identity import text as texts
from leadsieve.identity.linkedin_url import read_url
from leadsieve.identity.opaque import Shape
from leadsieve.identity.placeholders import is_linkedin_placeholder
from leadsieve.identity.profile import EMPTY, LinkedIn, invalid, of_slug, of_token
from leadsieve.identity.reasons import LinkedInReason
from leadsieve.words import LinkedInStatus

# Shapes that need no looking around: an encoded or plain slug, a Sales Navigator lead.
_SITE = r"(?:https?://)?(?:(?:www|m|[a-z]{2})\.)?linkedin\.com"
_PAGES = r"(?:/(?:details?|recent-activity|overlay|edit|opportunities)(?:/[A-Za-z0-9_-]{3,})*|/[a-z]{2}(?:-[a-z]{2})?)?"
_TAIL = r"/?(?:\?[A-Za-z0-9_=&%~+-]*)?"
_REGULAR = re.compile(rf"{_SITE}/in/([\w%-]+){_PAGES}{_TAIL}")
_LEAD = re.compile(rf"{_SITE}/sales/(lead|people)/([A-Za-z0-9_-]{{39}})((?:,[A-Za-z0-9_-]+){{0,2}}){_TAIL}")
_LONGEST_REGULAR = 2_000
_LEFT_OVERS = ("undefined", "null")


def parse_linkedin(cell: str | None) -> LinkedIn:
    """Return what a LinkedIn cell holds; any string has an answer.

    >>> parse_linkedin("LinkedIn: http://fr.linkedin.com/in/Jane-Doe/").url
    'https://www.linkedin.com/in/jane-doe'
    >>> parse_linkedin("https://www.linkedin.com/in/ACoAAAdbzRUBJNyj5BnG64APJzEXB5gB5fouYug").key
    'urn:li:member:123456789'
    """
    if cell is None:
        return EMPTY
    regular = _parse_regular(cell) if len(cell) <= _LONGEST_REGULAR else None
    return regular or _parse_odd(cell)


def _parse_regular(cell: str) -> LinkedIn | None:
    """Return the person of a cell that is nothing but a regular address; None when it must be looked at closely."""
    regular = _REGULAR.fullmatch(cell)
    if regular:
        return _of_plain_slug(regular[1])
    lead = _LEAD.fullmatch(cell)
    if lead and opaque.shape_of(lead[2]) is Shape.TOKEN and not any(word in lead[3] for word in _LEFT_OVERS):
        return of_token(lead[2], f"https://www.linkedin.com/sales/{lead[1]}/{lead[2]}{lead[3]}")
    return None


def _of_plain_slug(raw: str) -> LinkedIn | None:
    text = slug.decoded(raw)
    if not text or not (raw.isascii() or texts.narrow(texts.without_invisible(raw)) == raw):
        return None
    shape = opaque.shape_of(text)
    if shape is not Shape.NONE:
        return of_token(text) if shape is Shape.TOKEN else None
    checked = slug.key_slug(text)
    is_whole = (text == raw and raw.isascii()) or slug.trimmed(text).text == text
    return of_slug(checked) if checked.text and is_whole else None


def _parse_odd(cell: str) -> LinkedIn:
    text = texts.trimmed(texts.without_invisible(cell).strip(_CONTROLS))
    if len(text) > texts.LONGEST_CELL:
        return invalid(LinkedInReason.CELL_TOO_LONG)
    text = texts.trimmed(texts.without_invisible(texts.without_entities(texts.narrow(texts.without_surrogates(text)))))
    if is_linkedin_placeholder(text):
        return EMPTY
    if _DANGEROUS.match(text):
        return invalid(LinkedInReason.BAD_SCHEME)
    return _summed_up(list(_results(_tightened(text))))


_DANGEROUS = re.compile(r"(?:javascript|vbscript|data|file|ftp):", re.IGNORECASE)
_CONTROLS = "".join(map(chr, [*range(0x20), 0x7F])) + " "

# --- the text around an address (L1) ---------------------------------------------------------------------------------

_TORN_SEGMENTS = 2  # `linkedin.com / in / jane-doe`: the second slash is seen once the first is joined
_TORN = re.compile(r"[\s›]")
_SPACES = re.compile(r"\s{2,}")
_BREADCRUMB = re.compile(r"\s?›\s?")
_WIDE_BREADCRUMB = re.compile(r"(linkedin\.(?:com|cn))\s[>»]\s(\w+)\s[>»]\s", re.IGNORECASE)
_SCHEME_SPACE = re.compile(r"(https?:) ?(//?) ?", re.IGNORECASE)
_WWW_SPACE = re.compile(r"\b(www\.)\s(?=\S)", re.IGNORECASE)
_COM_SPACE = re.compile(r"(linkedin)(?:\s\.\s?|\.\s)(?=(?:com|cn)\b)", re.IGNORECASE)
_SPACE_SLASH = re.compile(r"(linkedin\.(?:com|cn)|/in|/pub) (?=/)", re.IGNORECASE)
_SLASH_SPACE = re.compile(r"(?<=[^\s/])/ (?!(?:https?:|www\.|/|(?:[a-z]{2}\.)?linkedin\.))(?=\S)", re.IGNORECASE)


def _tightened(text: str) -> str:
    """Join what white space or breadcrumb signs tore apart."""
    if not _TORN.search(text):
        return text
    text = _SPACES.sub(lambda run: "\n" if "\n" in run[0] or "\r" in run[0] else " ", text)
    text = _WIDE_BREADCRUMB.sub(r"\1/\2/", _BREADCRUMB.sub("/", text))
    text = _COM_SPACE.sub(r"\1.", _WWW_SPACE.sub(r"\1", _SCHEME_SPACE.sub(r"\1\2", text)))
    for _ in range(_TORN_SEGMENTS):
        text = _SLASH_SPACE.sub("/", _SPACE_SLASH.sub(r"\1", text))
    return text


# --- several things in one cell (L2) ---------------------------------------------------------------------------------

_START = r"(?:https?:|www\.|//|(?:[a-z]{2}\.)?linkedin\.(?:com|cn)/)"
_GAP = re.compile(rf"(?:\]\(|[\s\"<>|\x00]|[,;](?=\s|{_START}))+", re.IGNORECASE)
_SOFT_GAP = re.compile(r"\s+")
_LABEL = re.compile(
    rf"(?!linkedin://|javascript|data|file|ftp|vbscript|about)[a-z][\w.-]{{0,30}}[:=]['(]?(?={_START})", re.IGNORECASE
)
_OPENERS = "'“”„‘’«»‹›([{`*,;:•·–—-"
_CLOSERS = "'“”‘’«»‹›)]}`*,;:!\\"
_URL_LIKE = re.compile(
    rf"{_START}|[htps]{{3,8}}[:;]*/|linkedin:|urn(?::|%3a)li|/?in/|[^/]*%3a%2f%2f|[^/\s@]*linke?d[il]n\.|lnkd\.in/"
    r"|[a-z0-9-]+(?:\.[a-z0-9-]+)+/|[a-z]{3,12}://",
    re.IGNORECASE,
)
_OPEN_SLUG = re.compile(r"/in/[^/?#]+$", re.IGNORECASE)
_CONJUNCTIONS = frozenset(["and", "or", "und", "oder", "et", "ou", "y", "e", "o"])


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a cell, with whether only white space lies between it and the next."""

    text: str
    bare: str
    is_open: bool

    @property
    def is_url(self) -> bool:
        return _URL_LIKE.match(self.bare) is not None or opaque.shape_of(self.bare) is Shape.TOKEN

    @property
    def is_comment(self) -> bool:
        return self.text[:1].isalnum() and not self.is_url and self.text.lower() not in _CONJUNCTIONS


def _results(text: str) -> Iterator[LinkedIn]:
    words = list(_words(text))
    if len(words) == 1:
        yield read_url(words[0].bare)
        return
    for word, behind in zip_longest(words, words[1:]):
        if word.is_url:
            yield _read_before(word, behind)


def _words(text: str) -> Iterator[_Word]:
    start = 0
    for gap in _GAP.finditer(text):
        if gap.start() > start:
            word = text[start : gap.start()]
            yield _Word(word, _bare(word), _SOFT_GAP.fullmatch(gap[0]) is not None)
        start = gap.end()
    if start < len(text):
        yield _Word(text[start:], _bare(text[start:]), is_open=False)


def _bare(word: str) -> str:
    """Return a word without label and the punctuation around it; three dots stay, they say that it was cut."""
    word = word.lstrip(_OPENERS)
    label = _LABEL.match(word)
    word = (word[label.end() :].lstrip(_OPENERS) if label else word).rstrip(_CLOSERS)
    return word if word.endswith(("...", "…")) else word.rstrip(_CLOSERS + ".")


def _read_before(word: _Word, behind: _Word | None) -> LinkedIn:
    """Read an address; a bare word behind an open slug could be its second half (L1, DISPUTED, answered as labelled)."""
    read = read_url(word.bare)
    could_go_on = word.is_open and behind is not None and behind.is_comment and word.text.endswith(word.bare)
    if could_go_on and read.status is LinkedInStatus.PERSON_VANITY and _OPEN_SLUG.search(word.bare):
        return invalid(LinkedInReason.SPACE_IN_SLUG)
    return read


_ELSEWHERE = frozenset(
    [LinkedInReason.NOT_LINKEDIN, LinkedInReason.NO_URL, LinkedInReason.USERINFO, LinkedInReason.BAD_HOST]
)


def _summed_up(results: list[LinkedIn]) -> LinkedIn:
    """One person beside other sites is that person; two persons are nobody, never the first (L2)."""
    if not results:
        return invalid(LinkedInReason.NO_URL)
    forbidding = next((read for read in results if read.reason is LinkedInReason.SPACE_IN_SLUG), None)
    persons = {read.key: read for read in results if read.is_person}
    if len(persons) > 1:
        return invalid(LinkedInReason.MULTIPLE_PROFILES)
    if persons and not forbidding:
        return max(
            (read for read in results if read.is_person), key=lambda read: (read.url is not None, read.sales_url or "")
        )
    return forbidding or next((read for read in results if read.reason not in _ELSEWHERE), results[0])
