"""The child process that opens a spreadsheet: bounded memory and time, because readers abort or panic on hostile files.

    python sheet_worker.py FILE SHEET OUT     SHEET: a name, a number from 1, or nothing for the first with data

Started as a script, so that it imports nothing but the reader. Writes the sheet's cells as text to OUT (Arrow), the
sheet's name in its metadata; a sentence that people can act on goes to standard error with exit status 2.
"""

import resource
import sys
from typing import Any, NoReturn

MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 100
EXIT_TOLD = 2
NO_TIME = r"^\d{4}-\d\d-\d\d 00:00:00$"
# The day from which spreadsheets count: a time of day without a date.
NO_DATE = r"^1899-12-3[01] \d\d:\d\d:\d\d"


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
            return name, with_plain_dates(sheet.to_arrow(), book, name)
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
