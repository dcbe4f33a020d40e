"""The page of a verdict: plain words, what failed first, numbers of rows and never cells; it needs no network."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from leadsieve.counts import fitting

TEMPLATE = "page.html"
BLOCKS = "stops the run"
WARNS = "only shown"


def render(verdict: Mapping[str, Any]) -> str:
    """Return the page of a verdict, given as its JSON."""
    results = verdict["results"]
    skipped = [each for each in results if each["skipped"] is not None]
    blocking = [each for each in results if each["blocks"]]
    warned = [each for each in results if not each["success"] and each not in (*blocking, *skipped)]
    held = [each for each in results if each["success"]]
    template = Template(files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(f"leadsieve validation: {'passed' if verdict['passed'] else 'failed'}"),
        verdict=_verdict(verdict["passed"], _facts(blocking, warned, held, skipped)),
        broken=_section("What stopped the run", blocking),
        warned=_section("What to look at", warned),
        held=_table("What held", held) + _table(_not_applicable(skipped), skipped),
        footer=escape(_footer(verdict)),
    )


def _not_applicable(skipped: Sequence[Mapping[str, Any]]) -> str:
    reasons = sorted({each["skipped"] for each in skipped})
    return f"What does not apply: {'; '.join(reasons)}"


def _facts(blocking: Sequence[Any], warned: Sequence[Any], held: Sequence[Any], skipped: Sequence[Any]) -> list[str]:
    """Return what was counted, in words."""
    facts = [f"{len(held)} of {len(blocking) + len(warned) + len(held)} checks held"]
    facts += [f"{len(blocking)} stopped the run"] if blocking else []
    facts += [f"{len(warned)} {fitting(len(warned), 'is', 'are')} only shown"] if warned else []
    facts += [f"{len(skipped)} {fitting(len(skipped), 'does', 'do')} not apply"] if skipped else []
    return facts


def _verdict(passed: bool, facts: Sequence[str]) -> str:  # noqa: FBT001 # the fact itself
    word = "passed" if passed else "failed"
    title = "These files passed every check that can stop a run" if passed else "These files must not be imported"
    return f'<div class="verdict {word}"><h1>{title}</h1><p>{escape(", ".join(facts))}.</p></div>'


def _section(title: str, results: Sequence[Mapping[str, Any]]) -> str:
    if not results:
        return ""
    return f"<h2>{escape(title)}</h2>\n" + "\n".join(_card(each) for each in results)


def _card(result: Mapping[str, Any]) -> str:
    severity = "critical" if result["blocks"] else "warning"
    tag = f'<span class="tag {severity}">{BLOCKS if result["blocks"] else WARNS}</span>'
    return "\n".join(
        [
            '<article class="check">',
            f"<h3>{escape(result['description'])}</h3>",
            f'<p>{tag}<span class="soft">{escape(result["table"])}</span></p>',
            f"<p>{escape(result['why'])}</p>",
            *(f"<p>{line}</p>" for line in _findings(result)),
            "</article>",
        ]
    )


def _findings(result: Mapping[str, Any]) -> list[str]:
    """Return what was found, as HTML: how often, where, and how to see more."""
    lines = []
    if result["error"] is not None:
        lines.append(f"The check could not be made: <code>{escape(result['error'])}</code>")
    if result["unexpected"]:
        lines.append(f"Broken {_times(result['unexpected'])}.")
    if result["places"]:
        lines.append(f"In the files: {escape('; '.join(result['places']))}.")
    if result["rows"]:
        rows = ", ".join(str(row) for row in result["rows"])
        more = " …" if (result["unexpected"] or 0) > len(result["rows"]) else ""
        lines.append(f"Rows of the list: {rows}{more}")
        lines.append(f"To see one and why it is where it is: <code>leadsieve why OUT {result['rows'][0]}</code>")
    return lines


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _table(title: str, results: Sequence[Mapping[str, Any]]) -> str:
    if not results:
        return ""
    rows = "\n".join(_table_row(each) for each in results)
    head = "<tr><th>Table</th><th>What was checked</th><th>If it broke</th></tr>"
    return f"<h2>{escape(title)}</h2>\n<table>{head}\n{rows}\n</table>"


def _table_row(result: Mapping[str, Any]) -> str:
    weight = BLOCKS if result["severity"] == "critical" else WARNS
    cells = (escape(result["table"]), escape(result["description"]), weight)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _footer(verdict: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(verdict["versions"].items()))
    return (
        f"Checked in {verdict['seconds']:.1f} s by {versions}, on the files as they were read back from disk. "
        "This page holds numbers of rows and never what is in them."
    )
