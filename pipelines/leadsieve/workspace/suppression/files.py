"""Files of opt-outs: lists with a column `value` (lemlist's export, our own), plain lists, and exports of a CRM."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from leadsieve.counts import counted
from leadsieve.errors import InputError
from leadsieve.identity import addresses, linkedin_cell
from leadsieve.intake import Read, ReadOptions, expand, read
from leadsieve.intake.names import letters
from leadsieve.phones import phone_keys
from leadsieve.policy import Policy
from leadsieve.schema import LIST_COLUMN, LIST_SAYS
from leadsieve.suppress_columns import columns_of, said_by_columns
from leadsieve.suppress_values import ColumnValue, values_of
from leadsieve.workspace.suppression.entries import ADDED_AT, ENTRIES, Kind, named_by, reason_of
from leadsieve.workspace.suppression.persons import Whose, columns_of_persons

_LISTED = 5
_NAMES = ("value", "reason", "source", "came_from", "hash_key", "created_at", "added_at")
_LINE = ":line"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOuts:
    """What a file says: its entries (columns `ENTRIES`), the lines that name nobody, how many rows opt out of nothing.

    `hash_keys` are the checks of the keys that its hashes were made with, where an export of ours says them. `columns` are those that a CRM export was asked by, and
    `values` what stands in them; none for a list, whose every row is an opt-out.
    """

    file: str
    entries: pl.DataFrame
    unreadable: tuple[int, ...]
    hash_keys: tuple[str, ...] = ()
    not_opted_out: int = 0
    columns: tuple[str, ...] = ()
    values: tuple[ColumnValue, ...] = ()

    def whole(self) -> "OptOuts":
        """Return the same; raises InputError when a row names nobody, for a lost opt-out is harm."""
        if not self.unreadable:
            return self
        count = len(self.unreadable)
        lines = ", ".join(map(str, self.unreadable[:_LISTED])) + (" …" if count > _LISTED else "")
        named = counted(count, "row names", "rows name")
        msg = (
            f"{self.file}: {named} nobody that could be suppressed (line {lines}); phones without + need --phone-region. "
            "Mend what cannot be read, or load the rest with --allow-partial; nothing was loaded."
        )
        raise InputError(msg)


def read_opt_outs(source: str, policy: Policy) -> OptOuts:
    """Read a file of opt-outs.

    With a column `value`, or only one column, every row is an opt-out. Of any other table a row is one when a column that the
    policy's `suppress_columns` names says so. Raises InputError for a file without any of this.
    """
    told = read(expand(source)[0], options=ReadOptions(encoding=policy.encoding or None))
    by_name = {letters(name): name for name in reversed(told.table.columns)}
    if "value" in by_name:
        columns = {name: by_name[letters(name)] for name in _NAMES if letters(name) in by_name}
        return _of_list(told, columns, policy)
    if told.table.width == 1:
        return _of_list(told, {"value": told.table.columns[0]}, policy)
    return _of_export(told, policy)


def _of_list(told: Read, columns: Mapping[str, str], policy: Policy) -> OptOuts:
    """Read a list, `columns` being what it has of `_NAMES`."""
    cells = told.table.select(
        (pl.col(columns[name]).fill_null("").str.strip_chars() if name in columns else pl.lit("")).alias(name)
        for name in _NAMES
    )
    entries: list[tuple[str, str, str, str, datetime | None]] = []
    unreadable = told.rejected["line"].to_list()
    for line, (value, reason, source, came_from, _, *times) in zip(told.lines, cells.iter_rows(), strict=True):
        found = list(named_by(value, policy.phone_region))
        if not found:
            unreadable.append(line)
        # An export of ours names where the entry first came from; it is not the file that it travels in.
        where = came_from or _place(told, source)
        entries += [(kind, key, reason_of(kind, reason, source), where, _moment(times)) for kind, key in found]
    return OptOuts(
        file=told.file,
        entries=pl.DataFrame(entries, schema=ENTRIES, orient="row"),
        unreadable=tuple(sorted(unreadable)),
        hash_keys=tuple(cells["hash_key"].filter(cells["hash_key"] != "").unique().sort()),
    )


def _place(told: Read, detail: str) -> str:
    return Path(told.file).name + (f" ({detail})" if detail else "")


def _moment(cells: Iterable[str]) -> datetime | None:
    """Return the first of the cells that is a time, in UTC; lemlist's `createdAt` and our own export have ISO 8601."""
    for cell in filter(None, cells):
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            continue
        return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None)
    return None


def _of_export(told: Read, policy: Policy) -> OptOuts:
    """Read a CRM's export: who opted out stands in columns of their own, whom it concerns in the columns of any list."""
    asked = columns_of(policy.suppress_columns, told.table.columns)
    if not asked:
        raise InputError(_says_nothing(told, policy))
    said = said_by_columns(told.table, policy.suppress_columns).with_columns(told.lines.alias(_LINE))
    whose = columns_of_persons(told, policy)
    persons = pl.concat([said, _named(told.table, whose, policy.phone_region)], how="horizontal").drop_nulls(LIST_SAYS)
    nobody = persons.filter(pl.all_horizontal(pl.col(kind).list.len() == 0 for kind in _NAMING))[_LINE]
    return OptOuts(
        file=told.file,
        entries=pl.concat([_entries(told, persons, kind) for kind in _NAMING]),
        unreadable=tuple(sorted([*told.rejected["line"], *nobody])),
        not_opted_out=told.table.height - persons.height,
        columns=tuple(asked),
        values=values_of(told.table, policy.suppress_columns),
    )


_NAMING = (Kind.EMAIL, Kind.LINKEDIN, Kind.PHONE)


def _named(table: pl.DataFrame, whose: Whose, region: str) -> pl.DataFrame:
    """Return per row what names its person: lists of every address, profile and phone.

    A phone counts only where a row has nothing else: it may be a switchboard, and would hold back all who share it.
    """
    phones = [pl.lit(phone_keys(table[column], region)) for column in whose.phones]
    named = table.with_columns(
        _together([addresses(pl.col(column)) for column in whose.emails]).alias(Kind.EMAIL),
        _together([linkedin_cell(pl.col(column)).struct.field("key") for column in whose.profiles]).alias(
            Kind.LINKEDIN
        ),
        _together(phones).alias(Kind.PHONE),
    ).select(_NAMING)
    has_other = (pl.col(Kind.EMAIL).list.len() > 0) | (pl.col(Kind.LINKEDIN).list.len() > 0)
    return named.with_columns(
        pl.when(has_other).then(pl.lit([], pl.List(pl.String))).otherwise(Kind.PHONE).alias(Kind.PHONE)
    )


def _together(cells: Sequence[pl.Expr]) -> pl.Expr:
    if not cells:
        return pl.lit([], pl.List(pl.String))
    return pl.concat_list(cells).list.drop_nulls().list.unique(maintain_order=True)


def _entries(told: Read, persons: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    named = persons.select(LIST_SAYS, LIST_COLUMN, value=kind).explode("value").drop_nulls("value")
    file = Path(told.file).name
    return named.select(
        kind=pl.lit(str(kind)),
        value="value",
        reason=LIST_SAYS,
        came_from=pl.format("{} ({})", pl.lit(file), LIST_COLUMN),
        added_at=pl.lit(None, ADDED_AT),
    )


def _says_nothing(told: Read, policy: Policy) -> str:
    looked_for = ", ".join(f"`{rule.names[0]}`" for rule in {r.names[0]: r for r in policy.suppress_columns}.values())
    return (
        f"{told.file} has neither a column `value` nor one that says who opted out (looked for columns such as {looked_for}). "
        "Call the column of a plain list `value`, or name the export's column under `suppress_columns` in the policy."
    )
