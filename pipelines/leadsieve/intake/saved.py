"""Mappings that a person accepted, kept in a small TOML file by the signature of the header they belong to."""

import difflib
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from leadsieve.errors import OutputError, UsageError
from leadsieve.intake.mapping import own_columns_left_out
from leadsieve.intake.model import ColumnMapping, Read
from leadsieve.intake.names import plain
from leadsieve.schema import LEAD_FIELDS

Saved = Mapping[str, Mapping[str, str]]
"""Signature → the columns' names → their fields, an empty one for a column that has none."""

_HEAD = (
    "# Mappings that `leadsieve inspect FILE --save-mapping` saved; files with the same header use them. Change a field by hand\n"
    '# (empty: kept as a custom variable) or delete a whole mapping. An option --map "COLUMN=field" wins over this file.\n'
)
_KEYS = ("signature", "columns")
_SIGNATURE = re.compile(r"[0-9a-f]{16}")
_MAPPING = re.compile(r"(?m)^(?=[ \t]*\[\[[ \t]*mapping[ \t]*\]\])")


def signature_of(read: Read) -> str | None:
    """Return the hash of the header's plain names, whatever their order and case; nothing for a file without header."""
    if not read.guess.has_header:
        return None
    names = sorted(plain(column) for column in own_columns_left_out(read.columns))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def saved_for(read: Read, saved: Saved) -> Mapping[str, str]:
    """Return the saved fields of the file's columns; nothing when its header is not among the saved ones."""
    return saved.get(signature_of(read) or "", {})


def load_mappings(path: str) -> Saved:
    """Return the saved mappings in the file at `path`; none when there is no file, or no path.

    Raises UsageError for a file that is no such TOML and for unknown fields, naming the nearest.
    """
    return _parsed(_text(path), path)


def save_mapping(path: str, read: Read, mapping: Sequence[ColumnMapping]) -> None:
    """Keep the mapping under the file's signature, in place of an older one; the rest of the file stays as it is.

    Raises UsageError for a list without header and for a file that cannot be read, OutputError when it cannot be written.
    """
    signature = signature_of(read)
    if not path or signature is None:
        why = "the policy names no file for it (`mappings`)" if signature else f"{read.file} has no header row"
        msg = f"The mapping cannot be saved: {why}. Leave out --save-mapping, or change that."
        raise UsageError(msg)
    text = _text(path)
    _parsed(text, path)
    fields = {m.column: m.field or "" for m in mapping if not m.split}
    new = _without(text or _HEAD, signature) + _block(signature, fields)
    _parsed(new, path)
    _write(Path(path), new)


def _text(path: str) -> str:
    if not path or not Path(path).exists():
        return ""
    try:
        # Windows editors write a byte order mark, which TOML does not allow.
        return Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        msg = f"The saved mappings {path} cannot be read: {why}. Mend the file, or set `mappings` to another."
        raise UsageError(msg) from error


def _parsed(text: str, path: str) -> Saved:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"The saved mappings {path} are not valid TOML ({error}). Mend that place, or delete the file and save anew."
        raise UsageError(msg) from error
    wrong = [*_unknown(table, ("mapping",)), *_wrong_mappings(table.get("mapping", []))]
    if wrong:
        msg = f"In the saved mappings {path} {'; '.join(dict.fromkeys(wrong))}. Mend that, or delete the file and save anew."
        raise UsageError(msg)
    return {m["signature"]: m["columns"] for m in table.get("mapping", [])}


def _wrong_mappings(mappings: Any) -> list[str]:
    """Say what is wrong with the file's mappings; nothing when they can be used."""
    if not isinstance(mappings, list) or not all(isinstance(m, dict) for m in mappings):
        return ["`mapping` is no list of tables ([[mapping]])"]
    return [sentence for m in mappings for sentence in _wrong_mapping(m)]


def _wrong_mapping(mapping: dict[str, Any]) -> list[str]:
    signature, columns = mapping.get("signature"), mapping.get("columns")
    wrong = _unknown(mapping, _KEYS)
    if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
        wrong.append("a mapping has no `signature` as it was saved (16 hexadecimal digits)")
    if not isinstance(columns, dict) or not all(isinstance(field, str) for field in columns.values()):
        return [*wrong, "a mapping has no table of `columns` with fields in quotes"]
    return wrong + _unknown([field for field in columns.values() if field], LEAD_FIELDS)


def _unknown(names: Iterable[str], known: Sequence[str]) -> list[str]:
    return [f"`{name}` is unknown{_nearest(name, known)}" for name in names if name not in known]


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.lower(), [k.lower() for k in known], n=1, cutoff=0.4)
    return next((f" (did you mean `{k}`?)" for k in known if [k.lower()] == near), "")


def _without(text: str, signature: str) -> str:
    """Return the file's text without the mapping of that signature; every other stays as a person wrote it."""
    kept = [part for part in _MAPPING.split(text) if signature not in _signatures(part)]
    return "".join(kept).rstrip("\n") + "\n"


def _signatures(part: str) -> list[str]:
    return [cast(str, mapping["signature"]) for mapping in tomllib.loads(part).get("mapping", [])]


def _block(signature: str, fields: Mapping[str, str]) -> str:
    lines = "".join(f"{_toml(column)} = {_toml(field)}\n" for column, field in fields.items())
    return f'\n[[mapping]]\nsignature = "{signature}"\n\n[mapping.columns]\n{lines}'


def _toml(text: str) -> str:
    # TOML's basic strings are written like JSON's, but DEL must be escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        msg = f"{path} cannot be written ({error.strerror}). Check that its folder exists and may be written to."
        raise OutputError(msg) from error
