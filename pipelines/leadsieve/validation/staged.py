"""The tables that the suites speak of, read back from what a run is about to publish.

Nothing here looks at the frames that made the files. Cells come as text and empty cells as null; columns that a run may
leave out are there all the same, empty, so that one suite fits every run.

| table | one row is | columns |
|---|---|---|
| `batches` | a record of a batch file | `file`, `position`, the lemlist fields, `source`, `fields`, `variables` |
| `created` | a `create` row of the ledger | `row`, `batch`, `email`, the LinkedIn keys and URL, `fields`, `variables` |
| `ledger` | a row of `ledger.parquet` | its own, and the lemlist fields that it lacks |
| `input` | a record of the list | `row`, `file`, `line`, `source`, the raw cells and statuses, `person`, `outcome`, `reason` |
| `input_columns` | a column of a file of the list | `file`, `row` (its first), `rows`, `filled` |
| `updates`, `excluded`, `failed` | a record of that file | `position`, and those below that are the same for every list |
| `batch_plan` | a batch | `batch`, `file`, `campaign`, `upload`, `rows`, `limit`, `members` |
| `summary_counts` | a number of `summary.json` | `section`, `name`, `n` |
| `summary_batches` | a batch of `summary.json` | `file`, `campaign`, `upload`, `rows` |
| `parameters` | the run (one row) | one column a parameter |
| `statuses`, `storage_campaigns`, `suppress_statuses` | a setting | as the policy says |

Beside a workspace there are also the tables that `workspace.sql` makes, and `ws.*` itself.
`fields` and `variables` are hashes over the lemlist fields with `source`, and over the custom variables: equal hashes
mean equal cells. `position` counts the records as read.
"""

# ruff: noqa: S608 # values and names are quoted by _text and _name; neither can be bound in these statements

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from leadsieve.database import connect
from leadsieve.errors import WorkspaceError
from leadsieve.schema import LEAD_FIELDS, LEDGER_NAMES
from leadsieve.validation.job import BATCHES_FOLDER, Fault, Staged
from leadsieve.workspace import attach

LEDGER_FILE = "ledger.parquet"
SUMMARY_FILE = "summary.json"

SOURCE = "source"
# What a list brought is looked for where the ledger keeps it as it came.
RAW_NAMES = {"email": "email_raw", "linkedinUrl": "linkedin_raw"}
INPUT_COLUMNS = {"file": "varchar", "row": "bigint", "rows": "bigint", "filled": "bigint"}
INPUT_VIEW = """
    create view input as
    select row, file, line, source, email_raw, email_status, linkedin_raw, linkedin_status, person, in_workspace, outcome, reason
    from ledger"""

# The columns that each file has, whatever the list, and the kind of each.
SIDE_TABLES: dict[str, dict[str, str]] = {
    "updates": {
        "_id": "varchar",
        "email": "varchar",
        "linkedinUrl": "varchar",
        "newEmail": "varchar",
        "newLinkedinUrl": "varchar",
    },
    "excluded": {
        "row": "bigint",
        "file": "varchar",
        "line": "bigint",
        "source": "varchar",
        "outcome": "varchar",
        "reason": "varchar",
    },
    "failed": {"file": "varchar", "line": "bigint", "reason": "varchar"},
}
BATCH_PLAN = {
    "file": "varchar",
    "campaign": "varchar",
    "upload": "bigint",
    "rows": "bigint",
    "limit": "bigint",
    "members": "bigint",
}
# The tables that the run hands over, all empty unless it does.
TOLD_TABLES = {
    "batch_plan": {"batch": "bigint", **BATCH_PLAN},
    "input_columns": {"file": "varchar", "becomes": "varchar"},
    "statuses": {"exported": "varchar", "status": "varchar", "class": "varchar"},
    "storage_campaigns": {"name": "varchar"},
    "suppress_statuses": {"status": "varchar"},
}
SUMMARY_BATCHES = {name: BATCH_PLAN[name] for name in ("file", "campaign", "upload", "rows")}
COUNTED_SECTIONS = ("outcomes", "reasons", "marks", "warnings")

# A record that could not be read may be a whole file behind one stray quote.
LONGEST_RECORD = 100_000_000
MEMORY_LIMIT = "1400MB"


class StagedError(Exception):
    """What was staged cannot be read back; the message names the file and no cell. `fault` says whether it is a file or the workspace."""

    def __init__(self, message: str, fault: Fault | None = None) -> None:
        super().__init__(message)
        self.fault = fault


def open_staged(staged: Staged) -> duckdb.DuckDBPyConnection:
    """Return an in-memory database with the tables above.

    Raises `StagedError` where a file is missing or unreadable, without what DuckDB says of it, which may quote a cell.
    """
    connection = _database(staged.scratch)
    try:
        for what, step in _STEPS:
            with _reading(what):
                step(connection, staged)
    except StagedError:
        connection.close()
        raise
    return connection


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Say of what goes wrong which file it is, and what is wrong with it."""
    try:
        yield
    except WorkspaceError as error:
        raise StagedError(str(error).rstrip("."), Fault.WORKSPACE) from error
    except (duckdb.Error, OSError, ValueError, csv.Error) as error:
        fault = Fault.FILE if Path(what).suffix else None
        message = f"{what} cannot be read back: {_why(error)}"
        raise StagedError(message, fault) from error


_CUT_QUOTE = "unterminated quote"
_IN_LINE = re.compile(r"CSV Error on Line: (\d+)")
_CELLS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


def _why(error: Exception) -> str:
    """Return what is wrong with a file, or else the error's kind, and nothing that the file holds."""
    text = str(error)
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return "it is no whole JSON file"
    if isinstance(error, FileNotFoundError) or "No files found" in text:
        return "it is not there"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, _EmptyError):
        return "it is empty"
    if line := _IN_LINE.search(text):
        return _why_line(int(line[1]), text)
    if "Parquet" in text or "parquet" in text:
        return "it is no whole Parquet file"
    return f"it is broken ({type(error).__name__})"


def _why_line(line: int, text: str) -> str:
    if cells := _CELLS.search(text):
        # DuckDB counts no further than the first that is too many.
        return f"line {line:,} has {'fewer' if int(cells[2]) < int(cells[1]) else 'more'} cells than the header"
    return f"a quote in line {line:,} has no end" if _CUT_QUOTE in text else f"line {line:,} is broken"


class _EmptyError(ValueError):
    """A file that lacks even the header."""


def _database(scratch: Path | None) -> duckdb.DuckDBPyConnection:
    connection = connect(memory_limit=MEMORY_LIMIT)
    if scratch is not None:
        connection.execute(f"set temp_directory = {_text(str(scratch))}")
    return connection


def _create_ledger(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    source = f"read_parquet({_text(str(staged.folder / LEDGER_FILE))})"
    present = {name.casefold() for name in _columns(connection, source)}
    lacking = [name for name in (*LEAD_FIELDS, SOURCE) if _in_ledger(name).casefold() not in present]
    nulls = "".join(f", null::varchar as {_name(_in_ledger(name))}" for name in lacking)
    # GX lists the columns of a table before it reads it and does not know nested types; no check reads these two.
    nested = [name for name in ("changes", "conflicts") if name in present]
    less = f" exclude ({', '.join(nested)})" if nested else ""
    connection.execute(f"create view ledger as select *{less}{nulls} from {source}")


def _create_batches(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    headers = {file: _batch_header(file) for file in staged.batch_files}
    variables = _variables(headers.values())
    connection.execute(f"""
        create table batches (
            file varchar, position bigint, {", ".join(f"{_name(each)} varchar" for each in (*LEAD_FIELDS, SOURCE))},
            fields ubigint, variables ubigint
        )""")
    for header in sorted(set(headers.values())):
        files = [file for file in staged.batch_files if headers[file] == header]
        try:
            connection.execute(f"insert into batches by name {_batches_query(files, header, variables)}")
        except duckdb.Error:
            _read_each(connection, files, header, variables)
            raise
    with _reading(LEDGER_FILE):
        _create_created(connection, variables)


def _read_each(
    connection: duckdb.DuckDBPyConnection, files: list[Path], header: tuple[str, ...], variables: list[str]
) -> None:
    """Raise StagedError for the first of the files that cannot be read; of several at once DuckDB does not tell which."""
    for file in files:
        with _reading(_batch_name(file)):
            connection.execute(f"insert into batches by name {_batches_query([file], header, variables)}")


def _batch_name(file: Path) -> str:
    return f"{BATCHES_FOLDER}/{file.name}"


def _batch_header(file: Path) -> tuple[str, ...]:
    with _reading(_batch_name(file)):
        return _header(file)


def _variables(headers: Iterable[tuple[str, ...]]) -> list[str]:
    known = {*LEAD_FIELDS, SOURCE}
    return sorted({name for header in headers for name in header if name not in known})


def _batches_query(files: list[Path], header: tuple[str, ...], variables: list[str]) -> str:
    fields = [*LEAD_FIELDS, SOURCE]
    cells = {name: _cell(header, name) for name in (*fields, *variables)}
    return f"""
        select {_text(BATCHES_FOLDER + "/")} || parse_filename(path) as file,
               row_number() over () as position,
               {", ".join(f"{cells[name]} as {_name(name)}" for name in fields)},
               {_hash([cells[name] for name in fields])} as fields,
               {_hash([cells[name] for name in variables])} as variables
        from {_csv(files, header)}"""


def _create_created(connection: duckdb.DuckDBPyConnection, variables: list[str]) -> None:
    present = {name.casefold(): name for name in _columns(connection, "ledger")}
    fields = [_name(_in_ledger(name)) for name in (*LEAD_FIELDS, SOURCE)]
    # A batch column that the ledger lacks compares with nothing, so that any cell in it shows.
    custom = [_name(present[name.casefold()]) if name.casefold() in present else "null" for name in variables]
    connection.execute(f"""
        create table created as
        select row, batch, email, linkedin_url, linkedin_key, linkedin_member_key, {_hash(fields)} as fields, {_hash(custom)} as variables
        from ledger
        where outcome = 'create'""")


def _create_side_tables(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    for table, columns in SIDE_TABLES.items():
        connection.execute(f"create table {table} (position bigint, {_definitions(columns)})")
        file = staged.folder / f"{table}.csv"
        if file.exists():
            with _reading(file.name):
                connection.execute(f"insert into {table} by name {_side_query(file, columns)}")


def _side_query(file: Path, columns: Mapping[str, str]) -> str:
    header = _header(file)
    cells = (f"try_cast({_cell(header, name)} as {kind}) as {_name(name)}" for name, kind in columns.items())
    return f"select row_number() over () as position, {', '.join(cells)} from {_csv([file], header)}"


def _create_told(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    unknown = staged.tables.keys() - TOLD_TABLES.keys()
    if unknown:
        message = f"no table is known by the name {min(unknown)!r}"
        raise ValueError(message)
    told = {**staged.tables, "batch_plan": _numbered(staged.tables.get("batch_plan", ()))}
    for table, columns in TOLD_TABLES.items():
        if table != "input_columns":
            _create_table(connection, table, columns, told.get(table, ()))
    kinds = {name: _kind(value) for name, value in staged.parameters.items()}
    _create_table(connection, "parameters", kinds, [staged.parameters])


def _create_input(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    connection.execute(INPUT_VIEW)
    present = {name.casefold(): name for name in _columns(connection, "ledger")}
    told = [
        (row["file"], RAW_NAMES.get(row["becomes"], row["becomes"])) for row in staged.tables.get("input_columns", ())
    ]
    known = [(file, present[name.casefold()]) for file, name in told if name.casefold() in present]
    counted = _filled(connection, sorted({name for _, name in known}))
    rows = [{"file": file, **counted[file][name]} for file, name in known if file in counted]
    _create_table(connection, "input_columns", INPUT_COLUMNS, rows)


def _filled(connection: duckdb.DuckDBPyConnection, names: list[str]) -> dict[str, dict[str, dict[str, int]]]:
    """Return for every file of the list, and every column: its first row, how many there are, how many hold something."""
    counts = "".join(f", count({_name(name)})" for name in names)
    found = connection.execute(f"select file, min(row), count(*){counts} from ledger group by file").fetchall()
    return {
        file: {name: {"row": first, "rows": rows, "filled": n} for name, n in zip(names, filled, strict=True)}
        for file, first, rows, *filled in found
    }


def _numbered(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"batch": number, **row} for number, row in enumerate(rows, start=1)]


def _create_summary(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    summary = json.loads((staged.folder / SUMMARY_FILE).read_text(encoding="utf-8"))
    counts = [
        {"section": section, "name": name, "n": n}
        for section in COUNTED_SECTIONS
        for name, n in summary.get(section, {}).items()
    ]
    counts.append({"section": "input_rows", "name": "input_rows", "n": summary.get("input_rows")})
    _create_table(connection, "summary_counts", {"section": "varchar", "name": "varchar", "n": "bigint"}, counts)
    batches = [{name: batch.get(name) for name in SUMMARY_BATCHES} for batch in summary.get("batches", ())]
    _create_table(connection, "summary_batches", SUMMARY_BATCHES, batches)


def _create_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    connection.execute(f"create table {table} ({_definitions(columns)})")
    odd = sorted({name for row in rows for name in row.keys() ^ columns.keys()})
    if odd:
        message = f"{table} has not exactly its columns: {', '.join(odd)}"
        raise ValueError(message)
    if rows:
        marks = ", ".join("?" for _ in columns)
        values = [[row[name] for name in columns] for row in rows]
        connection.executemany(f"insert into {table} values ({marks})", values)


def _attach(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    if staged.attach is not None:
        attach(connection, staged.attach, lock_timeout=staged.lock_timeout)
        connection.execute(files(__package__).joinpath("workspace.sql").read_text(encoding="utf-8"))


# What each step reads, for what is said when it cannot.
_STEPS = (
    (LEDGER_FILE, _create_ledger),
    (SUMMARY_FILE, _create_summary),
    ("the plan of the batches", _create_told),
    (LEDGER_FILE, _create_input),
    (BATCHES_FOLDER, _create_batches),
    ("the other files", _create_side_tables),
    ("the workspace", _attach),
)


def _header(file: Path) -> tuple[str, ...]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header = tuple(next(csv.reader(lines), ()))
    if not header:
        raise _EmptyError
    return header


def _csv(files: list[Path], header: tuple[str, ...]) -> str:
    paths = ", ".join(_text(str(file)) for file in files)
    columns = ", ".join(f"{_column(index)}: 'varchar'" for index in range(len(header)))
    return f"""read_csv(
        [{paths}], auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n',
        columns = {{{columns}}}, filename = 'path', max_line_size = {LONGEST_RECORD})"""


def _column(index: int) -> str:
    # Read by place and not by name: a list may bring columns called `file` or `path`, or two of one name.
    return f"c{index}"


def _cell(header: tuple[str, ...], name: str) -> str:
    """Return the column of a name; the last one, for our own columns stand behind those of the list."""
    places = [index for index, each in enumerate(header) if each == name]
    return _column(places[-1]) if places else "null::varchar"


def _in_ledger(name: str) -> str:
    return LEDGER_NAMES.get(name, name)


def _columns(connection: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe select * from {source}").fetchall()]


def _definitions(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{_name(name)} {kind}" for name, kind in columns.items())


def _kind(value: str | int | bool | None) -> str:  # noqa: FBT001 # a value of that type, not a switch
    if isinstance(value, bool):
        return "boolean"
    return "bigint" if isinstance(value, int) else "varchar"


def _hash(cells: list[str]) -> str:
    texts = (f"coalesce({cell}::varchar, '')" for cell in cells)
    return f"hash({', '.join(texts) or 'null'})"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
