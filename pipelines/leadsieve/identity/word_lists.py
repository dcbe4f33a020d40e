"""Tables of words, written as text so that they read and change like prose."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Return the phrases of a text; "|" or a line's end lies between two."""
    return frozenset(part.strip() for line in text.splitlines() for part in line.split("|")) - {""}
