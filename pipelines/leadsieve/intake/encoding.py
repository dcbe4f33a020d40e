"""Which encoding a text file has: decided on the lines that are not plain ASCII, verified on the whole file."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from leadsieve.errors import UsageError
from leadsieve.intake.letters import plausibility
from leadsieve.intake.lines import BLOCK_BYTES, Coding
from leadsieve.intake.model import Guessed

SAMPLE_BYTES = 256 * 1024
_TELLING_BYTES = 32 * 1024
# The marks of UTF-32 first: that of UTF-32 LE starts with that of UTF-16 LE.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASCII_SHARE_IN_UTF16 = 0.3
# In order of preference: of two that give the same text the first is named.
LEGACY = (
    "cp1252",
    "cp1250",
    "cp1251",
    "shift_jis",
    "gb18030",
    "mac_roman",
    "iso8859-15",
    "iso8859-2",
    "cp1254",
    "latin-1",
)
# How much more likely an encoding is than the last, before its text is looked at: Windows in Western Europe first.
_PRIOR = {"cp1252": 0.05, "cp1250": 0.01, "cp1251": 0.01, "shift_jis": 0.01, "gb18030": 0.01, "iso8859-15": 0.01}


@dataclass(slots=True)
class _Census:
    """What one pass over the bytes shows: lines that are UTF-8 and not ASCII, lines that are neither, a sample of them."""

    utf8_lines: int = 0
    other_lines: int = 0
    telling: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, line: bytes) -> None:
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            self.other_lines += 1
            if self.size < _TELLING_BYTES:
                self.telling.append(line)
                self.size += len(line)
        else:
            self.utf8_lines += 1


def guess_encoding(stream: BinaryIO, *, told: str | None) -> tuple[Coding, Guessed]:
    """Return the encoding of a seekable stream and how sure that is."""
    if told:
        name = _byte_order(stream, known_encoding(told))
        return Coding(encoding=name), Guessed(value=name, confidence=1.0)
    stream.seek(0)
    sample = stream.read(SAMPLE_BYTES)
    for bom, encoding in _BOMS:
        if sample.startswith(bom):
            return _with_mark(stream, encoding)
    wide = _utf16_without_bom(sample)
    if wide:
        return Coding(encoding=wide), Guessed(value=wide, confidence=0.95, runner_up="utf-8")
    return _by_lines(stream)


def is_utf8_so_far(stream: BinaryIO) -> bool:
    """Return whether the start of a stream is UTF-8 and no UTF-16; a character may be cut at the end of the sample."""
    stream.seek(0)
    sample = stream.read(SAMPLE_BYTES)
    if b"\0" in sample:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _with_mark(stream: BinaryIO, encoding: str) -> tuple[Coding, Guessed]:
    if encoding == "utf-8":
        coding, guessed = _by_lines(stream)
        return (coding if coding.encoding == "utf-8" else Coding(encoding="utf-8", fallback=coding.encoding)), guessed
    return Coding(encoding=encoding), Guessed(value=encoding, confidence=1.0)


def known_encoding(name: str) -> str:
    """Return the name that Python has for an encoding of text; raises UsageError when there is none of that name."""
    try:
        codec = codecs.lookup(name)
        "a".encode(name)
    except (LookupError, ValueError):
        # Of a codec that is none of text, such as zlib, encode says LookupError as well; a name with a NUL is a ValueError.
        message = f"The encoding '{name}' is not known. Name one such as utf-8, cp1252 or utf-16."
        raise UsageError(message) from None
    return "utf-8" if codec.name == "utf-8-sig" else codec.name


def _byte_order(stream: BinaryIO, encoding: str) -> str:
    """Return which of the two orders a file in UTF-16 or UTF-32 has: its mark's, else the usual one."""
    if encoding not in ("utf-16", "utf-32"):
        return encoding
    stream.seek(0)
    head = stream.read(4)
    marked = (name for mark, name in _BOMS if head.startswith(mark) and name.startswith(encoding))
    return next(marked, f"{encoding}-le")


def _utf16_without_bom(sample: bytes) -> str | None:
    half = len(sample) // 2
    if half < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > half * _ASCII_SHARE_IN_UTF16 and even < odd * 0.1:
        return "utf-16-le"
    if even > half * _ASCII_SHARE_IN_UTF16 and odd < even * 0.1:
        return "utf-16-be"
    return None


def _by_lines(stream: BinaryIO) -> tuple[Coding, Guessed]:
    census = _census(stream)
    if not census.other_lines:
        return Coding(encoding="utf-8"), Guessed(value="utf-8", confidence=1.0)
    if census.utf8_lines >= census.other_lines:
        fallback, _, _ = _best_legacy(stream, b"".join(census.telling), whole=False)
        share = census.utf8_lines / (census.utf8_lines + census.other_lines)
        coding = Coding(encoding="utf-8", fallback=fallback)
        return coding, Guessed(value=f"utf-8, some lines {fallback}", confidence=round(share, 2), runner_up=fallback)
    best, confidence, runner_up = _best_legacy(stream, b"".join(census.telling), whole=True)
    return Coding(encoding=best), Guessed(value=best, confidence=confidence, runner_up=runner_up)


def _census(stream: BinaryIO) -> _Census:
    census = _Census()
    rest = b""
    stream.seek(0)
    while block := stream.read(BLOCK_BYTES):
        buffer = rest + block
        cut = max(buffer.rfind(b"\n"), buffer.rfind(b"\r")) + 1
        rest = buffer[cut:] if cut or len(buffer) < 8 * BLOCK_BYTES else b""
        _count_block(census, buffer[:cut] if cut else b"")
    _count_block(census, rest)
    return census


def _count_block(census: _Census, block: bytes) -> None:
    if block.isascii():
        return
    for line in block.splitlines(keepends=True):
        if not line.isascii():
            census.add(line)


def _best_legacy(stream: BinaryIO, telling: bytes, *, whole: bool) -> tuple[str, float, str | None]:
    """Return the legacy encoding whose reading of the telling lines is most plausible, its confidence, the runner-up."""
    ranked = sorted(_candidates(telling), reverse=True)
    fitting = [(score, name) for score, _, name in ranked if not whole or _decodes(stream, name)]
    if not fitting:
        return "cp1252", 0.1, None
    best_score, best = fitting[0]
    if len(fitting) == 1:
        return best, 0.95, None
    second_score, second = fitting[1]
    return best, round(min(0.99, max(0.05, 0.5 + 1.5 * (best_score - second_score))), 2), second


def _candidates(telling: bytes) -> Iterator[tuple[float, int, str]]:
    """Yield (score, preference, name) of the encodings that decode the sample, one a different text."""
    texts = set()
    for order, name in enumerate(LEGACY):
        try:
            text = telling.decode(name)
        except UnicodeDecodeError:
            continue
        if text not in texts:
            texts.add(text)
            yield plausibility(text) + _PRIOR.get(name, 0.0), -order, name


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := stream.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
