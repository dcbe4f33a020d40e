"""Lists as spreadsheets and exports really write them: each is read to exactly the table that a person sees in it."""

import json
import re
from pathlib import Path

import pytest

from leadsieve.errors import InputError
from leadsieve.intake import Read, read

QUIRKS = Path(__file__).parent / "data" / "quirks"
CASES = sorted(QUIRKS.glob("*.json"))


def own_names(found: Read) -> list[str]:
    names = {new: old for old, new in found.guess.renamed_columns}
    return [visible(names.get(name, name)) for name in found.table.columns]


def visible(name: str) -> str:
    return re.sub(r"[\s\u200b\xa0]+", " ", name).strip()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_quirky_file_is_read_exactly(case: Path) -> None:
    expected = json.loads(case.read_text("utf-8"))
    if not expected["header"]:
        with pytest.raises(InputError, match="is empty"):
            read(case.with_suffix(".csv"))
        return
    found = read(case.with_suffix(".csv"))
    assert own_names(found) == [visible(name) for name in expected["header"]]
    held_back = expected.get("quarantine_ok", []) if found.rejected.height else []
    assert [list(row) for row in found.table.rows()] == [
        r for n, r in enumerate(expected["rows"]) if n not in held_back
    ]
    assert found.rejected.height == len(held_back)


def test_repeated_and_blank_names_become_distinct_and_are_recorded() -> None:
    found = read(QUIRKS / "duplicate_headers.csv")
    assert found.table.columns == ["Name", "Email", "Email_2", "Phone", "Phone_2"]
    assert found.guess.renamed_columns == (("Email", "Email_2"), ("Phone", "Phone_2"))


def test_a_line_in_another_encoding_is_converted_and_warned_of() -> None:
    found = read(QUIRKS / "one_cp1252_row_in_utf8.csv")
    assert found.warnings.rows() == [(1, "other_encoding")]
    assert found.guess.encoding.runner_up == "cp1252"
