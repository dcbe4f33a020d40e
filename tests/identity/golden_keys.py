"""Write `cases/golden_keys.json` anew: the key of every labelled cell, as this version of the rules gives it.

Run `python tests/identity/golden_keys.py` after a change. A key that changed or vanished asks for a higher KEY_VERSION
first, because workspaces store keys and migrate by it; new cells do not.
"""

import csv
import json
import sys
from pathlib import Path

from leadsieve.identity import KEY_VERSION, parse_email, parse_linkedin

CASES = Path(__file__).parent / "cases"
GOLDEN = CASES / "golden_keys.json"


def current() -> dict[str, dict[str, str | None]]:
    """Return what each labelled cell gives now: its addresses or its key."""
    emails = {cell: parse_email(cell).address for cell in _cells("email.csv")}
    return {"email": emails, "linkedin": {cell: parse_linkedin(cell).key for cell in _cells("linkedin.csv")}}


def changed(before: dict[str, dict[str, str | None]], now: dict[str, dict[str, str | None]]) -> list[str]:
    """Return where a stored key is no longer given, by kind and place."""
    return [
        f"{kind} {place}"
        for kind, keys in before.items()
        for place, (cell, key) in enumerate(keys.items(), start=1)
        if key is not None and now[kind].get(cell) != key
    ]


def _cells(name: str) -> list[str]:
    with (CASES / name).open(newline="", encoding="utf-8") as file:
        return [row["raw"] for row in csv.DictReader(file)]


def main() -> int:
    """Write the file, unless keys changed and the version did not."""
    stored = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {"version": 0, "keys": {}}
    now = current()
    moved = changed(stored["keys"], now)
    if moved and stored["version"] == KEY_VERSION:
        sys.stderr.write(f"{len(moved)} keys changed ({', '.join(moved[:5])} ...): raise KEY_VERSION first.\n")
        return 1
    GOLDEN.write_text(json.dumps({"version": KEY_VERSION, "keys": now}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
