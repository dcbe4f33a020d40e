"""Fuzz intake: bytes mutated from the samples must never crash, hang or lose a line.

    python benchmarks/intake_fuzz.py [--tries 100000] [--minutes 600] [--seed 1]

A refusal (InputError) is an answer. For what is read, the lines on which records, rejects and ignored lines start are
all different and lie within the file; that their spans add up to the lines of the raw bytes is checked by intake itself.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from leadsieve.errors import InputError
from leadsieve.intake import Read, read

SAMPLES = Path(__file__).parents[1] / "tests" / "intake" / "data" / "quirks"
SNIPPETS = (
    b'"',
    b'""',
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b"\\",
    b"'",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe9",
    b'",',
    b"sep=;\n",
    b" ",
    b"=",
    b"{",
    b"[",
)
SLOW_SECONDS = 5.0


def mutated(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """Return the bytes with a few random changes."""
    for _ in range(rng.randint(1, 6)):
        at = rng.randint(0, len(data))
        length = rng.randint(0, 40)
        change = rng.choice(("insert", "delete", "repeat", "flip", "splice"))
        if change == "insert":
            data = data[:at] + rng.choice(SNIPPETS) * rng.choice((1, 1, 1, 2, 50)) + data[at:]
        elif change == "delete":
            data = data[:at] + data[at + length :]
        elif change == "repeat":
            data = data[: at + length] + data[at:]
        elif change == "splice":
            data = data[:at] + rng.choice(others)[rng.randint(0, 200) :]
        elif data:
            spot = min(at, len(data) - 1)
            data = data[:spot] + bytes([rng.randrange(256)]) + data[spot + 1 :]
    return data


def check(found: Read) -> None:
    """Raise AssertionError when a line is told twice or records and their lines differ in number."""
    starts = [*found.lines, *found.rejected["line"], *found.ignored["line"]]
    if len(starts) != len(set(starts)) or len(found.lines) != found.table.height:
        message = "a line stands in two places"
        raise AssertionError(message)


def main() -> None:
    """Run the tries; end with status 1 at the first that fails, its bytes kept beside the sample's name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*.csv"))]
    outcomes: Counter[str] = Counter()
    end = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "try.csv")
        for number in range(options.tries):
            if time.monotonic() > end:
                break
            rng = random.Random(f"{options.seed}-{number}")
            data = mutated(rng, rng.choice(samples), samples)
            path.write_bytes(data)
            outcomes[attempt(path, number, data)] += 1
    print(f"{outcomes.total():,} tries: {dict(outcomes)}")


def attempt(path: Path, number: int, data: bytes) -> str:
    """Return `read` or `refused`; anything else ends the run."""
    start = time.perf_counter()
    try:
        check(read(path))
    except InputError as error:
        if "accounted" in str(error):
            fail(number, data, str(error))
        return "refused"
    except BaseException as error:
        fail(number, data, repr(error))
        raise
    if time.perf_counter() - start > SLOW_SECONDS:
        fail(number, data, "slow")
    return "read"


def fail(number: int, data: bytes, why: str) -> None:
    """Keep the bytes and end."""
    kept = Path(tempfile.gettempdir(), f"leadsieve-fuzz-{number}.csv")
    kept.write_bytes(data)
    sys.exit(f"try {number}: {why}; its bytes are in {kept}")


if __name__ == "__main__":
    main()
