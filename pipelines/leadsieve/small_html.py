"""Small tables as HTML, as Jupyter shows them."""

import re
from collections.abc import Iterable, Sequence
from html import escape

MOST_LINES = 12
"""A table is cut here and says how many lines more there are."""
_LEFT, _RIGHT = "text-align:left", "text-align:right"


def html_table(title: str, heads: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """Return a table of texts and numbers below its title; numbers stand to the right, what is missing stays empty.

    >>> html_table("Sizes", ("name", "rows"), [("<a>", 1000)])[:35]
    '<h4>Sizes</h4><table><thead><tr><th'
    """
    right = [any(isinstance(line[place], int | float) for line in lines) for place in range(len(heads))]
    shown = "".join(f"<tr>{_cells('td', line, right)}</tr>" for line in lines[:MOST_LINES])
    more = f"<p>… {len(lines) - MOST_LINES:,} more</p>" if len(lines) > MOST_LINES else ""
    head = f"<thead><tr>{_cells('th', heads, right)}</tr></thead>"
    return f"<h4>{escape(title)}</h4><table>{head}<tbody>{shown}</tbody></table>{more}"


def _cells(tag: str, cells: Iterable[object], right: Sequence[bool]) -> str:
    return "".join(
        f"<{tag} style='{_RIGHT if to_right else _LEFT};padding-right:1em'>{escape(_told(cell))}</{tag}>"
        for cell, to_right in zip(cells, right, strict=True)
    )


def _told(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def html_list(title: str, sentences: Iterable[str]) -> str:
    """Return sentences below their title; nothing at all where there is none."""
    told = "".join(f"<li>{coded(sentence)}</li>" for sentence in sentences)
    return f"<h4>{escape(title)}</h4><ul>{told}</ul>" if told else ""


def coded(sentence: str) -> str:
    """Return a sentence as HTML, what stands in backticks as code.

    >>> coded("`a < b` holds")
    '<code>a &lt; b</code> holds'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence))
