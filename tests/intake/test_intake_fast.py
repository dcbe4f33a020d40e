"""The short way gives what the exact way gives, or steps aside."""

import random
from pathlib import Path

import polars as pl
import pytest

from leadsieve.intake import Read, fast, rawcount, read, text

CELLS = ["", "Zoë", "a b", "x,y", 'say "hi"', "two\nlines", "two\r\nlines", "=1+1", "0033", " led", "é" * 40]
HEADER = "First Name,Email,Notes"


def quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set(',"\r\n') else cell


def plain_list(seed: int, rows: int = 400) -> str:
    rng = random.Random(seed)
    lines = [[rng.choice(CELLS) or "x", f"p{n}@acme.example", rng.choice(CELLS)] for n in range(rows)]
    return "\n".join([HEADER, *(",".join(quoted(cell) for cell in line) for line in lines)]) + "\n"


def both_ways(folder: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Read, Read]:
    path = folder / "list.csv"
    path.write_bytes(data.encode())
    monkeypatch.setattr(text, "FAST_FROM_BYTES", 1)
    quick = read(path)
    monkeypatch.setattr(text, "FAST_FROM_BYTES", 1 << 60)
    return quick, read(path)


def assert_same(quick: Read, exact: Read) -> None:
    assert quick.table.equals(exact.table)
    assert quick.lines.equals(exact.lines)
    for part in ("rejected", "ignored", "warnings"):
        assert getattr(quick, part).equals(getattr(exact, part)), part


@pytest.mark.parametrize("seed", range(12))
def test_both_ways_give_the_same_table(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same(*both_ways(tmp_path, plain_list(seed), monkeypatch))


ODDITIES = {
    "short row": "Bo,b@x.example",
    "long row": "Bo,b@x.example,a,b",
    "stray quote": 'Bo,b@x.example,"a" b',
    "open quote": 'Bo,"b@x.example,a',
    "blank line": "",
    "ghost row": ",,",
    "spaces only": " ,\t,",
    "repeated header": HEADER,
    "repeated with mark": "\ufeff" + HEADER,
    "no-break spaces only": "\xa0,\xa0,",
    "letters before and after those": "\xa1Hola,b@x.example,\uffe5",
    "lone CR in a cell": "Bo\rX,b@x.example,a",
    "lone CR": "Bo,b@x.example,a\rAl,a@x.example,b",
    "NUL": "Bo,b@x.example,\0",
    "footer": "Total: 400",
}


@pytest.mark.parametrize("oddity", ODDITIES.values(), ids=ODDITIES)
@pytest.mark.parametrize("at", [200, -1], ids=["within", "at the end"])
def test_an_odd_line_makes_no_difference(tmp_path: Path, oddity: str, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = plain_list(99).replace("two\r\nlines", "x").replace("two\nlines", "x").splitlines()
    rows.insert(at % (len(rows) + 1), oddity)
    assert_same(*both_ways(tmp_path, "\n".join(rows) + "\n", monkeypatch))


WHOLE_FILES = {
    "plain": (b"a,b\n1,2\n", 2, True),
    "no line end": (b"a,b\n1,2", 2, True),
    "CRLF": (b"a,b\r\n1,2\r\n", 2, True),
    "lone CR": (b"a,b\r1,2\n", 0, False),
    "CR at the end": (b"a,b\n1,2\r", 0, False),
    "quotes everywhere": (b'"a","b"\n"1","2"\n', 2, True),
    "mark before a quote": (b'\xef\xbb\xbf"a",b\n1,"2"', 2, True),
    "doubled quotes": (b'a,b\n"say ""hi""",2\n', 2, True),
    "quoted line end": (b'a,b\n"x\ny",2\n', 3, True),
    "a quote within a cell": (b'a,b\n12" x,2" y\n', 0, False),
    "text after a quote": (b'a,b\n"1" x,2\n', 0, False),
    "an open quote": (b'a,b\n"1,2\n', 2, False),
    "a mark within": (b'a,b\n\xef\xbb\xbf"1",2\n', 0, False),
}


@pytest.mark.parametrize(("data", "lines", "sound"), WHOLE_FILES.values(), ids=WHOLE_FILES)
@pytest.mark.parametrize("before", range(8))
def test_the_witness_sees_the_same_wherever_its_chunks_end(
    tmp_path: Path, data: bytes, lines: int, before: int, monkeypatch: pytest.MonkeyPatch, *, sound: bool
) -> None:
    monkeypatch.setattr(rawcount, "_CHUNK", 8)
    head, mark, rest = data.partition(b"\xef\xbb\xbf") if data.startswith(b"\xef\xbb\xbf") else (b"", b"", data)
    path = tmp_path / "list.csv"
    path.write_bytes(head + mark + b"h" * before + b"\n" + rest)
    with path.open("rb") as stream:
        found = rawcount.count_raw(stream, ",")
    assert (found.lines, found.sound) == (lines + 1 if lines else 0, sound)


@pytest.mark.parametrize("oddity", ODDITIES.values(), ids=ODDITIES)
def test_an_odd_line_makes_no_difference_in_small_chunks(
    tmp_path: Path, oddity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rawcount, "_CHUNK", 16)
    rows = plain_list(7).splitlines()
    assert_same(*both_ways(tmp_path, "\n".join([*rows, oddity, *rows[1:]]) + "\n", monkeypatch))


def test_the_short_way_is_taken_for_a_plain_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "FAST_FROM_BYTES", 1)
    monkeypatch.setattr(text, "_read_exactly", None)
    path = tmp_path / "list.csv"
    path.write_bytes(plain_list(1).encode())
    assert read(path).table.height == 400


def test_a_record_that_polars_lost_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fast._parts
    monkeypatch.setattr(fast, "_parts", lambda *told: (part.slice(0, max(part.height - 1, 0)) for part in whole(*told)))
    assert_same(*both_ways(tmp_path, plain_list(3), monkeypatch))


def test_empty_cells_are_empty_text_and_no_nulls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, exact = both_ways(tmp_path, plain_list(2), monkeypatch)
    assert quick.table.select(pl.all().null_count()).row(0) == (0, 0, 0)
    assert exact.table.select(pl.all().null_count()).row(0) == (0, 0, 0)
