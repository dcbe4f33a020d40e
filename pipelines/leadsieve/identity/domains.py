"""Mail domains: the A-label, whether the world can have it, and what was probably meant (rules E8 to E11).

The public suffix list is the snapshot inside `publicsuffixlist`; nothing here asks the network.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from leadsieve.identity.reasons import EmailReason
from leadsieve.identity.word_lists import words

LONGEST_NAME = 400  # characters; longer cannot be a name of 253 octets, and is not worth remembering
LONGEST_LABEL = 63  # RFC 1035, 2.3.4
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_HOST_CHARACTERS = re.compile(r"[a-z0-9.-]+")
_ASCII_BUT_HOST = re.compile(r"[\x00-,/:-@\[-`{-\x7f\s\ufffd]")
# RFC 6761, RFC 7686, RFC 9476, ICANN .internal (2024), ICANN's collision list for corp, home, mail (E10).
RESERVED_TLDS = words(
    """
    test invalid localhost local localdomain example internal intranet private onion arpa alt lan corp home mail
    """
)
EXAMPLE_DOMAINS = frozenset(["example.com", "example.net", "example.org"])  # RFC 2606
# What a mistyped last label probably was; first hit wins (E11, mailcheck's and public typo maps).
LIKELY_TLDS = (
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "info",
    "co.uk",
    "com.au",
    "com.br",
    "co.in",
    "co.za",
    "co.jp",
    "de",
    "fr",
)
TYPO_PROVIDERS = (
    "gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "googlemail.com", "protonmail.com",
)  # fmt: skip
# Near a big provider, and real (E11).
REAL_NEIGHBOURS = frozenset(
    [
        "mail.com",
        "email.com",
        "ymail.com",
        "cloud.com",
        "hmail.com",
        "fmail.com",
        "tmail.com",
        "zmail.com",
        "imail.com",
        "vmail.com",
        "gail.com",
        "outlook.co",
    ]
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain as mail can reach it: its A-label form, or why there is none, and the one that was probably meant."""

    ascii: str | None
    reason: EmailReason | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Suffixes:
    """The ICANN part of the public suffix list: last labels, wildcard parents, and suffixes of two labels or more."""

    tlds: frozenset[str]
    wildcards: frozenset[str]
    longer: frozenset[str]
    exceptions: frozenset[str]

    def is_suffix(self, domain: str) -> bool:
        """Return whether a lower-case A-label domain is nothing but a public suffix."""
        if domain in self.exceptions:
            return False
        parent = domain.partition(".")[2]
        return domain in self.tlds or domain in self.longer or parent in self.wildcards


@lru_cache(maxsize=1)
def suffixes() -> Suffixes:
    """Return the ASCII suffixes of the ICANN part, read once (5 ms; the library's own object takes 100 to say the same)."""
    lines = [line for line in _icann_lines() if line.isascii()]
    return _suffixes(lines)


@lru_cache(maxsize=1)
def suffixes_with_idn() -> Suffixes:
    """Return all suffixes of the ICANN part, those beyond ASCII as A-labels."""
    import idna  # 40 ms that plain lists need not pay

    encode = partial(idna.encode, uts46=True)
    return _suffixes([line if line.isascii() else _suffix_a_label(line, encode) for line in _icann_lines()])


@lru_cache(maxsize=1)
def suffix_list_version() -> str:
    """Return the date and time of the public suffix list in use, as the list states it."""
    version = re.search(r"VERSION: (\S+)", _suffix_list())
    return version[1] if version else "unknown"


def _suffixes(lines: list[str]) -> Suffixes:
    rules = {line for line in lines if line[0] not in "*!"}
    return Suffixes(
        tlds=frozenset(line.rpartition(".")[2] for line in lines),
        wildcards=frozenset(line[2:] for line in lines if line[0] == "*"),
        longer=frozenset(rule for rule in rules if "." in rule),
        exceptions=frozenset(line[1:] for line in lines if line[0] == "!"),
    )


def _icann_lines() -> list[str]:
    text = _suffix_list()
    icann = text[text.index("===BEGIN ICANN DOMAINS===") : text.index("===END ICANN DOMAINS===")]
    return [line.split(" ")[0] for line in icann.split("\n")[1:] if line and not line.startswith("//")]


def _suffix_list() -> str:
    import publicsuffixlist  # not needed at start-up

    return Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8")


def read_domain(text: str) -> Domain:
    """Return what a domain is, given trimmed; case and Unicode form do not matter.

    >>> read_domain("münchen.de").ascii
    'xn--mnchen-3ya.de'
    >>> read_domain("gmail.con").suggestion
    'gmail.com'
    """
    return _read_domain(text) if len(text) <= LONGEST_NAME else Domain(None, EmailReason.ADDRESS_TOO_LONG)


@lru_cache(maxsize=65_536)
def _read_domain(text: str) -> Domain:
    lowered = text.lower()
    reason = _text_problem(lowered)
    if reason:
        return Domain(None, reason)
    name, reason = _a_label(text, lowered)
    if name is None or reason:
        return Domain(None, reason)
    return _known_domain(name)


def typo_domains() -> frozenset[str]:
    """Return every domain for which `read_domain` suggests a big provider."""
    return frozenset(_typos())


def _text_problem(domain: str) -> EmailReason | None:
    if not domain.strip("."):
        return EmailReason.MISSING_DOMAIN
    if "." not in domain.strip("."):
        return EmailReason.NO_DOT_IN_DOMAIN
    if _ASCII_BUT_HOST.search(domain):
        return EmailReason.BAD_CHARACTER_DOMAIN
    if domain.startswith(".") or ".." in domain or domain.endswith("."):
        return EmailReason.EMPTY_DOMAIN_LABEL
    if domain.rpartition(".")[2] in RESERVED_TLDS:
        return EmailReason.RESERVED_DOMAIN
    return None


def _a_label(text: str, lowered: str) -> tuple[str | None, EmailReason | None]:
    labels = lowered.split(".")
    if max(map(len, labels)) > LONGEST_LABEL:
        return None, EmailReason.LABEL_TOO_LONG
    if not (lowered.isascii() and "xn--" not in lowered):
        return _encoded(text)
    if not all(map(_LABEL.fullmatch, labels)) or any(label[2:4] == "--" for label in labels):
        return None, EmailReason.BAD_HYPHEN  # RFC 5891, 4.2.3.1: "--" in places 3 and 4 is kept for A-labels
    return lowered, None


def _encoded(text: str) -> tuple[str | None, EmailReason | None]:
    """IDNA2008 after UTS46 mapping, non-transitional (E9): straße.de is not strasse.de."""
    import idna  # 40 ms that plain lists need not pay

    try:
        name = idna.encode(text, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError, ValueError, IndexError):
        return None, EmailReason.BAD_IDNA
    return (name, None) if _HOST_CHARACTERS.fullmatch(name) else (None, EmailReason.BAD_IDNA)


def _known_domain(name: str) -> Domain:
    tld = name.rpartition(".")[2]
    known = suffixes_with_idn() if "xn--" in name else suffixes()
    if tld in RESERVED_TLDS:
        return Domain(None, EmailReason.RESERVED_DOMAIN)
    if tld not in known.tlds:
        return Domain(None, EmailReason.UNKNOWN_TLD, _likely_domain(name, tld))
    if known.is_suffix(name):
        return Domain(None, EmailReason.PUBLIC_SUFFIX_ONLY)
    return Domain(name, None, _typos().get(name))


def _likely_domain(name: str, tld: str) -> str | None:
    likely = _likely_tld(tld)
    if likely is None:
        return None
    guess = f"{name[: -len(tld)]}{likely}"
    return _typos().get(guess, guess)


@lru_cache(maxsize=4096)
def _likely_tld(tld: str) -> str | None:
    """Return what an unknown last label probably was; lists repeat the same few slips."""
    if len(tld) == 1:
        return None
    near = _neighbours(tld)
    return next((known for known in LIKELY_TLDS if known in near or known.replace(".", "") == tld), None)


@lru_cache(maxsize=1)
def _typos() -> dict[str, str]:
    """Every domain one slip away from a big provider: a table, so that a column is checked by a join."""
    known = suffixes().tlds
    return {
        typo: provider
        for provider in reversed(TYPO_PROVIDERS)
        for typo in _neighbours(provider)
        if typo.count(".") == 1 and typo.rpartition(".")[2] in known and not typo.startswith((".", "-"))
        if typo not in REAL_NEIGHBOURS and typo not in TYPO_PROVIDERS and ".-" not in typo and "-." not in typo
    }


def _neighbours(word: str) -> set[str]:
    """Return all words one insertion, deletion, substitution or swap of neighbours away (mailcheck's distance of 1)."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    shorter = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS}
    longer = {left + letter + right for left, right in cuts for letter in _LETTERS}
    return (shorter | swapped | replaced | longer) - {word}


def _suffix_a_label(line: str, encode: Callable[..., bytes]) -> str:
    mark = line[: len(line) - len(line.lstrip("*!."))]
    return mark + encode(line[len(mark) :], uts46=True).decode("ascii")
