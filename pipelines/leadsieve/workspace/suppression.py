"""Who must not be written to, above every dedup mode: by email, domain, LinkedIn profile or phone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from leadsieve.errors import InputError, UsageError
from leadsieve.identity import is_free_provider, parse_email, parse_linkedin
from leadsieve.intake import Read, expand, read
from leadsieve.phones import e164
from leadsieve.words import EmailStatus, Reason
from leadsieve.workspace import store

_REASONS: Final = {
    **{reason.value: reason for reason in (Reason.UNSUBSCRIBED, Reason.DO_NOT_CONTACT, Reason.BOUNCED)},
    # The words of lemlist's unsubscribe export, column `source` (developer.lemlist.com, unsubscribes).
    "bounced": Reason.BOUNCED,
    "bounce": Reason.BOUNCED,
    "lead": Reason.UNSUBSCRIBED,
    "user": Reason.UNSUBSCRIBED,
    "api": Reason.UNSUBSCRIBED,
    "abuse": Reason.UNSUBSCRIBED,
}
_SUPPRESSIONS: Final = {"kind": pl.String, "value": pl.String, "reason": pl.String, "came_from": pl.String}


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What `suppress add` did: entries that are new, entries that stood already, rows that could not be read."""

    added: int
    known: int
    unreadable: int


def add_suppressions(
    path: Path,
    source: str,
    *,
    allow_partial: bool = False,
    force: bool = False,
    phone_region: str = "",
    lock_timeout: float = 10.0,
) -> Added:
    """Add a file's opt-outs to the workspace (made when absent), in one transaction.

    The file has a column `value` (an email, `@domain`, a LinkedIn profile, a phone) and perhaps `reason` and `source`.
    Raises InputError when a row cannot be read (unless `allow_partial`: a lost opt-out is harm) and UsageError for the
    domain of a free provider (unless `force`: it would suppress a great part of any list).
    """
    told = read(expand(source)[0])
    frame, unreadable = _entries(told, phone_region)
    if unreadable and not allow_partial:
        lines = ", ".join(str(line) for line in unreadable[:5])
        msg = (
            f"{told.file}: {len(unreadable)} rows name nobody that could be suppressed (line {lines}{' …' if len(unreadable) > 5 else ''}). "
            "Mend them, or load the others with --allow-partial; nothing was loaded."
        )
        raise InputError(msg)
    if not force:
        _refuse_wide(frame, told.file)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        con.register("entries", frame.unique(maintain_order=True).to_arrow())
        added = con.execute(
            "insert into suppressions (kind, value, reason, came_from, added_at) "
            "select kind, value, reason, came_from, ? from entries "
            "where not exists (from suppressions s where s.kind = entries.kind and s.value = entries.value and s.reason = entries.reason)",
            [datetime.now(UTC).replace(tzinfo=None)],
        ).fetchall()[0][0]
        con.unregister("entries")
    return Added(added=added, known=frame.height - added, unreadable=len(unreadable))


def _entries(told: Read, region: str) -> tuple[pl.DataFrame, list[int]]:
    columns = {name.strip().lower(): name for name in told.table.columns}
    if "value" not in columns:
        msg = f"{told.file} has no column `value`. Give it one with an email, @domain, LinkedIn profile or phone in every row."
        raise InputError(msg)
    cells = told.table.select(
        value=pl.col(columns["value"]).fill_null(""),
        reason=pl.col(columns["reason"]).fill_null("") if "reason" in columns else pl.lit(""),
        source=pl.col(columns["source"]).fill_null("") if "source" in columns else pl.lit(""),
    )
    entries: list[tuple[str, str, str, str]] = []
    unreadable = told.rejected["line"].to_list()
    for line, (value, reason, source) in zip(told.lines, cells.iter_rows(), strict=True):
        found = list(_parse(value.strip(), region))
        if not found:
            unreadable.append(line)
        where = Path(told.file).name + (f" ({source.strip()})" if source.strip() else "")
        entries += [(kind, key, _reason(kind, reason, source), where) for kind, key in found]
    return pl.DataFrame(entries, schema=_SUPPRESSIONS, orient="row"), sorted(unreadable)


def _parse(value: str, region: str) -> Iterator[tuple[str, str]]:
    """Yield what a value names; of two emails in a cell both, so that nobody slips through."""
    if value.startswith(("@", "*@")):
        # A domain is read like the domain of an address, so that case, IDNA and dirt are treated alike.
        email = parse_email("x" + value.lstrip("*"))
        if email.address and email.status in {EmailStatus.VALID, EmailStatus.REPAIRED}:
            yield "domain", email.address.split("@")[1]
        return
    email = parse_email(value)
    if email.address:
        yield from (("email", address) for address in email.address.split(";"))
    elif key := parse_linkedin(value).key:
        yield "linkedin", key
    elif re.fullmatch(r"[+'(\d][\d ().+/-]+", value) and (phone := e164(value, region)):
        yield "phone", phone


def _reason(kind: str, reason: str, source: str) -> str:
    if kind == "domain":
        return Reason.SUPPRESSED_DOMAIN
    return _REASONS.get(
        reason.strip().lower().replace(" ", "_"), _REASONS.get(source.strip().lower(), Reason.DO_NOT_CONTACT)
    )


def _refuse_wide(frame: pl.DataFrame, file: str) -> None:
    wide = frame.filter(pl.col("kind") == "domain").filter(is_free_provider("x@" + pl.col("value")))["value"]
    if len(wide):
        msg = (
            f"{file} suppresses everyone at {', '.join(sorted(set(wide))[:3])}, a provider of free mailboxes. "
            "Take the row out, or say --force if you mean it; nothing was loaded."
        )
        raise UsageError(msg)


def list_suppressions(path: Path, *, lock_timeout: float = 10.0) -> pl.DataFrame:
    """Return all suppressions, one row an entry: kind, value, reason, came_from, added_at (UTC)."""
    with store.reading(path, lock_timeout=lock_timeout) as con:
        entries: pl.DataFrame = con.sql(
            "select kind, value, reason, came_from, added_at from suppressions order by suppression"
        ).pl()
        return entries


def remove_suppressions(
    path: Path, values: Sequence[str], *, phone_region: str = "", lock_timeout: float = 10.0
) -> int:
    """Remove every entry that `values` name, whatever their form; return how many there were."""
    keys = pl.DataFrame(
        [key for value in values for key in _parse(value.strip(), phone_region)], schema=["kind", "value"], orient="row"
    )
    if not keys.height:
        msg = "The value to remove is no email, @domain, LinkedIn profile or phone. Give it as `leadsieve suppress export` shows it."
        raise UsageError(msg)
    store.require(path)
    with store.writing(path, lock_timeout=lock_timeout) as con:
        con.register("gone", keys.to_arrow())
        return int(
            con.execute("delete from suppressions where (kind, value) in (select (kind, value) from gone)").fetchall()[
                0
            ][0]
        )
