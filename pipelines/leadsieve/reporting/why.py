"""Why a row got its outcome: the gates one by one, and the least change that would let it pass."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from html import escape
from typing import Any

import polars as pl

from leadsieve.counts import fitting
from leadsieve.identity import parse_email
from leadsieve.reporting.phrases import among
from leadsieve.schema import LEDGER_NAMES
from leadsieve.words import (
    DedupMode,
    Deleted,
    ImportMode,
    Keep,
    Outcome,
    Reason,
    RowWarning,
    StatusClass,
)
from leadsieve.workspace import status_table

_GATES: tuple[tuple[str, tuple[Outcome | Reason, ...]], ...] = (
    ("The row can be read as a record", (Reason.UNREADABLE_ROW,)),
    ("The email is not broken, and only one", (Reason.INVALID_EMAIL, Reason.MULTIPLE_EMAILS)),
    ("No required field is empty", (Reason.MISSING_REQUIRED_FIELD,)),
    ("There is an email or a LinkedIn profile that can be written", (Reason.NO_IDENTIFIER,)),
    ("No other row goes forward in its place", (Reason.DUPLICATE_IN_LIST,)),
    ("The person is not suppressed", (Outcome.SUPPRESSED,)),
    ("The person is not in the target", (Reason.IN_CAMPAIGN,)),
    ("The import mode may create leads", (Reason.NOT_IN_CAMPAIGN,)),
    ("The dedup mode allows the person's other campaigns", (Reason.ACTIVE_IN_OTHER_CAMPAIGN, Reason.IN_OTHER_CAMPAIGN)),
)
"""What every gate asks, in order, and the reasons (or the outcome) that it gives when the answer is no."""

_DONE: Mapping[Outcome, str] = {Outcome.CREATE: "created", Outcome.UPDATE: "updated"}


class Act(StrEnum):
    """What a change is made to."""

    SET = "set"  # an option or a setting of the policy
    MEND = "mend"  # the row's own cells
    MOVE = "move"  # the row's place in the list
    EMPTY = "empty"  # the cells in which the list says that the person must not be written to
    LIFT = "lift"  # entries of the suppression
    RELOAD = "reload"  # lemlist itself, and then the snapshot


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to change, as words that an imperative sentence is made of, and the options of a run that do it."""

    act: Act
    words: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why one row got its outcome.

    `gates` are (question, passed) up to the one that decided. `changes` are all needed, and none of them can be left out;
    `settings` are the options of a run that they name. `promises` is the outcome of the next run once they are made; null
    where the row fails: it identifies nobody yet, and nothing but a run can look its person up.
    """

    row: int
    place: str
    outcome: str
    reason: str
    gates: tuple[tuple[str, bool], ...]
    evidence: tuple[str, ...]
    changes: tuple[Change, ...]
    promises: Outcome | None
    remedy: str

    @property
    def settings(self) -> dict[str, Any]:
        """The options of a run that the changes name."""
        return {name: value for change in self.changes for name, value in change.settings.items()}

    def __str__(self) -> str:
        gates = "\n".join(f"  {'✓' if passed else '✗'} {question}" for question, passed in self.gates)
        evidence = "".join(f"\n  {line}" for line in self.evidence)
        return f"Row {self.row} ({self.place}): {self.outcome}, {self.reason}\n{gates}{evidence}\n{self.remedy}"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A ledger row with what it is judged by: the run's summary, the policy as plain values, its person's rows."""

    row: Mapping[str, Any]
    run: Mapping[str, Any]
    policy: Mapping[str, Any]
    rows_of_person: tuple[int, ...]
    is_entangled: bool

    @property
    def active(self) -> list[str]:
        """The other campaigns in which the person is in progress."""
        if not self.row["active_elsewhere"]:
            return []
        ended = _ended(self.policy["statuses"])
        return list(dict.fromkeys(name for name, status in self.elsewhere if status.lower() not in ended))

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """The person's other campaigns with their statuses."""
        told = ((c["campaign"], c["status"]) for c in self.row["conflicts"] or [])
        return [(name, status) for name, status in dict.fromkeys(told) if not _is_target(name, self.run["campaign"])]


def explain(
    row: Mapping[str, Any], run: Mapping[str, Any], policy: Mapping[str, Any], *, ledger: pl.LazyFrame
) -> Explanation:
    """Explain a row of the ledger; `run` is the run's summary, `policy` its settings as plain values."""
    case = _case(row, run, policy, ledger)
    changes = tuple(_changes(case))
    promised = _promised(case)
    return Explanation(
        row=row["row"],
        place=f"{row['file']}, line {row['line']}",
        outcome=row["outcome"],
        reason=row["reason"],
        gates=tuple(_gates(row)),
        evidence=tuple(_evidence(row)),
        changes=changes,
        promises=promised,
        remedy=_remedy(case, changes, promised),
    )


def _case(row: Mapping[str, Any], run: Mapping[str, Any], policy: Mapping[str, Any], ledger: pl.LazyFrame) -> _Case:
    """Gather what the row is judged by; whether it goes forward may depend on rows that share an identifier with it."""
    shared = pl.col("warnings").list.contains(RowWarning.SHARED_IDENTIFIER.value)
    own = ledger.filter(pl.col("person").eq_missing(row["person"])).select("row", shared=shared).collect()
    return _Case(
        row=row,
        run=run,
        policy=policy,
        rows_of_person=tuple(own["row"].sort()),
        is_entangled=bool(own["shared"].any()),
    )


def _ended(own: Mapping[str, str]) -> set[str]:
    """Return the statuses that count as ended, in lower case."""
    classes = status_table(own).group_by(pl.col("status").str.to_lowercase()).agg(pl.col("class").unique())
    return {status for status, told in classes.iter_rows() if told == [StatusClass.ENDED]}


def _is_target(name: str, target: str) -> bool:
    return re.fullmatch(re.escape(target) + r"( #([2-9]|[1-9]\d+))?", name) is not None


def _gates(row: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for question, told in _GATES:
        here = row["reason"] in told or row["outcome"] in told
        # A row that is updated has passed the gate whose name it bears.
        decided = here and row["outcome"] != Outcome.UPDATE
        yield question, not decided
        if here:
            return


def _evidence(row: Mapping[str, Any]) -> Iterator[str]:
    if row["duplicate_of"] is not None:
        yield f"Row {row['duplicate_of']} goes forward in its place."
    for held in dict.fromkeys(s["suppressed_by"] for s in row["suppressions"] or []):
        yield f"Suppressed by: {held}."
    for conflict in row["conflicts"] or []:
        owner = f", owner {conflict['owner']}" if conflict["owner"] else ""
        yield f"In {conflict['campaign']}: {conflict['status']}{owner} (matched on {conflict['matched_on']})."
    if meant := parse_email(row["email_raw"]).suggestion:
        yield f"The email looks misspelt: perhaps {meant} is meant."
    if row["warnings"]:
        yield f"Warnings: {', '.join(row['warnings'])}."


# ------------------------------------------------------------------------------------------------- what has to change


def _changes(case: _Case) -> Iterator[Change]:
    """Yield what has to change so that the row passes every gate, in the gates' order.

    Of a failed row nothing is known but its faults; of any other all that the later gates ask.
    """
    if case.row["outcome"] in _DONE:
        return
    if case.row["outcome"] == Outcome.FAILED:
        yield from _of_failed(case)
        return
    if case.row["reason"] == Reason.DUPLICATE_IN_LIST:
        yield _of_duplicate(case)
    yield from _of_suppressed(case)
    yield from _of_modes(case)


def _promised(case: _Case) -> Outcome | None:
    """Return what the row becomes when nothing holds it back: gates 7 to 12 (docs/words.md), with the modes changed."""
    if case.row["outcome"] == Outcome.FAILED:
        return None
    return Outcome.UPDATE if case.row["in_campaign"] else Outcome.CREATE


def _of_failed(case: _Case) -> Iterator[Change]:
    row = case.row
    if row["reason"] == Reason.UNREADABLE_ROW:
        yield Change(Act.MEND, "mend the line (failed.csv has its text) and run the list again")
        return
    empty = _empty_required(case)
    yield from _of_email(row, is_required="email" in case.policy["required_fields"])
    if empty:
        yield _of_required(case, empty)
    if not _names_somebody(row) and not _IDENTIFIERS & set(empty):
        number = "; the LinkedIn cell has a member number only, which cannot be written" if row["linkedin_key"] else ""
        yield Change(Act.MEND, f"add an email or the address of a LinkedIn profile{number}")


_IDENTIFIERS = frozenset({"email", "linkedinUrl"})
_OF_EMAIL = (Reason.INVALID_EMAIL, Reason.MULTIPLE_EMAILS)


def _of_email(row: Mapping[str, Any], *, is_required: bool) -> Iterator[Change]:
    """Yield how a faulty email passes; one that is required cannot be dropped."""
    if row["reason"] == Reason.MULTIPLE_EMAILS:
        words = 'leave one email in the cell, or set `multiple_emails = "first"` in the policy'
        yield Change(Act.SET, words, {"multiple_emails": "first"})
    elif row["reason"] == Reason.INVALID_EMAIL and _has_profile(row) and not is_required:
        words = 'correct the email, or set `invalid_email = "drop"` in the policy to go on with the LinkedIn profile'
        yield Change(Act.SET, words, {"invalid_email": "drop"})
    elif row["reason"] == Reason.INVALID_EMAIL:
        instead = "" if is_required else ", or put a LinkedIn profile in its place"
        yield Change(Act.MEND, f"correct the email{instead}")


def _has_profile(row: Mapping[str, Any]) -> bool:
    return row["linkedin_url"] is not None or row["linkedinUrlSalesNav"] is not None


def _names_somebody(row: Mapping[str, Any]) -> bool:
    """Tell whether the row has an identifier that can be written, or will have one once its email is mended."""
    return row["email"] is not None or row["reason"] in _OF_EMAIL or _has_profile(row)


def _empty_required(case: _Case) -> list[str]:
    """Return the required fields that are empty, without an email that its own gate asks to be mended."""
    mended = {"email"} if case.row["reason"] in _OF_EMAIL else set()
    required = (name for name in case.policy["required_fields"] if name not in mended)
    return [name for name in required if case.row[LEDGER_NAMES.get(name, name)] is None]


def _of_required(case: _Case, empty: list[str]) -> Change:
    names, them = among(empty), "them" if len(empty) > 1 else "it"
    if not _names_somebody(case.row) and _IDENTIFIERS & set(empty):
        return Change(Act.MEND, f"fill {names}")
    left = tuple(name for name in case.policy["required_fields"] if name not in empty)
    words = f"fill {names}, or take {them} out of `required_fields` in the policy"
    return Change(Act.SET, words, {"required_fields": left})


def _of_duplicate(case: _Case) -> Change:
    """Return how this row goes forward: whoever is tried first does, of its person and of those that share with it."""
    first, top = "say `--keep first`", "put this row at the top of the list, so that it is tried first"
    if case.policy["keep"] == Keep.FIRST:
        return Change(Act.MOVE, top)
    is_first = case.row["row"] == case.rows_of_person[0] and not case.is_entangled
    if is_first or case.row["row"] == 1:
        return Change(Act.SET, first, {"keep": Keep.FIRST})
    return Change(Act.MOVE, f"{first} and put this row at the top of the list", {"keep": Keep.FIRST})


def _of_suppressed(case: _Case) -> Iterator[Change]:
    """Yield one change for every kind of place that holds the person back; lifting one leaves the others."""
    by_kind: dict[str, list[str]] = {}
    for hold in case.row["suppressions"] or []:
        by_kind.setdefault(hold["kind"], []).append(hold["suppressed_by"])
    told = {kind: by_kind.pop(kind, []) for kind in ("status", "bounce", "list", "deleted", "cooldown")}
    if told["status"]:
        yield _of_status(told["status"], case.policy)
    if told["bounce"]:
        yield _of_bounce(told["bounce"])
    if told["list"]:
        yield _of_list(told["list"])
    if by_kind:
        yield _of_entries(by_kind)
    if told["deleted"] or RowWarning.DELETED_EARLIER in case.row["warnings"]:
        yield from _of_deleted(case)
    if told["cooldown"]:
        yield _of_cooldown(told["cooldown"][0], case)


def _of_status(told: Sequence[str], policy: Mapping[str, Any]) -> Change:
    left = tuple(s for s in policy["suppress_statuses"] if not any(by.endswith(f": {s}") for by in told))
    names = ", ".join(f'"{status}"' for status in left)
    return Change(Act.SET, f"set `suppress_statuses = [{names}]` in the policy", {"suppress_statuses": left})


def _of_bounce(told: Sequence[str]) -> Change:
    names = list(dict.fromkeys(by.removeprefix("campaign ").rpartition(": ")[0] for by in told))
    where = f"that campaign ({names[0]})" if len(names) == 1 else f"those campaigns ({among(names)})"
    return Change(Act.RELOAD, f"clear the bounce of its lead in lemlist, then export and load {where} again")


def _of_list(told: Sequence[str]) -> Change:
    """Return what to empty; of several columns that say so in one row the run names the first."""
    names = list(dict.fromkeys(by.removeprefix("list column ") for by in told))
    where = f"column {names[0]}" if len(names) == 1 else f"columns {among(names)}"
    words = f"empty the cells in which the list itself says so, in each of the person's rows (the {where}, and any other of `suppress_columns` in the policy)"
    return Change(Act.EMPTY, words)


def _of_deleted(case: _Case) -> Iterator[Change]:
    """Yield how a deleted lead may come back: what is judged is the source of the row that goes forward, then this row."""
    fed = {source.strip().lower() for source in case.policy["crm_sources"]}
    lift = "or take the deletion back (`leadsieve deleted lift VALUE`)"
    if case.row["source"].strip().lower() in fed:
        words = f"say `--deleted {Deleted.IGNORE}` (a CRM feeds its source), {lift}"
        yield Change(Act.SET, words, {"deleted": Deleted.IGNORE})
    elif case.policy["deleted"] == Deleted.SUPPRESS:
        yield Change(Act.SET, f"say `--deleted {Deleted.WARN}`, {lift}", {"deleted": Deleted.WARN})


def _of_cooldown(told: str, case: _Case) -> Change:
    """Return the longest cooldown that has passed at the time of the snapshot, or the day to wait for."""
    until = date.fromisoformat(told[-len("2026-01-31") :])
    since = until - timedelta(days=case.policy["cooldown"])
    passed = (datetime.fromisoformat(case.run["snapshot"]["taken_at"]).date() - since).days
    words = f"say `--cooldown {passed}`, or wait until {until} and load a new snapshot"
    return Change(Act.SET, words, {"cooldown": passed})


_ENTRY: Mapping[str, str] = {
    "email": "an email",
    "linkedin": "a LinkedIn profile",
    "phone": "a phone number",
    "email_hash": "an email (hashed)",
}


_VALUE: Mapping[str, str] = {
    "email": "the email",
    "email_hash": "the email",
    "linkedin": "the LinkedIn profile",
    "phone": "the phone number",
}
"""What an entry is lifted by. It is not printed: no message shows an address."""


def _of_entries(by_kind: Mapping[str, Sequence[str]]) -> Change:
    """Return which entries of the suppression to lift; their values are told by the workspace alone."""
    domains = [f"@{by.rpartition('@')[2]}" for by in by_kind.get("domain", ())]
    others = {kind: told for kind, told in by_kind.items() if kind != "domain"}
    values = [*domains, *("VALUE" for told in others.values() for _ in told)]
    told = among([_entries(kind, told) for kind, told in others.items()] + [f"the domain {d}" for d in domains])
    both = "" if len(values) == 1 else f", all {len(values)} of them"
    named = among(dict.fromkeys(_VALUE.get(kind, kind) for kind in others))
    which = f", VALUE being {named} of this row or of another of its person" if others else ""
    return Change(Act.LIFT, f"lift {told}{both} (`leadsieve suppress remove {' '.join(values)}`{which})")


def _entries(kind: str, told: Sequence[str]) -> str:
    what = _ENTRY.get(kind, kind)
    where = among(dict.fromkeys(told))
    return (
        f"the entry of {what} of the person ({where})" if len(told) == 1 else f"{len(told)} entries of {what} ({where})"
    )


def _of_modes(case: _Case) -> Iterator[Change]:
    """Yield which import mode and which dedup mode would let the person in."""
    row, run, both = case.row, case.run, ImportMode.CREATE_AND_UPDATE
    if row["in_campaign"]:
        if run["import_mode"] == ImportMode.CREATE_ONLY:
            yield Change(Act.SET, f"say `--import-mode {both}`", {"import_mode": both})
        return
    if run["import_mode"] == ImportMode.UPDATE_ONLY:
        yield Change(Act.SET, f"say `--import-mode {both}`", {"import_mode": both})
    if row[f"blocked_by_{run['dedup']}"]:
        mode = DedupMode.CAMPAIGN if row["active_elsewhere"] else DedupMode.ACTIVE
        yield Change(Act.SET, f"say `--dedup {mode}`", {"dedup": mode})


# ------------------------------------------------------------------------------------------------------- as a sentence


def _remedy(case: _Case, changes: Sequence[Change], promised: Outcome | None) -> str:
    if not changes:
        return "Nothing holds it back."
    sentences = (_nobody_lost(case, changes), _told(changes), _then(case, promised), *_cautions(case, changes))
    return " ".join(sentence for sentence in sentences if sentence)


def _told(changes: Sequence[Change]) -> str:
    if len(changes) == 1:
        return f"To let it pass, {changes[0].words}."
    listed = "; ".join(f"({number}) {change.words}" for number, change in enumerate(changes, start=1))
    return f"No single change helps, it takes {'both' if len(changes) == 2 else f'all {len(changes)}'}: {listed}."


def _then(case: _Case, promised: Outcome | None) -> str:
    if promised is None:
        return "It is then looked up and decided like any other row."
    because = f": {_because(case)}" if _because(case) else ""
    return f"It would then be {_DONE[promised]}{because}."


def _because(case: _Case) -> str:
    """Say what the row's person is elsewhere, which then does not hold it back any more."""
    if case.row["in_campaign"]:
        return f"{case.run['campaign']} has its lead"
    if case.active:
        return f"it is in progress in {among(case.active)} all the same"
    ended = (f"its lead in {name} is {status}" for name, status in case.elsewhere)
    return among(list(ended))


def _nobody_lost(case: _Case, changes: Sequence[Change]) -> str:
    if case.row["reason"] != Reason.DUPLICATE_IN_LIST or len(changes) > 1:
        return ""
    if case.row["duplicate_of"] in case.rows_of_person:
        return f"Nobody is lost: row {case.row['duplicate_of']} goes forward."
    return (
        f"Row {case.row['duplicate_of']} has an address or profile that both carry, and only one row with it goes in."
    )


_OF_SUPPRESSION = frozenset({Act.EMPTY, Act.LIFT, Act.RELOAD, "suppress_statuses", "deleted", "cooldown"})
"""The acts and the settings that let somebody in who was suppressed."""


def _cautions(case: _Case, changes: Iterable[Change]) -> Iterator[str]:
    if any(change.act in _OF_SUPPRESSION or _OF_SUPPRESSION & set(change.settings) for change in changes):
        yield "Do so only if the person may be written to."
    if case.row["outcome"] == Outcome.IN_PROGRESS and case.active:
        ended = fitting(len(case.active), "has ended", "have ended")
        yield f"Better wait until its lead in {among(case.active)} {ended}, and load a new snapshot then."
