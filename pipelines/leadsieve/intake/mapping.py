"""Which column is which field of a lead: told, then known exports, then names, then content. Wrong is worse than unmapped."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple

from leadsieve.errors import InputError, UsageError
from leadsieve.intake.content import IDENTIFIERS, Content, contents_of
from leadsieve.intake.model import ColumnMapping, Read
from leadsieve.intake.names import (
    Export,
    export_of,
    full_name_half,
    full_name_rank,
    has_decoy,
    known_words,
    name_field,
    plain,
    weak_field,
)
from leadsieve.schema import FAILED_COLUMNS, LEAD_FIELDS

# The columns that leadsieve itself adds to failed.csv: the list comes back mended.
_KEPT = "kept as a custom variable"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NOT_IN_VARIABLE = re.compile(r"[^A-Za-z0-9_\- #]")


class Told(NamedTuple):
    """What a person said of a column, now or in a saved mapping: its field, empty for none."""

    field: str
    reason: str


class Claim(NamedTuple):
    """A column's claim on a field: by which rule, how sure, and how it ranks among claims of the same field."""

    column: str
    field: str
    reason: str
    confidence: float
    rank: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What mapping looks at."""

    read: Read
    columns: list[str]
    own_names: dict[str, str]
    content: dict[str, Content] = field(default_factory=dict)


def map_columns(
    read: Read,
    *,
    overrides: Mapping[str, str],
    saved: Mapping[str, str] = _NOTHING,
    reserved: Collection[str] = (),
    split_names: bool = False,
) -> tuple[ColumnMapping, ...]:
    """Return where each column of a file goes, in the file's order; leadsieve's own columns are left out.

    `overrides` name a column's field, or an empty one for none; so does `saved`, which gives way to them. With
    `split_names` a column of full names also gives the first and the last name, where no column is one.
    Raises InputError for two filled candidates of an identifying field, for a file without a header row, and when no column
    identifies a lead; UsageError for an override to what is no field.
    """
    file = _file(read)
    told = _with_saved(_told(file, overrides), _told(file, saved))
    if not read.guess.has_header and not told:
        raise InputError(_no_header(read))
    claims = _settled(file, _claims(file, told), told)
    if not any(claim.field in IDENTIFIERS for claim in claims.values()):
        raise InputError(_no_identifier(file))
    mapping = _with_variables(file, claims, told, reserved)
    return _with_halves(file, mapping) if split_names else mapping


def refuse_unknown_columns(reads: Sequence[Read], asked: Sequence[str]) -> None:
    """Raise UsageError for columns that are asked for by name and that no file has, each with the nearest that one has."""
    known = {name.strip().lower(): name.strip() for told in reads for name in told.columns}
    missing = [name for name in asked if name.strip().lower() not in known]
    if not missing:
        return
    parts = []
    for name in missing:
        near = get_close_matches(name.strip().lower(), known, n=1)
        parts.append(f"'{name}'" + (f" (did you mean '{known[near[0]]}'?)" if near else ""))
    message = f"No file of the list has the column {', '.join(parts)}, which --map names. Check the spelling."
    raise UsageError(message)


def guess_mapping(read: Read, *, overrides: Mapping[str, str]) -> tuple[ColumnMapping, ...]:
    """Return the mapping that names and content suggest; nothing when it cannot be made without being told."""
    try:
        return map_columns(read, overrides=overrides)
    except InputError:
        return ()


def own_columns_left_out(columns: list[str]) -> list[str]:
    """Return the columns without those that leadsieve added to its failed.csv."""
    is_ours = tuple(columns[-len(FAILED_COLUMNS) :]) == FAILED_COLUMNS and len(columns) > len(FAILED_COLUMNS)
    return columns[: -len(FAILED_COLUMNS)] if is_ours else columns


def _file(read: Read) -> _File:
    columns = own_columns_left_out(read.columns)
    original = {new: old for old, new in read.guess.renamed_columns}
    content = contents_of(read.records)
    return _File(read=read, columns=columns, own_names={c: original.get(c, c) for c in columns}, content=content)


def _with_saved(told: dict[str, Told], saved: dict[str, Told]) -> dict[str, Told]:
    """Return what is told now over what was saved; a field that is told now is no saved column's."""
    taken = {now.field for now in told.values()}
    kept = {c: Told("" if then.field in taken else then.field, "saved mapping") for c, then in saved.items()}
    return kept | told


def _told(file: _File, overrides: Mapping[str, str]) -> dict[str, Told]:
    """Return the overrides by the column's name in the table, found whatever its case and spaces.

    Names that this file lacks are passed over: a policy holds those of many lists.
    """
    told: dict[str, Told] = {}
    by_plain = {plain(column): column for column in reversed(file.columns)}
    fields = {name.lower(): name for name in LEAD_FIELDS}
    for wanted, target in overrides.items():
        if target and target.lower() not in fields:
            message = f"'{target}' is no field of a lead. Map '{wanted}' to one of {', '.join(LEAD_FIELDS)}."
            raise UsageError(message)
        column = wanted if wanted in file.columns else by_plain.get(plain(wanted))
        if column is not None:
            told[column] = Told(fields.get(target.lower(), ""), "told")
    return told


def _claims(file: _File, told: dict[str, Told]) -> list[Claim]:
    claims = [Claim(column, said.field, said.reason, 1.0, 9) for column, said in told.items() if said.field]
    taken = {claim.field for claim in claims}
    rest = [column for column in file.columns if column not in told]
    export = export_of(file.own_names[column] for column in file.columns)
    if export:
        claims += _export_claims(file, export, [c for c in rest if not _is_unmapped(file, c, export)], taken)
        taken |= {claim.field for claim in claims}
        rest = [column for column in rest if not _is_unmapped(file, column, export)]
    claimed = {claim.column for claim in claims}
    rest = [column for column in rest if column not in claimed]
    claims += [claim for claim in _name_claims(file, rest) if claim.field not in taken]
    taken |= {claim.field for claim in claims}
    claimed = {claim.column for claim in claims}
    claims += _content_claims(file, [c for c in rest if c not in claimed], taken)
    return claims


def _is_unmapped(file: _File, column: str, export: Export) -> bool:
    return plain(file.own_names[column]) in export.unmapped


def _export_claims(file: _File, export: Export, columns: list[str], taken: set[str]) -> list[Claim]:
    """Return one claim a field: the first of the export's columns for it that holds anything, or else the first."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain(file.own_names[column]), column)
    claims = []
    for target, names in export.fields.items():
        present = [by_name[name] for name in names if name in by_name]
        filled = [column for column in present if not file.content[column].is_empty]
        if present and target not in taken:
            claims.append(Claim((filled or present)[0], target, f"{export.name} export", 0.98))
    return claims


def _name_claims(file: _File, columns: list[str]) -> list[Claim]:
    """Return the claims that names make, as far as the content does not speak against them."""
    strong = [claim for column in columns for claim in _named(file, column)]
    have = {claim.field for claim in strong}
    claimed = {claim.column for claim in strong}
    rest = [column for column in columns if column not in claimed]
    weak = [claim for column in rest for claim in _weakly_named(file, column) if claim.field not in have]
    return strong + weak


def _named(file: _File, column: str) -> list[Claim]:
    name = file.own_names[column]
    found = name_field(name) or full_name_half(name, (n for n in file.own_names.values() if n != name))
    if found is None:
        return []
    target, confidence, rank = found
    target = _refined(file, column, target)
    if not file.content[column].allows(target, strict=confidence < 1):
        return []
    return [Claim(column, target, f"named '{name.strip()}'", confidence, rank)]


def _refined(file: _File, column: str, target: str) -> str:
    """Return the field that the cells make of `target`; where another column is called so, each is what it is called."""
    refined = file.content[column].refined(target)
    others = (c for c in file.columns if file.own_names[c] == refined and not file.content[c].is_empty)
    return target if file.own_names[column] == target and refined != target and any(others) else refined


def _weakly_named(file: _File, column: str) -> list[Claim]:
    found = weak_field(file.own_names[column])
    if found is None:
        return []
    target, rank = found
    content = file.content[column]
    if not content.supports(target):
        return []
    return [
        Claim(
            column,
            content.refined(target),
            f"named '{file.own_names[column].strip()}', and its content fits",
            0.8,
            rank,
        )
    ]


def _content_claims(file: _File, columns: list[str], taken: set[str]) -> list[Claim]:
    """Return the claims of columns full of addresses or profiles whose name does not say that they are another's."""
    claims = []
    for column in columns:
        target = file.content[column].identifier
        if target and target not in taken and not has_decoy(file.own_names[column]):
            claims.append(Claim(column, target, f"{file.content[column].share:.0%} of its cells look like it", 0.7))
    return claims


def _settled(file: _File, claims: list[Claim], told: Collection[str]) -> dict[str, Claim]:
    """Return column → claim, one a field: an empty column gives way; identifiers that two columns claim are an error."""
    settled: dict[str, Claim] = {}
    for target in dict.fromkeys(claim.field for claim in claims):
        rivals = [claim for claim in claims if claim.field == target]
        filled = [claim for claim in rivals if not file.content[claim.column].is_empty] or rivals[:1]
        if len(filled) > 1 and (target in IDENTIFIERS or all(claim.column in told for claim in filled)):
            raise InputError(_two_candidates(file, target, filled))
        best = max(filled, key=lambda claim: claim.rank)
        settled[best.column] = best
    return settled


def _two_candidates(file: _File, target: str, claims: list[Claim]) -> str:
    first, second = claims[0].column, claims[1].column
    choice = f'--map "{first}={target}" --map "{second}="'
    if file.own_names[first] == file.own_names[second]:
        places = " and ".join(str(file.columns.index(column) + 1) for column in (first, second))
        return (
            f"{file.read.file} has two columns for {target}: the columns {places}, both called "
            f"'{file.own_names[first].strip()}'. Give them different names, or choose one with {choice}."
        )
    names = " and ".join(f"'{file.own_names[column].strip()}'" for column in (first, second))
    return f"{file.read.file} has two columns for {target}: {names}. Choose one with {choice}."


def _no_header(read: Read) -> str:
    return (
        f"{read.file} has no header row: its first line looks like data. "
        'Add one, or name its columns by number, such as --map "column_1=email".'
    )


def _no_identifier(file: _File) -> str:
    names = list(file.own_names.values())
    known = [name for name in names if known_words([name])]
    if known:
        seen = f"it has {_listed(known)}"
    elif file.read.guess.header.confidence < _SURE_OF_HEADER:
        seen = "none of its column names is known; does it have a header row?"
    else:
        seen = f"it has {_listed(names)}"
    return (
        f"{file.read.file} has no column with an email or a LinkedIn profile ({seen}). "
        'Looked for names such as Email, E-Mail, LinkedIn URL; name the column with --map "COLUMN=email".'
    )


_SURE_OF_HEADER = 0.7
_LISTED = 8


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(f"'{name.strip()}'" for name in names[:_LISTED]) + more


def _with_variables(
    file: _File, claims: dict[str, Claim], told: Mapping[str, Told], reserved: Collection[str]
) -> tuple[ColumnMapping, ...]:
    taken = {name.casefold() for name in (*LEAD_FIELDS, *reserved)}
    result = []
    for column in file.columns:
        claim = claims.get(column)
        if claim:
            result.append(_field_mapping(claim))
        elif not file.own_names[column].strip() and file.content[column].is_empty:
            result.append(_mapping(column, None, "no name and no content; left out", renamed=False))
        else:
            variable, renamed = _variable(column, taken)
            reason = f"{told[column].reason}; {_KEPT}" if column in told else _KEPT
            result.append(_mapping(column, variable, reason, renamed=renamed))
    return tuple(result)


def _with_halves(file: _File, mapping: tuple[ColumnMapping, ...]) -> tuple[ColumnMapping, ...]:
    """Return the mapping with the first and last name that a column of full names gives, when nothing else gives either."""
    whole = [m for m in mapping if m.variable and not file.content[m.column].is_empty]
    ranked = [(rank, m) for m in whole if (rank := full_name_rank(file.own_names[m.column])) is not None]
    if not ranked or any(m.field in {"firstName", "lastName"} for m in mapping):
        return mapping
    chosen = min(ranked, key=lambda found: found[0])[1]
    at = mapping.index(chosen)
    halves = (_half(chosen.column, "firstName"), _half(chosen.column, "lastName"))
    return (*mapping[:at], *halves, *mapping[at:])


def _half(column: str, field: str) -> ColumnMapping:
    return ColumnMapping(
        column=column, field=field, variable=None, reason="split from the full name", confidence=0.8, split=True
    )


def _field_mapping(claim: Claim) -> ColumnMapping:
    return ColumnMapping(
        column=claim.column, field=claim.field, variable=None, reason=claim.reason, confidence=claim.confidence
    )


def _mapping(column: str, variable: str | None, reason: str, *, renamed: bool) -> ColumnMapping:
    return ColumnMapping(column=column, field=None, variable=variable, reason=reason, confidence=1.0, renamed=renamed)


def _variable(column: str, taken: set[str]) -> tuple[str, bool]:
    """Return a custom variable's name under lemlist's rule, and whether it had to give way to another of that name."""
    wanted = _NOT_IN_VARIABLE.sub("_", column.strip()) or "column"
    name = wanted
    while name.casefold() in taken:
        name += "_"
    taken.add(name.casefold())
    return name, name != wanted
