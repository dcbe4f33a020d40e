"""The labelled cells of `cases/`: invented persons, forms seen in public; DISPUTED ones are answered as labelled."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One cell, what it should give, and the note that says why."""

    name: str
    raw: str
    canonical: str | None
    status: str
    note: str

    @property
    def is_disputed(self) -> bool:
        return self.note.startswith("DISPUTED")

    def told(self, word: str) -> str | None:
        """What the note says behind `word=`."""
        found = re.search(rf"{word}=([^;\s]+)", self.note)
        return found[1] if found else None

    @property
    def flags(self) -> frozenset[str]:
        """The flags of an email case that are said of the address itself."""
        told = (self.told("flags") or "").split(",")
        return frozenset(flag for flag in told if flag and not flag.startswith("provider_key"))


def email_cases() -> list[Case]:
    return [_case("email", row, "status", "reason") for row in _rows("email.csv")] + _our_cases("email")


def linkedin_cases() -> list[Case]:
    labelled = [_with_empty(_case("linkedin", row, "kind", "note")) for row in _rows("linkedin.csv")]
    return labelled + _our_cases("linkedin")


def raw_cells(name: str) -> list[str]:
    return [row["raw"] for row in _rows(f"{name}.csv")] + [case.raw for case in _our_cases(name)]


def _our_cases(column: str) -> list[Case]:
    """Cells of `ours.csv`, which holds both columns: read wrongly once, and labelled by the rules alone."""
    ours = [row for row in _rows("ours.csv") if row["column"] == column]
    return [_case(f"ours-{column}", row, "status", "note") for row in ours]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return [{"line": str(line), **row} for line, row in enumerate(csv.DictReader(file), start=1)]


def _case(kind: str, row: dict[str, str], status: str, note: str) -> Case:
    return Case(f"{kind}-{row['line']}-{row[status]}", row["raw"], row["canonical"] or None, row[status], row[note])


def _with_empty(case: Case) -> Case:
    """The file knows five kinds; the rules' sixth, `empty`, is its reason `empty`."""
    status = "empty" if case.told("code") == "empty" else case.status
    return Case(case.name, case.raw, case.canonical, status, case.note)
