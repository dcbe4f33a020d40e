"""The README's tables, from what is expected."""

from collections.abc import Iterable, Sequence
from typing import Any

from sowing.truth import OUTCOMES
from sowing.world import Plant


def table(head: list[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def readme_tables(expected: dict[str, Any], registered: Sequence[Plant]) -> dict[str, str]:
    """Return the README's counts by the name of their place."""
    plants, sources = expected["plants"], expected["sources"]
    workspace = expected["workspace"]["campaigns"]
    return {
        "outcomes": table(["outcome", "rows"], expected["outcomes"].items()),
        "reasons": table(["reason", "rows"], expected["reasons"].items()),
        "settings": table(
            ["dedup/import mode", *OUTCOMES], ([k, *v.values()] for k, v in expected["settings"].items())
        ),
        "variants": table(
            ["in the policy", *OUTCOMES], ([f"`{k}`", *v.values()] for k, v in expected["variants"].items())
        ),
        "alone": table(["list alone", *OUTCOMES], ([k, *v["outcomes"].values()] for k, v in expected["alone"].items())),
        "marks": table(["mark", "rows"], expected["marks"].items()),
        "warnings": table(["warning", "rows"], expected["warnings"].items()),
        "sources": table(list(sources[0]), (s.values() for s in sources)),
        "workspace": table(
            ["campaign", "leads", "statuses"],
            (
                [n, sum(s.values()), ", ".join(f"{k or '(empty)'} {v}" for k, v in s.items())]
                for n, s in workspace.items()
            ),
        ),
        "totals": table(["of all", "count"], totals(expected)),
        "plants": table(
            ["plant", "count", "outcome", "reason", "what"],
            ([p.name, plants[p.name], p.outcome, p.reason, p.says] for p in registered),
        ),
    }


def totals(expected: dict[str, Any]) -> list[tuple[str, object]]:
    """Return the single figures."""
    workspace, suppression = expected["workspace"], expected["suppression"]
    return [
        ("rows of the lists", expected["input_rows"]),
        ("ignored lines", expected["ignored_lines"]),
        ("people in the lists", expected["people"]),
        ("memberships", workspace["memberships"]),
        ("memberships without an email", workspace["without_email"]),
        ("memberships that bounced", workspace["bounced"]),
        *((f"suppressions ({kind})", count) for kind, count in suppression.items()),
    ]


def with_counts(readme: str, expected: dict[str, Any], registered: Sequence[Plant]) -> str:
    """Return the README with every table between its markers brought up to date."""
    for name, text in readme_tables(expected, registered).items():
        before, _, rest = readme.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        readme = f"{before}<!-- {name} -->\n{text}\n{end}{after}"
    return readme
