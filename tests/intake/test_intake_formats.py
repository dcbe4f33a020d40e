"""Every format and packing gives the same table of text, with the line or row that each record came from."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from leadsieve.errors import InputError
from leadsieve.intake import ReadOptions, expand, read, sheet_worker

DATA = Path(__file__).parent / "data"
CSV = "Name,Email,Phone\nZoë,z@acme.example,+33 6 12\nÓscar,o@globex.example,00123\n".encode()
ROWS = [("Zoë", "z@acme.example", "+33 6 12"), ("Óscar", "o@globex.example", "00123")]
OBJECTS = [dict(zip(("Name", "Email", "Phone"), row, strict=True)) for row in ROWS]


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def parquet(_: bytes) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(OBJECTS).write_parquet(buffer)
    return buffer.getvalue()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "zstd": zstd,
    "zip": lambda data: zipped(**{"Export/list.csv": data, "__MACOSX/._list.csv": b"x"}),
    "parquet": parquet,
    "json": lambda _: json.dumps(OBJECTS).encode(),
    "wrapped json": lambda _: json.dumps({"data": OBJECTS, "next": None}).encode(),
    "json lines": lambda _: "\n".join(json.dumps(o) for o in OBJECTS).encode(),
}


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_every_packing_gives_the_same_table(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "list"
    path.write_bytes(pack(CSV))
    assert read(path).table.rows() == ROWS


def test_standard_input_is_read_and_hashed() -> None:
    found = read("-", stdin=io.BytesIO(CSV))
    assert found.table.rows() == ROWS
    assert found.file == "-"
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("name", "sheet", "rows", "lines"),
    [
        ("titled.xls", None, [("a@b.example", "33612345678"), ("c@d.example", "0033")], [3, 4]),
        ("plain.ods", None, [("a@b.example", "0033")], [2]),
        ("plain.ods", "S", [("a@b.example", "0033")], [2]),
    ],
)
def test_a_spreadsheet_is_read_with_the_rows_numbers(
    name: str, sheet: str | None, rows: list[tuple[str, ...]], lines: list[int]
) -> None:
    found = read(DATA / name, options=ReadOptions(sheet=sheet))
    assert found.table.rows() == rows
    assert found.lines.to_list() == lines


@pytest.mark.parametrize("sheet", [None, "Sheet", 2, "2"], ids=repr)
def test_the_first_sheet_with_data_is_read_unless_another_is_named(sheet: str | int | None) -> None:
    found = read(DATA / "second_sheet.xlsx", options=ReadOptions(sheet=sheet))
    assert found.table["Phone"].to_list() == ["33612345678", "5607712345678901", "33600000000"]
    assert found.lines.to_list() == [4, 6, 7]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match="'empty', 'Sheet'"):
        read(DATA / "second_sheet.xlsx", options=ReadOptions(sheet="Leads"))


def test_cells_of_a_spreadsheet_are_written_as_a_person_sees_them() -> None:
    table = read(DATA / "dates.xlsx").table
    assert {name: table[name].to_list() for name in table.columns[1:]} == {
        "Day": ["2024-03-12", "2024-12-31"],
        "Moment": ["2024-03-12 09:30:00", "2024-03-12"],
        "Text": ["2024-03-12 00:00:00", "1899-12-31 09:30:00"],
        "Hour": ["09:30:00", "00:00:00"],
        "Phone": ["33612345678", "0612345678"],
        "Id": ["5607712345678901", "123456789012"],
        "Ratio": ["0.25", "1"],
    }


def test_zeros_and_a_plus_that_only_the_number_format_adds_are_kept() -> None:
    """The sheet is the second and starts in its third column and row; text under such a format stays as it is."""
    table = read(DATA / "number_formats.xlsx").table
    assert {name: table[name].to_list() for name in table.columns[1:]} == {
        "Zip": ["01234", "75001"],
        "Phone": ["0612345678", "99.5"],
        "French phone": ["06 12 34 56 78", ""],
        "Plus": ["+33612345678", "+44"],
        "Social": ["000-01-2345", "123-45-6789"],
        "Share": ["0.25", "1200"],
        "Id": ["5607712345678901", "12"],
        "Text": ["00123", "x"],
        "As text": ["0042", "y"],
        "Plain": ["42", "7"],
    }


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("00000", "00042"), ("000\\-000", "000-042"), ('"0"#', "042"), ("\\+0", "+42"), ("[$-407]00000;@", "00042"), ('"+"0', "+42"),
        ('"00"0', "0042"), ("0", "42"), ("#,##0", "42"), ("0.00", "42"), ("0%", "42"), ("0.0E+00", "42"), ("yyyy", "42"), ('0" €"', "42"),
        ("[<=9999999]###-####;(###) ###-####", "42"), ("General", "42"), ("@", "42"), ("", "42"), ("#", "42"),
    ],
)  # fmt: skip
def test_a_number_format_adds_digits_only_where_it_writes_a_phone_number_or_a_code(code: str, text: str) -> None:
    assert (sheet_worker.shown("42", code) if sheet_worker.digit_parts(code) else "42") == text


def test_a_spreadsheet_with_a_row_that_groups_columns_is_named_by_the_row_below() -> None:
    found = read(DATA / "grouped.xlsx")
    assert found.table.columns == ["First name", "Email", "Company Name", "Domain"]
    assert found.lines.to_list() == [3, 4]
    assert found.ignored.select("line", "kind").rows() == [(1, "preamble")]


WHOLE = {
    "parquet": (parquet, 2),
    "json lines": (PACKINGS["json lines"], 2),
    "json": (PACKINGS["json"], 2),
    "xlsx": (lambda _: (DATA / "second_sheet.xlsx").read_bytes(), 3),
    "xls": (lambda _: (DATA / "titled.xls").read_bytes(), 2),
    "ods": (lambda _: (DATA / "plain.ods").read_bytes(), 1),
}


@pytest.mark.parametrize(("make", "height"), WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("packing", ["gzip", "zstd", "zip"])
def test_every_format_is_read_packed(tmp_path: Path, make: Callable[[bytes], bytes], height: int, packing: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(PACKINGS[packing](make(CSV)))
    found = read(path)
    assert found.table.height == height
    assert found.guess.format.value.endswith(f" in {packing}")


def test_numbers_of_parquet_keep_their_digits(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"phone": [33612345678.0, None], "ratio": [1.5, 2.0], "tags": [["a", "b"], []], "ok": [True, None]}
    )
    frame.write_parquet(tmp_path / "list.parquet")
    assert read(tmp_path / "list.parquet").table.rows() == [
        ("33612345678", "1.5", '["a", "b"]', "true"),
        ("", "2", "[]", ""),
    ]


def test_a_line_that_is_no_object_is_rejected_from_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"email": "a@b.example", "id": 12345678901234567890}\n\nnot json\n{"email": "c@d.example"}\n')
    found = read(path)
    assert found.table.rows() == [("a@b.example", "12345678901234567890"), ("c@d.example", "")]
    assert found.lines.to_list() == [1, 4]
    assert found.rejected.rows() == [(3, "not_a_json_object", "not json")]
    assert found.ignored.rows() == [(2, "blank", "")]


def test_a_glob_is_expanded_in_name_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).write_bytes(CSV)
    assert [path.name for path in expand(str(tmp_path / "*.csv"))] == ["a.csv", "b.csv"]


def test_a_pattern_that_names_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        expand(str(tmp_path / "*.csv"))
