"""How plausible a decoded text is: whether its letters beyond ASCII belong together as in a language."""

import re
import unicodedata
from collections import Counter
from functools import cache

# The letters beyond ASCII of each language; those in the second string are rare in it.
_LANGUAGES = {
    "french": ("éèêàçôîâ", "ëïûùœüæÿñ"),
    "german": ("üöäß", "éèáô"),
    "spanish": ("áéíóúñ", "üç"),
    "portuguese": ("áâãçéêíóôõú", "àü"),
    "italian": ("àèéìòù", "óîí"),
    "catalan": ("àçèéíòóúï", "ü·"),
    "danish": ("æøå", "éöäüè"),
    "swedish": ("åäö", "éüèá"),
    "icelandic": ("áéíóúýðþæö", ""),
    "dutch": ("ëïéü", "öèêáó"),
    "polish": ("ąćęłńóśźż", "é"),
    "czech": ("áčďéěíňóřšťúůýž", "öü"),
    "slovak": ("áäčďéíľňóôšťúýž", "ĺŕöü"),
    "hungarian": ("áéíóöőúüű", ""),
    "romanian": ("ăâîșțşţ", "éöüá"),
    "croatian": ("čćđšž", "áéöü"),
    "turkish": ("çğıöşüİ", "âîû"),
    "baltic": ("āčēģīķļņšūžąęėįųõäöü", ""),
    "irish": ("áéíóú", ""),
}
_WEIGHT, _RARE_WEIGHT = 1.0, 0.7
_LATIN_TOKEN = re.compile(r"[^\W\d_]+|[^\w\s]+|[\x80-\x9f]+|\s+|.", re.DOTALL)
# Letters that are common in one place of a word only: what reads otherwise was written in another encoding.
_ODD_PLACE = re.compile(
    r"õ(?!e)|ã(?![oeimnsç\W]|$)|û(?!t|l|r|n|c|e|m|s)|þ(?<=\w)|(?<=[^\W\d_])þ|(?<![aeiouáéíóúæö])ð", re.IGNORECASE
)
_PUNCTUATION = {
    "’": 0.9,
    "‘": 0.7,
    "“": 0.8,
    "”": 0.8,
    "–": 0.8,
    "—": 0.8,
    "…": 0.8,
    "€": 0.8,
    "™": 0.7,
    "®": 0.7,
    "«": 0.7,
    "»": 0.7,
}
_PUNCTUATION |= {
    "\xa0": 0.7,
    "°": 0.6,
    "•": 0.7,
    "£": 0.6,
    "©": 0.6,
    "„": 0.7,
    "½": 0.4,
    "²": 0.5,
    "º": 0.5,
    "ª": 0.4,
    "´": 0.5,
    "·": 0.5,
}
_NEVER_AT_LETTERS = "¼½¾¤¦¨´¸"
# A word that stands a hundred times says no more than one that stands twenty.
_ENOUGH = 20
_ONE_LANGUAGE = 0.3
_NONSENSE = -4.0
_LONG_RUN = re.compile(r"[^\x00-\x7f]{3,}")


def plausibility(text: str) -> float:
    """Return 0 to 1: the mean plausibility of the characters beyond ASCII, in their words.

    >>> plausibility("Renée Müller") > plausibility("RenŽe MŸller")
    True
    """
    counts = _tokens_beyond_ascii(text)
    total = weight = 0.0
    for (token, before, after), count in counts.items():
        size = sum(not c.isascii() for c in token) * min(count, _ENOUGH)
        total += size * _token(token, before, after)
        weight += size
    if not weight:
        return 0.0
    return (1 - _ONE_LANGUAGE) * total / weight + _ONE_LANGUAGE * _best_language(counts)


def _tokens_beyond_ascii(text: str) -> Counter[tuple[str, str, str]]:
    """Count the tokens that are not plain ASCII, each with the characters beside it."""
    counts: Counter[tuple[str, str, str]] = Counter()
    tokens = _LATIN_TOKEN.findall(text)
    previous = ""
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if not token.isascii():
            counts[token, previous[-1:], following[:1]] += 1
        previous = token
    return counts


def _best_language(counts: Counter[tuple[str, str, str]]) -> float:
    """Return how much of the letters a single language covers: a list has many languages, but few as likely as one."""
    letters: Counter[str] = Counter()
    for (token, _, _), count in counts.items():
        for character in token.lower():
            if not character.isascii():
                letters[character] += min(count, _ENOUGH)
    covered = max(sum(n * _letter(c, language) for c, n in letters.items()) for language in _LANGUAGES)
    beyond_latin = sum(n for c, n in letters.items() if _script(c) in {"cyrillic", "cjk"})
    return max(covered, beyond_latin) / letters.total()


def _token(token: str, before: str, after: str) -> float:
    if any(c in _NEVER_AT_LETTERS for c in token) and any(c.isalpha() for c in token + before + after):
        return _NONSENSE
    if not token[0].isalpha():
        return sum(_symbol(c, before, after) for c in token if not c.isascii()) / sum(not c.isascii() for c in token)
    return _word(token)


def _symbol(character: str, before: str, after: str) -> float:
    value = _PUNCTUATION.get(character, 0.05)
    if unicodedata.category(character) in {"Cc", "Cn", "Co"}:
        return -1.0
    if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e":
        return 0.9
    within = before.isalpha() and after.isalpha()
    return value * (0.3 if within and character not in "’‘·–" else 1.0)


@cache
def _word(word: str) -> float:
    scripts = {_script(c) for c in word}
    if scripts <= {"latin"}:
        return _latin(word)
    if scripts == {"cyrillic"}:
        return 0.95 * _cased(word) * _cyrillic_share(word)
    if "latin" in scripts or "cyrillic" in scripts or "other" in scripts:
        return 0.02
    return sum(_cjk(c) for c in word) / len(word)


def _script(character: str) -> str:
    point = ord(character)
    if point < 0x250 or 0x1E00 <= point < 0x1F00:
        return "latin"
    if 0x400 <= point < 0x460 or point in (0x490, 0x491):
        return "cyrillic"
    if 0x3040 <= point < 0x3100 or 0x4E00 <= point < 0xA000 or point in (0x3005, 0x30FC):
        return "cjk"
    return "narrow" if 0xFF66 <= point < 0xFFA0 else "other"


def _latin(word: str) -> float:
    special = [c for c in word if not c.isascii()]
    lowered = [c if c == "İ" else c.lower() for c in special]
    best = max(sum(_letter(c, language) for c in lowered) for language in _LANGUAGES) / len(special)
    crowded = 0.3 if _LONG_RUN.search(word) else 1.0
    odd = 0.4 if _ODD_PLACE.search(word) else 1.0
    return best * crowded * odd * _cased(word)


def _letter(character: str, language: str) -> float:
    common, rare = _LANGUAGES[language]
    if character in common:
        return _WEIGHT
    return _RARE_WEIGHT if character in rare else 0.0


def _cased(word: str) -> float:
    """Return less when a capital stands after a small letter and is none of ASCII's: `RenŽe`."""
    inner = any(c.isupper() and not c.isascii() and word[i].islower() for i, c in enumerate(word[1:]))
    return 0.2 if inner else 1.0


def _cyrillic_share(word: str) -> float:
    return sum(0x410 <= ord(c) < 0x450 or c in "ёЁіїєґІЇЄҐ" for c in word) / len(word)


@cache
def _cjk(character: str) -> float:
    """Return how common a kana or Chinese character is: those of the first level of JIS or GB 2312 are."""
    point = ord(character)
    if point < 0x3100:
        return 1.0
    if point >= 0xFF66:
        return 0.1
    return (
        0.95
        if _first_level(character, "shift_jis", 0x88, 0x98) or _first_level(character, "gb2312", 0xB0, 0xD8)
        else 0.2
    )


def _first_level(character: str, encoding: str, low: int, high: int) -> bool:
    try:
        lead = character.encode(encoding)[0]
    except UnicodeEncodeError:
        return False
    return low <= lead < high
