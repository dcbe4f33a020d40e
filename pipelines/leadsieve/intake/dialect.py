"""Which delimiter and quote a text table has, decided on its first lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from leadsieve.intake.kinds import kind_of
from leadsieve.intake.lines import Line
from leadsieve.intake.model import Dialect, Guessed
from leadsieve.intake.records import Record, records_of

SAMPLE_LINES = 150
_SEP_LINE = re.compile(r'^"?sep=(.)"?$', re.IGNORECASE)
# The longer of two equals wins: ", " before ",".
_DELIMITERS = (", ", "; ", ",", ";", "\t", "|", "^", "~", "\x1f", ":", " ")
# A space or a colon stands in ordinary text, too: such a table must have three columns of telling values.
_WEAK = {" ": 0.5, ":": 0.5}
_OFTEN = 0.2
_WEAK_WIDTH, _WEAK_SHARE = 3, 0.4


def declared_delimiter(line: str) -> str | None:
    """Return the delimiter that Excel's `sep=;` first line declares, if `line` is one."""
    match = _SEP_LINE.match(line.strip())
    return match.group(1) if match else None


def guess_dialect(lines: Iterable[Line]) -> tuple[Dialect, Guessed]:
    """Return the dialect of the first lines of a table, and the guess in words."""
    sample = list(islice(lines, SAMPLE_LINES))
    declared = declared_delimiter(sample[0].text) if sample else None
    if declared:
        return Dialect(delimiter=declared), Guessed(value=declared, confidence=1.0)
    quote = _quote(sample)
    ranked = sorted(_scores(sample, quote), reverse=True)
    best, _, delimiter = ranked[0] if ranked else (0.0, 0, "")
    if best <= 0:
        return Dialect(delimiter=",", quote=quote), Guessed(value="", confidence=0.9)
    second, _, runner_up = ranked[1] if len(ranked) > 1 else (0.0, 0, None)
    confidence = round(best / (best + max(second, 0)), 2)
    return Dialect(delimiter=delimiter, quote=quote), Guessed(
        value=delimiter, confidence=confidence, runner_up=runner_up
    )


def _scores(sample: list[Line], quote: str) -> Iterator[tuple[float, int, str]]:
    """Yield (score, preference, delimiter) of the delimiters that most lines have, weak ones if no other does well."""
    best = 0.0
    for order, delimiter in enumerate(_DELIMITERS):
        if sum(delimiter in line.text for line in sample) < _OFTEN * len(sample):
            continue
        if delimiter in _WEAK and best > _WEAK[delimiter]:
            continue
        score = _score(sample, Dialect(delimiter=delimiter, quote=quote))
        best = max(best, score)
        yield score, -order, delimiter


def _quote(sample: list[Line]) -> str:
    text = "\n".join(line.text for line in sample)
    single = len(re.findall(r"(?:^|[,;\t|])'(?=[^\n]*'(?:[,;\t|]|$))", text, re.MULTILINE))
    double = len(re.findall(r'(?:^|[,;\t|])"', text, re.MULTILINE))
    return "'" if single > 2 * double else '"'


def _score(sample: list[Line], dialect: Dialect) -> float:
    records = [r for r in records_of(sample, dialect) if any(cell.strip() for cell in r.cells)]
    widths = Counter(len(record.cells) for record in records)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2:
        return 0.0
    share = count / len(records)
    stray = sum(bool(record.note) for record in records) / len(records)
    score = share * share * (1 - 1 / width) * (1 - stray) * _quality(records)
    return score * _trust(dialect, width, records)


def _trust(dialect: Dialect, width: int, records: list[Record]) -> float:
    weak = _WEAK.get(dialect.delimiter)
    if weak is None:
        return 1.0
    cells = [cell for record in records for cell in record.cells]
    telling = sum(kind_of(cell) not in ("text", "empty") or " " in cell for cell in cells)
    return weak if width >= _WEAK_WIDTH and telling >= _WEAK_SHARE * len(cells) else 0.0


def _quality(records: list[Record]) -> float:
    """Return the share of cells that do not look like the torn half of a URL or of a quoted cell."""
    cells = [cell for record in records for cell in record.cells]
    torn = sum(cell.startswith("//") or cell.count('"') % 2 == 1 for cell in cells)
    return 1 - torn / len(cells)
