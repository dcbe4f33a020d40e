"""The child process that opens a spreadsheet: bounded memory and time, because readers abort or panic on hostile files.

    python sheet_worker.py FILE SHEET OUT     SHEET: a name, a number from 1, or nothing for the first with data

Started as a script, so that it imports nothing but the reader. Writes the sheet's cells as text to OUT (Arrow), the
sheet's name in its metadata; a sentence that people can act on goes to standard error with exit status 2.
"""

import re
import resource
import sys
import zipfile
from functools import cache
from typing import Any, NoReturn
from xml.etree import ElementTree
from xml.parsers import expat

MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 100
EXIT_TOLD = 2
NO_TIME = r"^\d{4}-\d\d-\d\d 00:00:00$"
# The day from which spreadsheets count: a time of day without a date.
NO_DATE = r"^1899-12-3[01] \d\d:\d\d:\d\d"
# Number formats that write a number as people write a phone number or a postal code: 00000, "+"0, 0#" "##" "##.
FORMAT_PART = re.compile(r"""\[\$[^\]]*\]|"([^"]*)"|\\(.)|([0#])|([-+ ()/])""")
FORMAT_PREFIX = re.compile(r"[+(0 ]+")
MAX_COLUMN = 16_384


def main() -> None:
    """Read one sheet."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path, wanted, out = sys.argv[1:4]
    name, batch = chosen_sheet(path, wanted)
    write(name, batch, out)


def chosen_sheet(path: str, wanted: str) -> tuple[str, Any]:
    """Return the sheet's name and its cells as an Arrow record batch of text, every row from the sheet's first on."""
    import fastexcel  # under the limits

    book = fastexcel.read_excel(path)
    names = book.sheet_names
    for name in candidates(names, wanted):
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        if sheet.height or wanted:
            return name, with_shown_digits(with_plain_dates(sheet.to_arrow(), book, name), path, name)
    return refuse("It has no sheet with data.")


def with_plain_dates(batch: Any, book: Any, name: str) -> Any:
    """Return the cells with dates that have no time, and times that have no date, written as such.

    The reader writes every date with a time. Text that looks like that stays as it is: only a cell that is a date by its
    format comes back when the column is read as dates.
    """
    import pyarrow as pa  # under the limits
    import pyarrow.compute as pc

    columns = list(batch.columns)
    for at, texts in enumerate(columns):
        day = pc.match_substring_regex(texts, NO_TIME)
        hour = pc.match_substring_regex(texts, NO_DATE)
        if not pc.any(pc.or_(day, hour)).as_py():
            continue
        dates = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="datetime", use_columns=[at]).to_arrow()
        is_date = dates.column(0).is_valid()
        plain = pc.if_else(pc.and_(is_date, day), pc.utf8_slice_codeunits(texts, 0, 10), texts)
        columns[at] = pc.if_else(pc.and_(is_date, hour), pc.utf8_slice_codeunits(texts, 11), plain)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def with_shown_digits(batch: Any, path: str, name: str) -> Any:
    """Return the cells with the zeros and the plus that only a number format adds, where the file says them (XLSX)."""
    import pyarrow as pa  # under the limits

    try:
        formats = digit_formats(path, name)
    except (zipfile.BadZipFile, LookupError, ValueError, StopIteration, ElementTree.ParseError, expat.ExpatError):
        # XLS, ODS, or an XLSX of another build: its numbers are what the cells hold.
        return batch
    columns = [column.to_pylist() for column in batch.columns] if formats else []
    for row, column, code in formats:
        text = columns[column][row] if row < batch.num_rows and column < len(columns) else None
        if text and text.isdecimal():
            columns[column][row] = shown(text, code)
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema) if arrays else batch


def digit_formats(path: str, name: str) -> list[tuple[int, int, str]]:
    """Return (row, column, format) of the numbers whose format adds digits; columns count from the first that has a cell.

    The reader tells no formats. openpyxl does, at ten times the time: 25 against 2.6 µs a cell on the same busy machine.
    """
    with zipfile.ZipFile(path) as book:
        codes = style_codes(ElementTree.fromstring(book.read("xl/styles.xml")))  # noqa: S314 - within the limits
        if not any(map(digit_parts, codes)):
            return []
        cells = Cells([code if digit_parts(code) else "" for code in codes])
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = cells.start
        with book.open(sheet_part(book, name)) as sheet:
            parser.ParseFile(sheet)
    return [(row - 1, column - cells.first, code) for row, column, code in cells.found]


def style_codes(styles: ElementTree.Element) -> list[str]:
    """Return the number format of each cell style, empty for those that every spreadsheet knows by number."""
    codes = {e.get("numFmtId"): e.get("formatCode") or "" for e in styles.iter() if e.tag.endswith("}numFmt")}
    formats = next(e for e in styles if e.tag.endswith("}cellXfs"))
    return [codes.get(style.get("numFmtId"), "") for style in formats]


def sheet_part(book: zipfile.ZipFile, name: str) -> str:
    """Return where in the file a sheet is."""
    workbook = ElementTree.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - within the limits
    sheet = next(e for e in workbook.iter() if e.tag.endswith("}sheet") and e.get("name") == name)
    target = next(value for key, value in sheet.items() if key.endswith("}id"))
    parts = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - within the limits
    place = next(part.get("Target") or "" for part in parts if part.get("Id") == target)
    return place.removeprefix("/") if place.startswith("/") else f"xl/{place}"


class Cells:
    """What a sheet's XML says, tag by tag: the numbers with one of the formats, and the first column that has a cell."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes
        self.found: list[tuple[int, int, str]] = []
        self.first = MAX_COLUMN
        self._row = self._column = 0
        self._code = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take in one tag; a cell's place may be left out where it follows the one before."""
        name = tag.rpartition(" ")[2]
        if name == "c":
            self._column = column_of(attributes["r"]) if "r" in attributes else self._column + 1
            self._code = self.codes[int(attributes.get("s", 0))] if attributes.get("t", "n") == "n" else ""
        elif name in ("v", "is"):
            self.first = min(self.first, self._column)
            if self._code:
                self.found.append((self._row, self._column, self._code))
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0


def column_of(place: str) -> int:
    """Return the number of a cell's column, from 1.

    >>> column_of("A1"), column_of("AB20")
    (1, 28)
    """
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


@cache
def digit_parts(code: str) -> list[tuple[str, str]]:
    """Return the parts of a number format that adds digits or a plus, as (literal, placeholder); nothing for any other.

    >>> digit_parts('"+"0'), digit_parts("#,##0.00"), digit_parts("0")
    ([('+', ''), ('', '0')], [], [])
    """
    code = code.split(";")[0]
    matches = list(FORMAT_PART.finditer(code))
    if sum(len(match.group()) for match in matches) != len(code):
        return []
    parts = [(m.group(1) or m.group(2) or m.group(4) or "", m.group(3) or "") for m in matches]
    places = [place for _, place in parts if place]
    prefix = "".join(literal for literal, _ in parts[: next((i for i, p in enumerate(parts) if p[1]), 0)])
    adds = places[:1] == ["0"] and len(places) > 1
    return parts if places and (adds or FORMAT_PREFIX.fullmatch(prefix)) else []


def shown(digits: str, code: str) -> str:
    """Return a whole number as its format shows it.

    >>> shown("612345678", '0#" "##" "##" "##" "##'), shown("1234", "00000"), shown("33612345678", '"+"0')
    ('06 12 34 56 78', '01234', '+33612345678')
    """
    parts = digit_parts(code)
    left, result = digits, ""
    first = next(i for i, (_, place) in enumerate(parts) if place)
    for at in reversed(range(len(parts))):
        literal, place = parts[at]
        taken = left if at == first else left[-1:]
        left = left[: len(left) - len(taken)] if place else left
        result = (taken or ("0" if place == "0" else "") if place else literal) + result
    return result


def candidates(names: list[str], wanted: str) -> list[str]:
    """Return the sheets to try: the one that was asked for, by name before number, or all in order."""
    if not wanted:
        return names
    if wanted in names:
        return [wanted]
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return [names[int(wanted) - 1]]
    return refuse(
        f"It has no sheet '{wanted}'; it has {len(names)}: " + ", ".join(f"'{name}'" for name in names[:20]) + "."
    )


def refuse(sentence: str) -> NoReturn:
    """End with a sentence for the person."""
    sys.stderr.write(sentence)
    sys.exit(EXIT_TOLD)


def write(name: str, batch: Any, out: str) -> None:
    """Write a record batch as an Arrow file."""
    import pyarrow as pa  # under the limits

    schema = batch.schema.with_metadata({"sheet": name})
    with pa.OSFile(out, "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


if __name__ == "__main__":
    main()
