"""Why a row got its outcome: the gates one by one, and the least change that would let it pass."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from leadsieve.identity import parse_email
from leadsieve.schema import LEDGER_NAMES
from leadsieve.words import DedupMode, ImportMode, Keep, Outcome, Reason

_GATES: tuple[tuple[str, tuple[Reason, ...]], ...] = (
    ("The row can be read as a record", (Reason.UNREADABLE_ROW,)),
    ("The email is not broken, and only one", (Reason.INVALID_EMAIL, Reason.MULTIPLE_EMAILS)),
    ("No required field is empty", (Reason.MISSING_REQUIRED_FIELD,)),
    ("There is an email or a LinkedIn profile that can be written", (Reason.NO_IDENTIFIER,)),
    ("No other row goes forward in its place", (Reason.DUPLICATE_IN_LIST,)),
    (
        "The person is not suppressed",
        (Reason.UNSUBSCRIBED, Reason.DO_NOT_CONTACT, Reason.BOUNCED, Reason.SUPPRESSED_DOMAIN),
    ),
    ("The person is not in the target", (Reason.IN_CAMPAIGN,)),
    ("The import mode may create leads", (Reason.NOT_IN_CAMPAIGN,)),
    ("The dedup mode allows the person's other campaigns", (Reason.ACTIVE_IN_OTHER_CAMPAIGN, Reason.IN_OTHER_CAMPAIGN)),
)
"""What every gate asks, in order, and the reasons it gives when the answer is no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why one row got its outcome.

    `gates` are (question, passed) up to the one that decided. `settings` are the options of a run that the remedy names.
    """

    row: int
    place: str
    outcome: str
    reason: str
    gates: tuple[tuple[str, bool], ...]
    evidence: tuple[str, ...]
    remedy: str
    settings: Mapping[str, Any]

    def __str__(self) -> str:
        gates = "\n".join(f"  {'✓' if passed else '✗'} {question}" for question, passed in self.gates)
        evidence = "".join(f"\n  {line}" for line in self.evidence)
        return f"Row {self.row} ({self.place}): {self.outcome}, {self.reason}\n{gates}{evidence}\n{self.remedy}"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


@dataclass(frozen=True, slots=True)
class _Change:
    """One thing to change, as words that an imperative sentence is made of, and the options of a run that do it."""

    words: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def explain(row: Mapping[str, Any], run: Mapping[str, Any], policy: Mapping[str, Any]) -> Explanation:
    """Explain a ledger row; `run` is the run's summary, `policy` its settings as plain values."""
    changes = list(_changes(row, run, policy))
    return Explanation(
        row=row["row"],
        place=f"{row['file']}, line {row['line']}",
        outcome=row["outcome"],
        reason=row["reason"],
        gates=tuple(_gates(row)),
        evidence=tuple(_evidence(row)),
        remedy=_remedy(row, changes),
        settings={name: value for change in changes for name, value in change.settings.items()},
    )


def _gates(row: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for question, reasons in _GATES:
        # A row that is updated has passed the gate whose name it bears.
        decided = row["reason"] in reasons and row["outcome"] != Outcome.UPDATE
        yield question, not decided
        if decided or (row["outcome"] == Outcome.UPDATE and row["reason"] in reasons):
            return


def _evidence(row: Mapping[str, Any]) -> Iterator[str]:
    if row["duplicate_of"] is not None:
        yield f"Row {row['duplicate_of']} goes forward in its place."
    if row["suppressed_by"] is not None:
        yield f"Suppressed by: {row['suppressed_by']}."
    for conflict in row["conflicts"] or []:
        owner = f", owner {conflict['owner']}" if conflict["owner"] else ""
        yield f"In {conflict['campaign']}: {conflict['status']}{owner} (matched on {conflict['matched_on']})."
    if meant := parse_email(row["email_raw"]).suggestion:
        yield f"The email looks misspelt: perhaps {meant} is meant."
    if row["warnings"]:
        yield f"Warnings: {', '.join(row['warnings'])}."


def _remedy(row: Mapping[str, Any], changes: list[_Change]) -> str:
    if not changes:
        return "Nothing holds it back."
    told = "To let it pass: " + ", and ".join(change.words for change in changes) + "."
    if row["outcome"] == Outcome.SUPPRESSED:
        return f"{told} Do so only if the person may be written to; whatever else suppresses them stays."
    if row["reason"] == Reason.DUPLICATE_IN_LIST and len(changes) == 1:
        return f"Nobody is lost: row {row['duplicate_of']} goes forward. {told}"
    return told


def _changes(row: Mapping[str, Any], run: Mapping[str, Any], policy: Mapping[str, Any]) -> Iterator[_Change]:
    """Yield what has to change so that the row passes every gate, in the gates' order.

    Of a failed row nothing is known but its fault; of any other all that the later gates ask.
    """
    if row["outcome"] in {Outcome.CREATE, Outcome.UPDATE}:
        return
    if row["outcome"] == Outcome.FAILED:
        yield _of_failed(row, policy)
        return
    if row["reason"] == Reason.DUPLICATE_IN_LIST:
        yield _of_duplicate(policy)
    if row["suppressed_by"] is not None:
        yield _of_suppressed(row)
    yield from _of_modes(row, run)


def _of_failed(row: Mapping[str, Any], policy: Mapping[str, Any]) -> _Change:
    reason = row["reason"]
    if reason == Reason.UNREADABLE_ROW:
        return _Change("mend the line (failed.csv has its text) and run the list again")
    if reason == Reason.INVALID_EMAIL and _has_profile(row):
        return _Change(
            'correct the email, or set invalid_email = "drop" in the policy to go on with the LinkedIn profile',
            {"invalid_email": "drop"},
        )
    if reason == Reason.INVALID_EMAIL:
        return _Change("correct the email, or put a LinkedIn profile in its place")
    if reason == Reason.MULTIPLE_EMAILS:
        return _Change(
            'leave one email in the cell, or set multiple_emails = "first" in the policy', {"multiple_emails": "first"}
        )
    if reason == Reason.MISSING_REQUIRED_FIELD:
        return _of_missing(row, policy)
    number = "; the LinkedIn cell has a member number only, which cannot be written" if row["linkedin_key"] else ""
    return _Change(f"add an email or the address of a LinkedIn profile{number}")


def _has_profile(row: Mapping[str, Any]) -> bool:
    return row["linkedin_url"] is not None or row["linkedinUrlSalesNav"] is not None


def _of_missing(row: Mapping[str, Any], policy: Mapping[str, Any]) -> _Change:
    required = policy["required_fields"]
    empty = [name for name in required if row[LEDGER_NAMES.get(name, name)] is None]
    names = ", ".join(empty)
    left = tuple(name for name in required if name not in empty)
    return _Change(f"fill {names}, or take {names} out of required_fields in the policy", {"required_fields": left})


def _of_duplicate(policy: Mapping[str, Any]) -> _Change:
    """Return how this row goes forward: whoever is tried first does, of its person and of those that share with it."""
    if policy["keep"] == Keep.FIRST:
        return _Change("put this row at the top of the list, so that it is tried first")
    return _Change("put this row at the top of the list and say --keep first", {"keep": Keep.FIRST})


def _of_suppressed(row: Mapping[str, Any]) -> _Change:
    source = row["suppressed_by"]
    if source.startswith("list column "):
        column = source.removeprefix("list column ")
        return _Change(f"empty the cell in the column {column} of each of the person's rows")
    if source.startswith("campaign ") and source.lower().endswith(": emailsbounced"):
        return _Change("mend the address in lemlist, then export and load that campaign again")
    if source.startswith("campaign "):
        return _Change("set suppress_statuses = [] in the policy", {"suppress_statuses": ()})
    if row["reason"] == Reason.SUPPRESSED_DOMAIN:
        return _Change(f"lift the domain with `leadsieve suppress remove @{source.rpartition('@')[2]}`")
    return _Change("lift the entry with `leadsieve suppress remove VALUE`, its email, LinkedIn profile or phone")


def _of_modes(row: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[_Change]:
    """Yield which import mode and which dedup mode would let the person in."""
    both = ImportMode.CREATE_AND_UPDATE
    if row["in_campaign"]:
        if run["import_mode"] == ImportMode.CREATE_ONLY:
            yield _Change(
                f"say --import-mode {both}, which updates the lead that the campaign has", {"import_mode": both}
            )
        return
    if run["import_mode"] == ImportMode.UPDATE_ONLY:
        yield _Change(f"say --import-mode {both}", {"import_mode": both})
    if row[f"blocked_by_{run['dedup']}"]:
        mode = DedupMode.CAMPAIGN if row["active_elsewhere"] else DedupMode.ACTIVE
        yield _Change(f"say --dedup {mode}", {"dedup": mode})
