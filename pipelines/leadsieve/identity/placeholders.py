"""What people and programs write into a cell that has no value (rules L1, E2; see docs/identity.md)."""

import re

from leadsieve.identity.word_lists import phrases, words

# Observed in exports, spreadsheets, SQL dumps and scrapers; compared trimmed, without outer brackets, case-blind (E2).
WORDS = phrases(
    """
    n/a|na|n.a.|n.a|n\\a|n-a|not applicable|not available|not provided|not found|not known|not given|not specified|not set
    not disclosed|not listed|not unlocked|unavailable|none|none given|null|nil|nan|nat|undefined|unknown|unk|missing|empty
    blank|no|tbd|tba|tbc|todo|pending|x|xx|xxx|xxxx|\\n|#n/a|#n/a!|#ref!|#name?|#value!|#div/0!|#null!|#num!|#error!
    #spill!|hidden|private|redacted|removed|withheld|confidential|no data|no value|no info|no result|no results|no match
    k.a.|k. a.|keine|keine angabe|unbekannt|nicht vorhanden|nc|non communiqué|non disponible|non renseigné|inconnu|aucun
    no disponible|desconocido|ninguno|s/d|non disponibile|nessuno|não informado|brak|<na>|false
    """
)
EMAIL_WORDS = phrases(
    """
    email|e-mail|mail|email address|e-mail address|mail address|emails|your email|no email|noemail|no-email|no_email
    no e-mail|no mail|no email address|no email found|email not found|email unavailable|email not available|no address
    email protected|email&#160;protected|email_not_unlocked|keine e-mail|keine email|pas d'email|pas de mail|sin correo
    sin email|work email|business email
    """
)
LINKEDIN_WORDS = phrases(
    """
    linkedin|linkedin url|linkedin profile|linkedinurl|linkedin_url|linkedin profile url|no linkedin|no linkedin profile
    no profile|no url|no linkedin url|profile not found|kein linkedin|pas de linkedin|sin linkedin
    """
)
LONGEST_WORD = 40
_ONLY_MARKS = re.compile(r"[-–—‐‑‒―−_.…·•?¿!*/\\'\"`~,;:|\s]*")
_BLANKS = re.compile(r"\s+")
_OUTER = "<>()[]\"'`“”‘’«»"
_TRAILING = ".,;:!"  # stands behind a placeholder as behind an address (L1, E3)

# Both halves of the address are such words: na@na.com, noemail@noemail.com, name@domain.com (E2, public placeholder lists).
LOCAL_WORDS = words(
    """
    na none null no nan nil unknown undefined noemail no-email no_email nomail no-mail email e-mail mail name
    your you yourname your.name your-name youremail your.email your-email yourmail user username test testing
    tester example sample demo foo bar dummy fake placeholder tbd void empty blank noreply someone somebody
    anyone nobody first.last firstname lastname firstname.lastname first last xxx xxxx xx x asdf qwerty abc
    """
)
DOMAIN_WORDS = words(
    """
    na none null no nan nil unknown undefined noemail no-email nomail no-mail email domain yourdomain
    your-domain mydomain domainname company yourcompany your-company companyname test testing example sample
    demo dummy fake placeholder tbd void empty blank website yourwebsite site yoursite nowhere nodomain
    """
)
# The same word twice: a@a.com, xxx@xxx.com, asdf@asdf.com (DISPUTED in the cases, answered as labelled).
TWIN_WORDS = words(
    """
    a aa aaa abc abcd asd asdf b c d e x xx xxx xxxx y z zz zzz qwe qwerty 1 11 123 1234
    """
)
# Whatever the domain: Apollo's mask and its like.
ANY_DOMAIN_LOCALS = words(
    """
    email_not_unlocked email-not-unlocked emailnotunlocked noemail no-email no_email no.email noemailprovided
    no-email-provided emailnotavailable emailnotprovided notprovided not_provided noemailaddress
    """
)


def is_email_placeholder(text: str) -> bool:
    """Return whether a cleaned, trimmed cell says in words or marks that there is no address."""
    return _is_placeholder(text, EMAIL_WORDS)


def is_linkedin_placeholder(text: str) -> bool:
    """Return whether a cleaned, trimmed cell says in words or marks that there is no profile."""
    return _is_placeholder(text, LINKEDIN_WORDS)


def is_placeholder_address(local: str, domain: str) -> bool:
    """Return whether an address in lower case stands for none; `domain` may be broken.

    >>> is_placeholder_address("name", "domain.com"), is_placeholder_address("jane", "domain.com")
    (True, False)
    """
    word = domain.split(".", 1)[0]
    return (
        local in ANY_DOMAIN_LOCALS
        or (local in LOCAL_WORDS and word in DOMAIN_WORDS)
        or (local == word and local in TWIN_WORDS)
    )


def _is_placeholder(text: str, more: frozenset[str]) -> bool:
    if len(text) > LONGEST_WORD:
        return False
    if _ONLY_MARKS.fullmatch(text):
        return True
    word = _BLANKS.sub(" ", text).lower()
    bare = word.strip(_OUTER).strip()
    ended = word.lstrip(_OUTER).rstrip(_OUTER + _TRAILING)
    return any(form in WORDS or form in more for form in (word, bare, ended))
