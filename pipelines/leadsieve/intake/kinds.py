"""What kind of value a cell looks like; enough to tell a header from data."""

import re

_KINDS = (
    ("email", re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}")),
    ("url", re.compile(r"(?:https?://|www\.)\S+|\S*linkedin\.com/\S+", re.IGNORECASE)),
    ("date", re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?")),
    ("time", re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")),
    ("number", re.compile(r"[-+$€£]?\s?\d[\d.,\s]*(?:[eE][+-]?\d+)?\s?[%€$£]?")),
    ("phone", re.compile(r"'?\+?[\d\s()./-]{6,}")),
)


def kind_of(cell: str) -> str:
    """Return `empty`, `email`, `url`, `date`, `time`, `number`, `phone` or `text`."""
    text = cell.strip()
    if not text:
        return "empty"
    return next((name for name, pattern in _KINDS if pattern.fullmatch(text)), "text")
