"""Fuzz the parsers: any string has a status, in time, and a key is its own key. Not part of the default run.

`python tests/identity/fuzz_identity.py -max_total_time=60` under atheris (`pip install atheris`), guided by coverage.
"""

import sys

import atheris

with atheris.instrument_imports(include=["leadsieve.identity"]):
    from leadsieve.identity import parse_email, parse_linkedin

LONGEST = 4_000


def fuzz_one(data: bytes) -> None:
    """Parse one input both ways and check the laws."""
    cell = atheris.FuzzedDataProvider(data).ConsumeUnicode(LONGEST)
    for address in parse_email(cell).addresses:
        assert parse_email(address).address == address
    found = parse_linkedin(cell)
    if found.key:
        assert parse_linkedin(found.key).key == found.key
        assert parse_linkedin(found.url or found.key).key == found.key


def main() -> None:
    """Run until told to stop; `-help=1` lists libFuzzer's options."""
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
