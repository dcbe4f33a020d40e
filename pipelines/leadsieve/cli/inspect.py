"""`inspect`: what intake makes of a file, how sure it is, and what to change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import leadsieve
from leadsieve.cli import console, options
from leadsieve.counts import counted
from leadsieve.errors import InputError, OutputError

if TYPE_CHECKING:
    import polars as pl

    from leadsieve import Policy
    from leadsieve.intake import ColumnMapping, Guessed, Read

_SURE, _FAIRLY_SURE = 0.9, 0.6
_MOST_LINES = 5
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space", ", ": "comma and space"}
_MEANING = {
    "preamble": "before the header",
    "blank": "blank",
    "repeated_header": "the header again",
    "footer": "after the list",
    "short_row": "too few cells; filled up with empty ones",
    "long_row": "too many cells, the last ones empty; cut",
    "stray_quote": "a quote that does not belong; read around it",
    "other_encoding": "in another encoding than the rest; converted",
    "other_delimiter": "written with another delimiter; read with that",
    "too_many_cells": "too many cells: a delimiter in a cell without quotes?",
    "undecodable": "bytes that are no text in this encoding",
    "not_a_json_object": "not a JSON object",
}


def inspect(
    file: options.File,
    *,
    table: Annotated[Path | None, typer.Option("--table", metavar="OUT.csv", help="Write the table as read.")] = None,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", metavar="OUT.csv", help="Write the records that could not be read.")
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="NAME", help="The sheet, by name or number. [default: first with data]"),
    ] = None,
    mapped: options.Mapped = None,
    save: Annotated[
        bool, typer.Option("--save-mapping", help="Keep the columns as shown; files with the same header use them.")
    ] = False,
    split_names: options.SplitNames = False,
    encoding: options.Encoding = None,
) -> None:
    """Explain a file: encoding, dialect, header and columns as guessed, how sure, and what was left out."""
    from leadsieve.intake import ReadOptions, read, refuse_unknown_columns, save_mapping
    from leadsieve.policy import CommandPolicy

    chosen = leadsieve.load_policy(None).with_options(encoding=encoding, split_names=split_names or None)
    policy = options.with_mapping(chosen, mapped)
    read_options = ReadOptions(encoding=policy.encoding or None, sheet=sheet, mapping=policy.map)
    found = read(file, options=read_options, stdin=options.stdin())
    if isinstance(policy, CommandPolicy):
        refuse_unknown_columns([found], policy.asked)
    columns = _mapped(found, policy)
    if save and isinstance(columns, InputError):
        raise columns
    for line in [*_described(found), *_left_out(found), *_columns(found, columns)]:
        console.say(line)
    if save and not isinstance(columns, InputError):
        save_mapping(policy.mappings, found, columns)
        console.say(f"Saved       in {policy.mappings}, for every file with this header")
    if table:
        _write(found.table, table, header=found.guess.has_header)
    if rejects:
        _write(found.rejected, rejects, header=True)


def _described(found: "Read") -> list[str]:
    guess = found.guess
    lines = [
        f"{found.file}: {guess.format.value}, {counted(found.table.height, 'record')} in {counted(found.table.width, 'column')}"
    ]
    if guess.encoding.value:
        lines.append(f"Encoding    {_told(guess.encoding)}")
    if guess.dialect:
        lines.append(f"Delimiter   {_delimiter(guess.delimiter)}")
    if guess.has_header:
        lines.append(f"Header      found, {_sureness(guess.header.confidence)}; {guess.preamble.value} before it")
    else:
        lines.append("Header      none: the first line looks like data. Add a line with the columns' names.")
    return lines + [f"Note        {note}" for note in guess.notes]


def _told(guessed: "Guessed") -> str:
    text = f"{guessed.value}, {_sureness(guessed.confidence)}"
    if guessed.runner_up and guessed.confidence < _SURE:
        text += f"; if names look wrong, try --encoding {guessed.runner_up}"
    return text


def _delimiter(guessed: "Guessed") -> str:
    if not guessed.value:
        return "none: one column"
    return f"{_DELIMITERS.get(guessed.value, repr(guessed.value))}, {_sureness(guessed.confidence)}"


def _sureness(confidence: float) -> str:
    word = "sure" if confidence >= _SURE else "fairly sure" if confidence >= _FAIRLY_SURE else "a guess"
    return f"{word} ({confidence:.0%})"


def _left_out(found: "Read") -> list[str]:
    lines = _by_kind("Ignored", "line", found.ignored, "kind")
    lines += _by_kind("Repaired", "record", found.warnings, "warning")
    lines += _by_kind("Unreadable", "record", found.rejected, "reason")
    if found.rejected.height:
        places = ", ".join(str(line) for line in found.rejected["line"].head(_MOST_LINES))
        lines.append(
            f"            on line {places}{' …' if found.rejected.height > _MOST_LINES else ''}; --rejects OUT.csv keeps them"
        )
    return lines


def _by_kind(title: str, noun: str, frame: "pl.DataFrame", column: str) -> list[str]:
    counts = frame.group_by(column, maintain_order=True).len()
    return [f"{title:12}{counted(n, noun)}: {_MEANING.get(kind, kind)}" for kind, n in counts.iter_rows()]


def _mapped(found: "Read", policy: "Policy") -> "tuple[ColumnMapping, ...] | InputError":
    """Return where the columns go, or why a run would refuse the file."""
    from leadsieve.intake import load_mappings, map_columns, saved_for
    from leadsieve.schema import RESERVED

    saved = saved_for(found, load_mappings(policy.mappings))
    try:
        return map_columns(found, overrides=policy.map, saved=saved, reserved=RESERVED, split_names=policy.split_names)
    except InputError as error:
        return error


def _columns(found: "Read", columns: "tuple[ColumnMapping, ...] | InputError") -> list[str]:
    if isinstance(columns, InputError):
        return [
            f"Columns     {', '.join(found.table.columns)}" if found.guess.has_header else "Columns     not named",
            f"As leads    {columns}",
        ]
    width = max(len(_shown(m.column)) for m in columns)
    return ["Columns"] + [
        f"  {_shown(m.column):{width}}  → {m.field or m.variable or '(left out)'}  ({_why(m)}, {m.confidence:.0%})"
        for m in columns
    ]


def _why(mapping: "ColumnMapping") -> str:
    return f"{mapping.reason}; its own name is taken" if mapping.renamed else mapping.reason


def _shown(column: str) -> str:
    return " ".join(column.split())


def _write(frame: "pl.DataFrame", path: Path, *, header: bool) -> None:
    try:
        frame.write_csv(path, include_header=header, quote_style="always")
    except OSError as error:
        message = f"{path} cannot be written. Check that its folder exists and may be written to."
        raise OutputError(message) from error
