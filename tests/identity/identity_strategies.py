"""Texts that look like cells: labelled ones, cut and glued, and the signs that the rules are about."""

from hypothesis import strategies as st

from identity.identity_cases import raw_cells
from leadsieve.identity.placeholders import EMAIL_WORDS, WORDS

SIGNS = [
    "@",
    ".",
    ",",
    ";",
    ":",
    "/",
    "\\",
    "|",
    "<",
    ">",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "*",
    "%",
    "%40",
    "%20",
    "%2F",
    "%25",
    "&",
    "&amp;",
    "&#64;",
    "?",
    "#",
    "=",
    "+",
    "-",
    "_",
    "–",
    "•",
    "›",
    "\u200b",
    "\u200d",
    "\xad",
    "\ufeff",
    "K",
    "İ",
    "Σ",
    "ß",
    "ﬁ",
    "．＠",
    "mailto:",
    "http://",
    "https://",
    "www.",
    ".com",
    "linkedin.com/in/",
    "/in/",
    "urn:li:member:",
    "acme.com",
    "jane",
]
odd_letters = st.characters(exclude_categories=["Cs"])


def cells(kind: str) -> st.SearchStrategy[str]:
    known = st.sampled_from(raw_cells(kind))
    pieces = known | st.sampled_from(SIGNS) | st.sampled_from([" ", "\n", "\t", "\x00", "\x1f"]) | odd_letters
    cut = st.builds(lambda text, at: text[:at], known, st.integers(0, 80))
    glued = st.lists(pieces | cut, max_size=5).map("".join)
    return known | glued | glued.map(str.upper) | st.text(odd_letters, max_size=30)


def with_surrogates() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(SIGNS) | st.characters(), max_size=12).map("".join)


regular_emails = st.from_regex(
    r"[ \t]?[A-Za-z0-9._+-]{1,12}@(?:[A-Za-z0-9-]{1,8}\.){1,2}(?:com|co\.uk|jp|co|con|COM|test|ck)[ \n]?",
    fullmatch=True,
)
placeholder_emails = st.builds(
    "{}@{}.com".format,
    st.sampled_from(["na", "test", "x", "noemail", "jane"]),
    st.sampled_from(["na", "x", "domain", "gmial", "acme"]),
)
placeholder_words = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "'", ".", "-", " ", "x "]),
    st.sampled_from(sorted(WORDS | EMAIL_WORDS)).flatmap(lambda word: st.sampled_from([word, word.upper()])),
    st.sampled_from(["", "", ".", "-", "'", " ", "_", " or none", "  x", " y "]),
)
_WORDS_AND_SIGNS = [
    "jane",
    "Doe",
    "at",
    "acme",
    ".com",
    "and",
    "OR",
    "y",
    "www.",
    "WWW",
    "n",
    "a",
    "no",
    "mail",
    "found",
]
_WORDS_AND_SIGNS += [".", "-", "_", "'", "/", "+", "&", "%", "{x}", "é", "K", " ", " ", " ", "\t"]
signless_emails = placeholder_words | st.lists(st.sampled_from(_WORDS_AND_SIGNS), max_size=8).map("".join)
regular_profiles = st.from_regex(
    r"(?:https?://)?(?:(?:www|m|[a-z]{2})\.)?linkedin\.com/in/"
    r"(?:[A-Za-z0-9_%-]{1,12}|%[0-9A-F]{2}|me|edit|A[A-P][A-Z]AA[A-P][A-Za-z0-9_-]{0,34}|[é张ß]{1,3})"
    r"(?:/|/en|/details/experience|/overlay/about-us/)?(?:\?[a-z=&%_]{0,8})?",
    fullmatch=True,
)
regular_leads = st.from_regex(
    r"https://www\.linkedin\.com/sales/(?:lead|people)/AC[ow]AA[A-P][A-Za-z0-9_-]{33}(?:,(?:undefined|NAME_SEARCH|null|[a-z]{1,4})){0,2}/?",
    fullmatch=True,
)

other_places = st.builds(
    "{}{}".format,
    st.sampled_from(
        ["https://www.linkedin.com/in/", "https://www.linkedin.com/In/", "x" * 28, "é" * 28, "é" * 14, "x" * 27, ""]
    ),
    st.sampled_from(
        ["jane-doe", "me", "edit", "n-a", "adeaaf", "acoaaabcd", "acoabcd", "aq-aab", "a", "ab", "abc", "Jane", ""]
    ),
)

openers = st.sampled_from(
    [
        "",
        "mailto:",
        "<",
        "Jane Doe <",
        "E-Mail: ",
        "email:",
        "'",
        '"',
        "(",
        "[",
        "LinkedIn: ",
        "and <",
        "a <",
        "A<",
        "\n ",
    ]
)
closers = st.sampled_from(
    ["", ">", ",", ";", ".", "...", ")", "'", '"', "],", "]]", ">>", "> ", "!", " ,", "; bob", " (work)", "\n"]
)


def wrapped(regular: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Regular cells in the dirt that lists have most."""
    return st.builds("{}{}{}".format, openers, regular, closers)
