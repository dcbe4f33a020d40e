"""Hostile and unlucky files: one clear error each, within bounds of memory and time."""

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from leadsieve.errors import InputError
from leadsieve.intake import archive, lines, read, text

DATA = Path(__file__).parent / "data"
CSV = b"Name,Email\nBo,b@x.example\n"


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return buffer.getvalue()


REFUSED = {
    "an empty file": (b"", "is empty"),
    "blank lines only": (b" \n\n", "is empty"),
    "a zip of two": (zipped(a=CSV, b=CSV), "holds 2 files"),
    "an archive in an archive": (gzip.compress(gzip.compress(CSV)), "archive within an archive"),
    "a gzip cut short": (gzip.compress(CSV)[:-12], "cannot be unpacked"),
    "a gzip bomb": (gzip.compress(bytes(40 * 1024**2)), "bomb"),
    "a spreadsheet bomb": (
        zipped(**{"[Content_Types].xml": b"x", "xl/sheet.xml": bytes(80 * 1024**2)}),
        "as a bomb would",
    ),
    "a broken zip": (b"PK\x03\x04" + b"x" * 300, "cannot be unpacked"),
    "a broken XLS": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 3000, "cannot be opened as a spreadsheet"),
    "a broken Parquet": (b"PAR1" + b"x" * 50, "no readable Parquet"),
    "a PDF": (b"%PDF-1.4", "is a PDF"),
    "a program": (b"\x7fELF\x02\x01\x01" + b"\n\x00\x01\x02abc" * 50, "is a program"),
    "a database": (b"SQLite format 3\x00" + b"abc\n" * 50, "is a database"),
    "a database of DuckDB": (b"\x01" * 8 + b"DUCK" + b"abc\n" * 50, "is a database"),
    "a web page": (b"<!DOCTYPE html><table>", "is a web page"),
    "random bytes": (bytes(range(1, 256)) * 20, "no table of text"),
    "too many columns": (b",".join(b"c%d" % n for n in range(20_000)) + b"\n", "20,000 columns"),
}


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_list_is_refused_by_name(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as refusal:
        read(path)
    assert str(path) in str(refusal.value)


def test_a_spreadsheet_that_would_abort_the_reader_is_an_error() -> None:
    with pytest.raises(InputError, match="cannot be opened as a spreadsheet"):
        read(DATA / "far_corner.xlsx")


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"z" * 1000 + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (ord("b") + n, b"&%c;" % (ord("a") + n) * 100) for n in range(8))
    + b"]><styleSheet>&i;</styleSheet>"
)  # fmt: skip


def with_entities(folder: Path, part: str) -> Path:
    path = folder / "list.xlsx"
    with zipfile.ZipFile(DATA / "number_formats.xlsx") as sound, zipfile.ZipFile(path, "w") as hostile:
        for entry in sound.infolist():
            hostile.writestr(entry.filename, ENTITIES if entry.filename == part else sound.read(entry))
    return path


def test_entities_in_the_styles_of_a_spreadsheet_are_not_unfolded(tmp_path: Path) -> None:
    assert read(with_entities(tmp_path, "xl/styles.xml")).table["Zip"].to_list() == ["1234", "75001"]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("xl/workbook.xml", "cannot be opened as a spreadsheet"),
        ("xl/worksheets/sheet2.xml", "cannot be read as asked. It has no sheet with data. Name another"),
    ],
)
def test_entities_in_a_spreadsheet_are_one_clear_error(tmp_path: Path, part: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(with_entities(tmp_path, part))


def test_a_file_that_vanishes_while_it_is_read_is_read_or_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(CSV)
    unpacked = archive.unpacked

    def and_vanish(*args: object, **options: object) -> object:
        path.unlink()
        return unpacked(*args, **options)

    monkeypatch.setattr(text, "FAST_FROM_BYTES", 1)
    monkeypatch.setattr("leadsieve.intake.reading.unpacked", and_vanish)
    assert read(path).table.height == 1


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 1024)
    path = tmp_path / "list.csv"
    path.write_bytes(b"a,b\n" + b"x" * (3 * lines.BLOCK_BYTES))
    with pytest.raises(InputError, match="has a line of more than"):
        read(path)


PLACES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a folder": (Path.mkdir, "is a folder"),
    "a named pipe": (os.mkfifo, "no regular file"),
    "nothing": (lambda _: None, "cannot be opened"),
}


@pytest.mark.parametrize(("make", "message"), PLACES.values(), ids=PLACES)
def test_what_is_no_regular_file_is_refused(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    make(tmp_path / "list")
    with pytest.raises(InputError, match=message):
        read(tmp_path / "list")


def test_names_within_an_archive_are_not_used_as_paths(tmp_path: Path) -> None:
    path = tmp_path / "inner" / "list.zip"
    path.parent.mkdir()
    path.write_bytes(zipped(**{"../../evil.csv": CSV}))
    assert read(path).table.height == 1
    assert list(tmp_path.iterdir()) == [path.parent]


def test_a_file_that_changes_after_it_was_read_has_no_hash(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(CSV)
    found = read(path)
    path.write_bytes(CSV + b"Al,a@x.example\n")
    with pytest.raises(InputError, match="changed while it was read"):
        _ = found.sha256


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(CSV)
    unpacked = archive.unpacked

    def and_grow(*args: object, **options: object) -> object:
        path.write_bytes(CSV * 2)
        return unpacked(*args, **options)

    monkeypatch.setattr("leadsieve.intake.reading.unpacked", and_grow)
    with pytest.raises(InputError, match="changed while it was read"):
        read(path)
