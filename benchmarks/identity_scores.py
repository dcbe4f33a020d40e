"""Score the parsers and three common ways on the labelled cells; write docs/identity_scores.md, or `--check` that it is current.

Pairs are counted over the rows that name somebody: two rows are a pair when they have the same key. "Wrongly given" are
rows that must get no identity and got one.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import email_validator

from leadsieve.identity import data_versions, parse_email, parse_linkedin
from leadsieve.words import EmailStatus

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "identity" / "cases"
PAGE = ROOT / "docs" / "identity_scores.md"
IDENTIFYING = {EmailStatus.VALID, EmailStatus.REPAIRED}
# Why the rules and email-validator differ, by our reason or status; the page shows how often.
EXPLANATIONS = {
    "local_part_too_long": "RFC 5321 limits octets; the library counts characters",
    "unknown_tld": "the library does not look at the list of last labels",
    "reserved_domain": "`.lan`, `.corp`, `.example` and `.internal` are not, or not all, in the library's list",
    "public_suffix_only": "the library does not know public suffixes",
    "masked": "an asterisk is legal in a local part; a masked address is nobody's",
    "unfilled_template": "braces and percent signs are legal; an unfilled template is nobody's",
    "ambiguous_text_before": "legal to nobody, but the library's answer is about another spelling",
    "empty": "syntax only: placeholder addresses such as `none@none.com` are well-formed",
    "repaired": "well-formed, but the rules fold compatibility characters or free it from a leading sign",
    "valid": "IDNA2008 allows a joiner between such letters (CONTEXTJ), the library refuses every joiner",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled cell: its key, None when it must have none."""

    raw: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Score:
    """What one way to find a key achieves on the cells."""

    precision: float | None
    recall: float
    wrongly_given: int


def linkedin_rows() -> list[Row]:
    """Return the LinkedIn cells."""
    return [Row(row["raw"], row["canonical"] or None) for row in _rows("linkedin.csv")]


def email_rows() -> list[Row]:
    """Return the email cells; those with several addresses identify nobody."""
    return [Row(row["raw"], row["canonical"] if row["status"] in IDENTIFYING else None) for row in _rows("email.csv")]


def score(rows: list[Row], key_of: Callable[[str], str | None]) -> Score:
    """Return precision and recall over pairs of rows that name somebody, and identities wrongly given."""
    named = [(row.key, key_of(row.raw)) for row in rows if row.key]
    true = _pairs(Counter(key for key, _ in named))
    found = _pairs(Counter(given for _, given in named if given))
    right = _pairs(Counter((key, given) for key, given in named if given))
    wrong = sum(1 for row in rows if row.key is None and key_of(row.raw))
    return Score(right / found if found else None, right / true, wrong)


def _pairs(sizes: Counter[object]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def exact(cell: str) -> str | None:
    """Return the cell as it is."""
    return cell or None


def trimmed_profile(cell: str) -> str | None:
    """Return the cell trimmed, in lower case, without query, final slash, scheme and www."""
    text = cell.strip().lower().partition("?")[0].rstrip("/")
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", text) or None


def regex_profile(cell: str) -> str | None:
    """Return what the usual pattern finds."""
    found = re.search(r"/in/([^/?#]+)", cell)
    return found[1].lower() if found else None


def trimmed_email(cell: str) -> str | None:
    """Return the cell trimmed, in lower case."""
    return cell.strip().lower() or None


def regex_email(cell: str) -> str | None:
    """Return what the usual pattern finds first."""
    found = re.search(r"[\w.+-]+@[\w-]+\.[\w.-]+", cell)
    return found[0].lower() if found else None


def validated_email(cell: str) -> str | None:
    """Return what email-validator (strict, no DNS) makes of the trimmed cell, in lower case."""
    try:
        found = email_validator.validate_email(cell.strip(), check_deliverability=False, strict=True)
    except (email_validator.EmailNotValidError, ValueError):
        return None
    return f"{found.local_part.lower()}@{found.ascii_domain.lower()}"


def our_email(cell: str) -> str | None:
    """Return the address of a cell that identifies."""
    found = parse_email(cell)
    return found.address if found.status in IDENTIFYING else None


LINKEDIN_WAYS: dict[str, Callable[[str], str | None]] = {
    "exact string": exact,
    "trim, lower, cut query, slash, scheme, www": trimmed_profile,
    "regex `/in/([^/?#]+)`, lower": regex_profile,
    "**leadsieve**": lambda cell: parse_linkedin(cell).key,
}
EMAIL_WAYS: dict[str, Callable[[str], str | None]] = {
    "exact string": exact,
    "trim, lower": trimmed_email,
    "regex `[\\w.+-]+@[\\w-]+\\.[\\w.-]+`, lower": regex_email,
    "email-validator, strict, lower": validated_email,
    "**leadsieve**": our_email,
}


def table(rows: list[Row], ways: dict[str, Callable[[str], str | None]]) -> list[str]:
    """Return one table of the page."""
    head = ["| method | pair precision | pair recall | identities wrongly given |", "|---|---:|---:|---:|"]
    scores = ((name, score(rows, way)) for name, way in ways.items())
    return head + [f"| {name} | {_share(s.precision)} | {_share(s.recall)} | {s.wrongly_given} |" for name, s in scores]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def differences() -> list[str]:
    """Return the table of cells on which email-validator's verdict is another one, by why."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in email_rows():
        ours = parse_email(row.raw)
        theirs = validated_email(row.raw)
        if (ours.status is EmailStatus.VALID) != (theirs is not None):
            side = "the library accepts" if theirs else "the library refuses"
            counted[side, str(ours.reason or ours.status)] += 1
    head = ["| email-validator | ours | cells | why |", "|---|---|---:|---|"]
    return head + [
        f"| {side} | `{why}` | {count} | {EXPLANATIONS[why]} |" for (side, why), count in sorted(counted.items())
    ]


def page() -> str:
    """Return the page as it should stand."""
    profiles, emails = linkedin_rows(), email_rows()
    lines = [
        "# Identity: scores on the labelled cells",
        "",
        "Made by `python benchmarks/identity_scores.py`; the cells are in `tests/identity/cases/`. They were gathered for variety, so these",
        "are not the rates of a list in the field.",
        "",
        f"## LinkedIn: {sum(1 for row in profiles if row.key)} cells of persons, {sum(1 for row in profiles if not row.key)} of nobody",
        "",
        *table(profiles, LINKEDIN_WAYS),
        "",
        f"## Email: {sum(1 for row in emails if row.key)} cells with one address, {sum(1 for row in emails if not row.key)} without",
        "",
        *table(emails, EMAIL_WAYS),
        "",
        "## Where email-validator sees it differently",
        "",
        "Its verdict on the trimmed cell (strict, no DNS) against ours on whether the cell is an address as it stands; repairs are ours alone.",
        "",
        *differences(),
        "",
        f"Public suffix list of {data_versions()['public_suffix_list'][:10]}.",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Write the page, or say that it is old."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    is_current = (
        PAGE.read_text(encoding="utf-8").rpartition("Public suffix")[0] == page().rpartition("Public suffix")[0]
    )
    if not is_current:
        print("docs/identity_scores.md is old: run `python benchmarks/identity_scores.py`.")
    return 0 if is_current else 1


if __name__ == "__main__":
    sys.exit(main())
