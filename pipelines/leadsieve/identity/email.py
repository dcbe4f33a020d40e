"""One email cell: status, canonical address, reason, suggestion (rules E1 to E12 of docs/identity.md).

`parse_email` is the exact path; the column functions in `expressions` answer the same, faster.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from leadsieve.identity import text as texts
from leadsieve.identity.domains import Domain, read_domain, suffixes
from leadsieve.identity.mailboxes import EmailFlag, flags_of
from leadsieve.identity.placeholders import is_email_placeholder, is_placeholder_address
from leadsieve.identity.reasons import EmailReason
from leadsieve.identity.word_lists import words
from leadsieve.words import EmailStatus

LONGEST_LOCAL = 64  # octets; RFC 5321, 4.5.3.1.1
LONGEST_ADDRESS = 254  # octets; RFC 5321, 4.5.3.1.3, RFC 3696 erratum 1690
SEPARATOR = ";"

_LONGEST_REGULAR = 400
_REGULAR = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00a1-\U0010ffff]*")  # RFC 5322 atext, RFC 6531, dots
_NOT_ATOM = re.compile(r"[\s\u2028\u2029\ufffd\ufdd0-\ufdef]")
_NEEDLESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


@dataclass(frozen=True, slots=True)
class Email:
    """What an email cell holds; `address` is joined by ";" for several, None where there is none."""

    status: EmailStatus
    address: str | None = None
    reason: EmailReason | None = None
    suggestion: str | None = None
    needless_quotes: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of the cell, in order."""
        return tuple(self.address.split(SEPARATOR)) if self.address else ()

    @property
    def flags(self) -> frozenset[EmailFlag]:
        """What can be said of the one address of a cell that identifies; nothing for several."""
        if self.address is None or self.status is EmailStatus.MULTIPLE:
            return frozenset()
        quotes = {EmailFlag.NEEDLESS_QUOTES} if self.needless_quotes else set()
        return flags_of(self.address) | quotes


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One thing in a cell that might be an address: read as one, a placeholder, or a problem."""

    text: str
    address: str | None = None
    reason: EmailReason | None = None
    suggestion: str | None = None
    folded: bool = False
    quoted: bool = False

    @property
    def is_placeholder(self) -> bool:
        return self.address is None and self.reason is None


_EMPTY = Email(EmailStatus.EMPTY)


def parse_email(cell: str | None) -> Email:
    """Return what an email cell holds; any string has an answer.

    >>> parse_email(" Jane.Doe@ACME.com").address
    'jane.doe@acme.com'
    >>> parse_email("jane@gmail.con")
    Email(status=<EmailStatus.INVALID: 'invalid'>, address=None, reason=<EmailReason.UNKNOWN_TLD: 'unknown_tld'>, \
suggestion='jane@gmail.com', needless_quotes=False)
    """
    if cell is None:
        return _EMPTY
    plain = cell.strip()
    if len(plain) <= _LONGEST_REGULAR and _REGULAR.fullmatch(plain):
        return _summed_up([_read(plain)], plain)
    return _parse_odd(plain)


def _parse_odd(stripped: str) -> Email:
    visible = texts.trimmed(texts.without_invisible(stripped))
    if len(visible) > texts.LONGEST_CELL:
        return _invalid(EmailReason.CELL_TOO_LONG)
    plain = stripped if stripped.isascii() else unicodedata.normalize("NFC", texts.without_surrogates(stripped))
    text = _cleaned(texts.without_surrogates(visible))
    if is_email_placeholder(text):
        return _EMPTY
    reason = _whole_cell_problem(text)
    if reason:
        return _invalid(reason)
    return _summed_up(list(_candidates(_prepared(text))), plain)


def _invalid(reason: EmailReason, suggestion: str | None = None) -> Email:
    return Email(EmailStatus.INVALID, None, reason, suggestion)


def _cleaned(text: str) -> str:
    """E4, E5: read entities, drop what cannot be seen, fold what only looks different."""
    text = texts.folded(texts.without_entities(text))
    if text.isascii() and text.isprintable():
        return text.strip()
    text = texts.without_stray_joiners(texts.without_controls(texts.without_invisible(text)))
    return texts.trimmed(unicodedata.normalize("NFC", text))


# --- one address -----------------------------------------------------------------------------------------------------

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ＇"), "'")
_TYPOGRAPHY = str.maketrans({**_DASHES, **_APOSTROPHES})
_DASH_FOLDS = str.maketrans(_DASHES)
_MASK = re.compile(r"\*{2,}|[•●∙·…×█▪]|^\*|\*$|#{3,}")
_TEMPLATE = re.compile(r"\{[^{}]*\}|%[A-Za-z_][A-Za-z0-9_]+%|\[\[|\]\]|<<|>>|\*\||\|\*|\$\{")


_SIMPLE_LOCAL = re.compile(r"[A-Za-z0-9._+'-]{1,64}")
_SIMPLE = re.compile(r"[A-Za-z0-9._+'-]+@[A-Za-z0-9.-]+")


def _read(text: str) -> _Candidate:
    """Read one candidate, already free of what surrounded it."""
    local, at, domain = text.rpartition("@")
    if not at:
        return _Candidate(text, reason=EmailReason.NO_AT_SIGN)
    if local[:1] == '"' and local[-1:] == '"':
        return _read_quoted(text, local, domain)
    reason = None if _SIMPLE.fullmatch(text) else _early_problem(local, domain)
    if reason:
        return _Candidate(text, reason=reason)
    if is_placeholder_address(local.lower(), domain.lower()):
        return _Candidate(text)
    folded = _folded_local(local)
    reason = _local_problem(folded)
    if reason:
        return _Candidate(text, reason=reason)
    straight = domain.translate(_DASH_FOLDS)
    changed = folded != local or straight != domain
    return _with_domain(text, _lowered(folded), read_domain(straight), folded=changed)


def _read_quoted(text: str, local: str, domain: str) -> _Candidate:
    """RFC 5321 allows quoted local parts; where the quotes are not needed they are dropped, else refused (E8)."""
    inner = local[1:-1]
    if not _NEEDLESS.fullmatch(inner):
        return _Candidate(text, reason=EmailReason.QUOTED_LOCAL_PART)
    read = _read(f"{inner}@{domain}")
    return _Candidate(text, read.address, read.reason, read.suggestion, folded=True, quoted=True)


def _early_problem(local: str, domain: str) -> EmailReason | None:
    if "@" in local:
        return EmailReason.TWO_AT_SIGNS
    if not local:
        return EmailReason.MISSING_LOCAL_PART
    if _TEMPLATE.search(local) or _TEMPLATE.search(domain):
        return EmailReason.UNFILLED_TEMPLATE
    if _MASK.search(local) or "**" in domain or "•" in domain:
        return EmailReason.MASKED
    return None


def _folded_local(local: str) -> str:
    """E5: typographic dashes and apostrophes; compatibility letters where that makes the local part ASCII."""
    if local.isascii():
        return local
    local = local.translate(_TYPOGRAPHY)
    compatible = unicodedata.normalize("NFKC", local)
    return compatible if compatible.isascii() else local


def _lowered(local: str) -> str:
    """lower(), never casefold (E5): ß stays. Apart from the domain, whose first letter would decide a final sigma."""
    return local.lower() if local.isascii() else unicodedata.normalize("NFC", local.lower())


def _local_problem(local: str) -> EmailReason | None:
    if not (local[0] == "." or local[-1] == "." or ".." in local) and _SIMPLE_LOCAL.fullmatch(local):
        return None
    if local.startswith("."):
        return EmailReason.LEADING_DOT
    if local.endswith("."):
        return EmailReason.TRAILING_DOT_LOCAL
    if ".." in local:
        return EmailReason.DOUBLE_DOT
    if not _ATOM.fullmatch(local) or (not local.isascii() and _NOT_ATOM.search(local)):
        return EmailReason.BAD_CHARACTER_LOCAL
    if len(local.encode()) > LONGEST_LOCAL:
        return EmailReason.LOCAL_PART_TOO_LONG
    return None


def _with_domain(text: str, local: str, domain: Domain, *, folded: bool) -> _Candidate:
    suggestion = f"{local}@{domain.suggestion}" if domain.suggestion else None
    if domain.ascii is None:
        return _Candidate(text, reason=domain.reason, suggestion=suggestion)
    address = f"{local}@{domain.ascii}"
    if len(address.encode()) > LONGEST_ADDRESS:
        return _Candidate(text, reason=EmailReason.ADDRESS_TOO_LONG)
    if len(local.encode()) > LONGEST_LOCAL:  # lower() can grow: İ becomes two characters
        return _Candidate(text, reason=EmailReason.LOCAL_PART_TOO_LONG)
    return _Candidate(text, address, None, suggestion, folded)


# --- the cell around it ----------------------------------------------------------------------------------------------

_X500 = re.compile(r"(?:x[45]00:|ex:\s*/o=|/o=[^/]*/|/c=[^/]*/)", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)", re.IGNORECASE)
_LABEL_END = "\x1f"  # stands where a label ended: the words in front of it are no part of an address

_SPACES = re.compile(r"\s{2,}")
_TAG = re.compile(
    r"</?(?:a|b|i|u|p|br|em|li|ol|ul|td|tr|div|span|font|strong|html|body|table|tbody)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_HREF = re.compile(r"""<a\s[^<>]{0,500}?href\s?=\s?["']?\s?mailto:([^"'<>?\s]{1,400})[^<>]{0,2000}>""", re.IGNORECASE)
_BRACKETED_AT = re.compile(r"\s?[\[({<]\s?(?:at|@|ät)\s?[\])}>]\s?", re.IGNORECASE)
_BRACKETED_DOT = re.compile(r"\s?[\[({<]\s?(?:dot|\.|punkt|point|punto)\s?[\])}>]\s?", re.IGNORECASE)
_MAILTO = re.compile(r"(?:(?:#?mailto|smtp|sip):(?://)?\s?)+([^\s<>\"',;]*)", re.IGNORECASE)
_QUERY = re.compile(r"(@[^\s?<>@,;]+)\?[^\s<>]*")
_LEADING_SPACES = re.compile(r"(?:(?<=\s)|^)(?:%20)+")
_SPACE_AT = re.compile(r"(?:(?<=[\s,;|<>(\[])|^)([^\s@,;|<>(\[]+)\s@\s?(?=[^\s@])")
_AT_SPACE = re.compile(r"(?<=[^\s@])@[^\S\n\r\t](?=[^\s@])")
_SPACE_NEAR_AT = re.compile(r"\s@|@\s")
_MANY_AT = re.compile(r"@(?:\s?@)+")
_BROKEN_DOT = re.compile(r"@([^\s@,;|<>]+?)(?:\s\.\s?|\.\s)([A-Za-z][A-Za-z.-]*)(?=[\s,;|<>)]|$)")
_COMMA_DOT = re.compile(r"@([^\s@,;|<>]+),([A-Za-z]{2,})(?=[.,:!]*(?:[\s;|<>)]|$))")


def _whole_cell_problem(text: str) -> EmailReason | None:
    if _X500.match(text):
        return EmailReason.X500_ADDRESS
    if "@" not in text and _URL.match(text) and " " not in text and "%40" not in text:
        return EmailReason.URL
    return None


def _single_spaced(text: str) -> str:
    """One white space at a time, so that no later pattern can walk a long run of them twice."""
    return _SPACES.sub(lambda run: "\n" if any(mark in run[0] for mark in "\n\r\t") else " ", text)


def _without_html(text: str) -> str:
    return _TAG.sub(" ", _HREF.sub(r" \1 ", text)) if "<" in text else text


def _with_signs(text: str) -> str:
    """`[at]`, `(dot)`: signs written in brackets (DISPUTED in the cases, answered as labelled)."""
    return _BRACKETED_DOT.sub(".", _BRACKETED_AT.sub("@", text))


def _without_mailto(text: str) -> str:
    return _MAILTO.sub(lambda link: _LABEL_END + unquote(link[1].partition("?")[0]), text)


def _percent_decoded(text: str) -> str:
    if "%" not in text:
        return text
    decoded = text if "@" in text else text.replace("%40", "@")
    return _LEADING_SPACES.sub("", decoded)


def _without_query(text: str) -> str:
    return _QUERY.sub(r"\1", text)


def _tightened(text: str) -> str:
    """Spaces touching the at-sign, and doubled signs; a handle behind an address (`jane@x @jane`) stays apart."""
    if text.count("@") == 1 and not _SPACE_NEAR_AT.search(text):
        return text
    text = _AT_SPACE.sub("@", _SPACE_AT.sub(r"\1@", text))
    return _MANY_AT.sub("@", text)


def _with_last_dot(text: str) -> str:
    return _COMMA_DOT.sub(_joined_if_domain, _BROKEN_DOT.sub(_joined_if_domain, text))


def _joined_if_domain(match: re.Match[str]) -> str:
    """Join only what becomes a domain: `acme .com`, `acme.co. uk`, not the sentence behind `acme.com. Jane`."""
    left, right = match[1].rstrip("."), match[2].lower().strip(".")
    suffix = f"{left.rpartition('.')[2].lower()}.{right}"
    is_first_dot = "." not in left and right.rpartition(".")[2] in suffixes().tlds
    return f"@{left}.{match[2]}" if is_first_dot or suffix in suffixes().longer else match[0]


_WHITE = frozenset(" \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | frozenset(
    map(chr, range(0x2000, 0x200B))
)
# Each step with the characters without which it has nothing to do.
_STEPS = (
    (_WHITE, _single_spaced),
    (frozenset("<"), _without_html),
    (frozenset("[({<"), _with_signs),
    (frozenset(":"), _without_mailto),
    (frozenset("%"), _percent_decoded),
    (frozenset("?"), _without_query),
    (_WHITE | {"@"}, _tightened),
    (_WHITE, _single_spaced),
    (_WHITE | {","}, _with_last_dot),
)


def _prepared(text: str) -> str:
    marks = frozenset(text)
    for needed, step in _STEPS:
        if not marks.isdisjoint(needed):
            done = step(text)
            if done != text:
                text, marks = done, frozenset(done)
    return text


# --- several things in one cell --------------------------------------------------------------------------------------

_COMMENT = re.compile(r"\([^()@]*\)|<[^<>@]*>")
_GROUP = re.compile(r"[<(]([^<>()]*@[^<>()]*)[>)]")
_SEPARATORS = re.compile(
    r"[;,|\n\r\t\v\f]|\]\(|\s(?:and|or|und|oder|et|ou|y|e|o|&|\+|/|//)(?=\s)|[&+](?=\s)", re.IGNORECASE
)
_NAME_SEPARATORS = re.compile(r"[;,|\n\r\t]")
_BULLET = re.compile(r"[-–—*•●▪·‣>#]+|\(?[0-9]{1,3}[.)]")
_GLUED_LABEL = re.compile(
    r"(?:e-?mails?|mail|e|m|work|home|office|private|personal|business|contact|kontakt|to|from|cc|bcc|address|adresse|correo"
    r"|courriel|primary|secondary|xmpp)(?:\s?[0-9])?[:=]",
    re.IGNORECASE,
)
_LABEL_WORDS = words(
    """
    e-mail email emails mail work home office private personal business contact kontakt address adresse courriel
    correo
    """
)
_OPENERS = "\"'“”„‘’‚«»‹›<([{,;:|`=/\\>"
_CLOSERS = "\"'“”‘’«»‹›>)]}<([{*,;:!.?/|\\`#-–—"
_QUOTED_START = re.compile(r'"[^"]*"@')
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_PAGE = re.compile(r"[A-Za-z0-9.-]+\.[A-Za-z]{2,}/[^@]*@")
_BEHIND_HOST = re.compile(r"[/?=&:]")
_PAIRED = ("*", "_", "~")


def _candidates(text: str) -> Iterator[_Candidate]:
    """Yield what might be an address, in order; words that forbid a guess come as a candidate with a reason."""
    quoted = _QUOTED_START.match(text)
    if quoted and len(_SEPARATORS.split(text.partition("@")[2])) == 1:
        yield _read(_without_comment(text, quoted.end()))
        return
    has_brackets = "<" in text or "(" in text
    text = _COMMENT.sub(" ", text) if has_brackets else text
    pieces = _GROUP.split(text) if has_brackets else [text]
    if len(pieces) == 1:
        yield from _items(text)
        return
    for outside, inside in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        *before, name = _NAME_SEPARATORS.split(outside)
        for part in [*before, inside, name]:
            if "@" in part:
                yield from _items(part)


def _without_comment(text: str, domain_start: int) -> str:
    """Return an address with quotes in front without what stands behind it (E3); words with an at-sign are no comment."""
    domain, _, comment = text[domain_start:].partition(" ")
    return text if "@" in comment else f"{text[:domain_start]}{domain.rstrip(_CLOSERS)}"


def _items(text: str) -> Iterator[_Candidate]:
    seen_words = False
    for part in _SEPARATORS.split(text):
        labelled, found = _part(part)
        ambiguous = seen_words and not labelled
        if found and ambiguous:
            yield _Candidate(text, reason=EmailReason.AMBIGUOUS_TEXT_BEFORE)
        yield from found
        seen_words = not found and (seen_words or _is_text(part))
        if found:
            seen_words = False


def _is_text(part: str) -> bool:
    words = part.strip()
    return bool(words) and not (is_email_placeholder(words) or _URL.match(words) or _BULLET.fullmatch(words))


def _part(part: str) -> tuple[bool, list[_Candidate]]:
    """Return whether a label introduced it, and the candidates between two separators."""
    head, label, rest = part.rpartition(_LABEL_END)
    if "@" in head:
        head, label, rest = "", "", part.replace(_LABEL_END, " ")
    words = rest.split()
    first = next((place for place, word in enumerate(words) if "@" in word), None)
    if first is None:
        return False, []
    found = [_read_word(item) for word in words[first:] if "@" in word for item in _slashed(word)]
    if _GLUED_LABEL.match(words[first]):
        return True, found
    return _after_words(words[:first], found, labelled=bool(label))


def _after_words(words: list[str], found: list[_Candidate], *, labelled: bool) -> tuple[bool, list[_Candidate]]:
    """Labels and bullets may stand before an address; other words make its local part a guess (E3)."""
    while words and _BULLET.fullmatch(words[0]):
        words = words[1:]
    words = [word for word in words if not _URL.match(word)]
    if not words:
        return labelled, found
    is_label = words[-1][-1] in ":=→" or words[-1] in {"->", "=>"}
    is_dashed = words[-1] in {"-", "–", "—"} and all(word.lower() in _LABEL_WORDS for word in words[:-1])
    if is_label or is_dashed or labelled:
        return True, found
    return False, [_Candidate(found[0].text, reason=EmailReason.SPACE_IN_LOCAL_PART), *found[1:]]


def _slashed(word: str) -> Iterator[str]:
    """Two at-signs decide that a slash separates (E6); a slash alone is legal in a local part."""
    if word.count("@") < 2 or "/" not in word or _URL.match(word):
        yield word
        return
    waiting = ""
    for piece in word.split("/"):
        waiting = f"{waiting}/{piece}" if waiting else piece
        if "@" in waiting:
            yield waiting
            waiting = ""


def _read_word(word: str) -> _Candidate:
    """Read one word; an address in a URL's query is the page's, not the cell's (E8)."""
    bare = _bare(word)
    is_url = _PAGE.match(bare) or (_SCHEME.match(word) and _BEHIND_HOST.search(bare.rstrip("/").rpartition("@")[0]))
    return _Candidate(word, reason=EmailReason.URL) if is_url else _read(bare)


def _bare(word: str) -> str:
    """Return a word without label, scheme and the punctuation around it (E3)."""
    label = _GLUED_LABEL.match(word)
    word = word[label.end() :] if label else word
    scheme = _SCHEME.match(word)
    word = word[scheme.end() :] if scheme else word
    if word[0] == "{" and word[-1] == "}" and word.count("{") == 1:
        return word[1:-1]
    if _TEMPLATE.search(word):
        return word
    word = _without_emphasis(word)
    closed = word.rstrip(_CLOSERS)
    return closed if _QUOTED_START.match(closed) else closed.lstrip(_OPENERS)


def _without_emphasis(word: str) -> str:
    """Markdown comes in pairs; a lone leading asterisk is a mask or a footnote (E12)."""
    for mark in _PAIRED:
        if word.startswith(mark) and word.rstrip(_CLOSERS.replace("*", "")).endswith(mark):
            return word.rstrip(_CLOSERS).strip(mark)
    return word


def _summed_up(candidates: list[_Candidate], plain: str) -> Email:
    """E6: equal addresses are one, placeholders none; several different ones are reported, never guessed."""
    if len(candidates) == 1 and candidates[0].address:
        return _one_address(candidates[0], plain)
    good = list(dict.fromkeys(candidate.address for candidate in candidates if candidate.address))
    problems = [candidate for candidate in candidates if candidate.reason]
    if len(good) > 1:
        return Email(EmailStatus.MULTIPLE, SEPARATOR.join(good))
    forbidding = [problem for problem in problems if problem.reason in _FORBIDDING]
    if good and not forbidding:
        return _one_address(next(candidate for candidate in candidates if candidate.address), plain)
    if problems:
        first = (forbidding or problems)[0]
        return _invalid(first.reason or EmailReason.NO_AT_SIGN, first.suggestion)
    if candidates or all(is_email_placeholder(part.strip()) for part in _SEPARATORS.split(plain)):
        return _EMPTY
    return _invalid(EmailReason.UNFILLED_TEMPLATE if _TEMPLATE.search(plain) else EmailReason.NO_AT_SIGN)


_FORBIDDING = frozenset([EmailReason.AMBIGUOUS_TEXT_BEFORE, EmailReason.SPACE_IN_LOCAL_PART])


def _one_address(found: _Candidate, plain: str) -> Email:
    needed_repair = found.folded or found.text != plain
    status = EmailStatus.REPAIRED if needed_repair else EmailStatus.VALID
    return Email(status, found.address, None, found.suggestion, found.quoted)
