"""What a run must find, told from what is planted and from nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sowing.world import (
    ACTIVE_STATUSES,
    ARCHIVED,
    BOUNCED,
    CAMPAIGNS,
    LISTS,
    PART,
    STORAGE,
    TARGET,
    Membership,
    Person,
    Plant,
    Planted,
    Row,
    World,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """The three marks of a person, read off the planted memberships."""

    in_campaign: bool
    active_elsewhere: bool
    in_workspace: bool


def facts(person: Person, ignored: frozenset[str] = frozenset()) -> Facts:
    """Return the marks of a person, without the campaigns that a policy leaves out."""
    counted = [m for m in person.memberships if m.campaign not in ignored]
    elsewhere = [m for m in counted if m.campaign not in {TARGET, PART}]
    return Facts(len(elsewhere) < len(counted), any(m.status in ACTIVE_STATUSES for m in elsewhere), bool(counted))


UNKNOWN = Facts(in_campaign=False, active_elsewhere=False, in_workspace=False)
Decision = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """The settings of a run: its lists in order, the modes, the campaigns that the policy leaves out of the marks."""

    lists: tuple[str, ...] = tuple(LISTS)
    dedup: str = "active"
    mode: str = "create-only"
    ignored: frozenset[str] = frozenset()


DEFAULT = Run()


def gate(person: Person, run: Run) -> Decision:
    """Return outcome and reason of a person's row that goes forward: gates 6 to 12 on the planted truth."""
    told = person.told_by is None or person.told_by in run.lists
    known = facts(person, run.ignored) if told else UNKNOWN
    if told and person.held:
        return "suppressed", person.held
    if known.in_campaign:
        return ("duplicate" if run.mode == "create-only" else "update"), "in_campaign"
    if run.mode == "update-only":
        return "skipped", "not_in_campaign"
    if run.dedup == "active" and known.active_elsewhere:
        return "in_progress", "active_in_other_campaign"
    if run.dedup == "workspace" and known.in_workspace:
        return "duplicate", "in_other_campaign"
    if known.active_elsewhere:
        return "create", "active_elsewhere"
    return "create", "re_engage" if known.in_workspace else "new"


def decide(world: World, run: Run = DEFAULT) -> dict[Row, Decision]:
    """Return the decision on every row, in list order."""
    decisions: dict[Row, Decision] = {}
    gone: set[object] = set()
    for row in all_rows(world, run.lists):
        if row.failure:
            decisions[row] = ("failed", row.failure)
        elif gone & {row.person, row.shared} - {None}:
            decisions[row] = ("duplicate", "duplicate_in_list")
        else:
            gone |= {row.person, row.shared}
            decisions[row] = gate(row.person, run)
    return decisions


def all_rows(world: World, lists: Iterable[str] = tuple(LISTS)) -> Iterator[Row]:
    """Yield the rows of the lists in the order in which a run reads them."""
    for source in lists:
        yield from world.lists[source]


OUTCOMES = ("create", "update", "duplicate", "in_progress", "suppressed", "skipped", "failed")
DEDUP_MODES = ("campaign", "active", "workspace")
IMPORT_MODES = ("create-only", "create-and-update", "update-only")
VARIANTS = {
    f'storage_campaigns = ["{STORAGE}"]': frozenset({STORAGE}),
    'archived = "ignore"': frozenset({ARCHIVED}),
}


def outcome_counts(decisions: dict[Row, Decision]) -> dict[str, int]:
    """Return how many rows got each outcome, all seven present."""
    counted = Counter(outcome for outcome, _ in decisions.values())
    return {outcome: counted[outcome] for outcome in OUTCOMES}


def reason_counts(decisions: dict[Row, Decision]) -> dict[str, int]:
    """Return how many rows got each reason, those that occur."""
    return dict(sorted(Counter(reason for _, reason in decisions.values()).items()))


def alone(world: World, source: str) -> dict[str, Any]:
    """Return what a default run over one list alone must find."""
    decisions = decide(world, Run((source,)))
    return {
        "input_rows": len(decisions),
        "people": len({row.person for row in decisions if not row.failure}),
        "outcomes": outcome_counts(decisions),
        "reasons": reason_counts(decisions),
        "modes": {d: outcome_counts(decide(world, Run((source,), dedup=d))) for d in DEDUP_MODES},
    }


def mark_counts(rows: Iterable[Row]) -> dict[str, int]:
    """Return how many rows carry each of the six marks."""
    known = [facts(row.person) for row in rows]
    return {
        "in_campaign": sum(k.in_campaign for k in known),
        "active_elsewhere": sum(k.active_elsewhere for k in known),
        "in_workspace": sum(k.in_workspace for k in known),
        "blocked_by_campaign": sum(k.in_campaign for k in known),
        "blocked_by_active": sum(k.in_campaign or k.active_elsewhere for k in known),
        "blocked_by_workspace": sum(k.in_workspace for k in known),
    }


def source_counts(world: World, decisions: dict[Row, Decision]) -> list[dict[str, Any]]:
    """Return the figures of each source, as `summary.json` names them."""
    people = {source: {row.person for row in rows if not row.failure} for source, rows in world.lists.items()}
    seen = Counter(person for crowd in people.values() for person in crowd)
    return [source_figures(source, world.lists[source], people[source], seen, decisions) for source in LISTS]


def source_figures(
    source: str, rows: list[Row], people: set[Person], seen: Counter[Person], decisions: dict[Row, Decision]
) -> dict[str, Any]:
    """Return the figures of one source."""
    failed = sum(1 for row in rows if row.failure)
    valid = len(rows) - failed
    known = {person for person in people if person.memberships}
    return {
        "source": source,
        "rows": len(rows),
        "failed": failed,
        "valid": valid,
        "people": len(people),
        "repeats": valid - len(people),
        "known_people": len(known),
        "suppressed_people": sum(1 for person in people if person.held),
        "shared_people": sum(1 for person in people if seen[person] > 1),
        "exclusive_people": sum(1 for person in people if seen[person] == 1),
        "new_people": sum(1 for person in people - known if not person.held),
        "create": sum(1 for row in rows if decisions[row][0] == "create"),
        "duplicate_rate": round(1 - (len(people) - len(known)) / valid, 6),
    }


def warning_counts(world: World) -> dict[str, int]:
    """Return the warnings that a plant fixes: of rows that did not fail."""
    rows = [row for row in all_rows(world) if not row.failure]
    chained = {row.person for row in rows if "email2" in row.ties}
    return {
        "active_elsewhere": sum(facts(row.person).active_elsewhere for row in rows),
        "identity_conflict": sum(row.person in chained for row in rows),
        "shared_identifier": sum(row.shared is not None for row in rows),
    }


def workspace_counts(world: World) -> dict[str, Any]:
    """Return what loading the workspace must count."""
    by_campaign: dict[str, Counter[str]] = defaultdict(Counter)
    for membership in world.memberships:
        by_campaign[membership.campaign][membership.status] += 1
    return {
        "memberships": len(world.memberships),
        "campaigns": {c.name: dict(sorted(by_campaign[c.name].items())) for c in CAMPAIGNS},
        "without_email": sum(1 for m in world.memberships if not m.email),
        "bounced": sum(1 for m in world.memberships if m.last_state == BOUNCED),
    }


def suppression_counts(world: World) -> dict[str, int]:
    """Return how many entries of each kind `unsubscribes.csv` holds."""
    kinds = Counter(
        "domain" if value.startswith("@") else "email" if "@" in value else "linkedin"
        for value, _ in world.unsubscribes
    )
    return {"entries": len(world.unsubscribes), **dict(sorted(kinds.items()))}


def expectations(world: World, planted: Planted, *, ignored_lines: int) -> dict[str, Any]:
    """Return everything that `expected.json` says."""
    default = decide(world)
    valid = [row for row in default if not row.failure]
    matrix = {
        f"{d}/{m}": outcome_counts(decide(world, Run(dedup=d, mode=m))) for d in DEDUP_MODES for m in IMPORT_MODES
    }
    return {
        "campaign": TARGET,
        "lists": [f"{source}.csv" for source in LISTS],
        "input_rows": len(default),
        "ignored_lines": ignored_lines,
        "people": len({row.person for row in valid}),
        "outcomes": outcome_counts(default),
        "reasons": reason_counts(default),
        "marks": mark_counts(valid),
        "modes": {d: matrix[f"{d}/create-only"] for d in DEDUP_MODES},
        "settings": matrix,
        "variants": {says: outcome_counts(decide(world, Run(ignored=ignored))) for says, ignored in VARIANTS.items()},
        "alone": {f"{source}.csv": alone(world, source) for source in LISTS},
        "warnings": warning_counts(world),
        "sources": source_counts(world, default),
        "workspace": workspace_counts(world),
        "suppression": suppression_counts(world),
        "plants": {name: len(claimed) for name, claimed in planted.items()},
    }


def problems(world: World, plants: Sequence[Plant], planted: Planted) -> list[str]:
    """Return what is not clear-cut: a person in pieces, two people on one identifier, a claim that is not true."""
    found = [f"{lists}: a person's records do not hang together" for lists in in_pieces(world)]
    values = [p.email for p in world.people] + [p.slug for p in world.people]
    if len(values) > len(set(values)):
        found.append("two people carry one identifier")
    found += [f"{plant.name}: other outcomes than it claims" for plant in plants if not holds(world, plant, planted)]
    found += [
        f"{source}: too many rows are planted" for source, rows in world.lists.items() if len(rows) > LISTS[source]
    ]
    members = Counter(m.campaign for m in world.memberships)
    return found + [f"{c.name}: too many leads are planted" for c in CAMPAIGNS if members[c.name] > c.size]


def holds(world: World, plant: Plant, planted: Planted) -> bool:
    """Say whether each row, or the row that goes forward of each person, gets what the plant claims."""
    decisions = decide(world)
    forward = {row.person: d for row, d in decisions.items() if d[0] != "failed" and d[1] != "duplicate_in_list"}
    claimed = {decisions[item] if isinstance(item, Row) else forward[item] for item in planted[plant.name]}
    return claimed == {(plant.outcome, plant.reason)}


def in_pieces(world: World) -> Iterator[str]:
    """Yield for each run, over all lists or one alone, every person whose records nothing ties together."""
    for lists in (tuple(LISTS), *((source,) for source in LISTS)):
        grouped: dict[Person, list[Row]] = defaultdict(list)
        for row in all_rows(world, lists):
            if not row.failure and row.person.told_by in {None, *lists}:
                grouped[row.person].append(row)
        yield from (", ".join(lists) for person, rows in grouped.items() if not is_one_piece(person, rows))


def is_one_piece(person: Person, rows: list[Row]) -> bool:
    """Say whether all records of a person are connected by the identifiers that they carry."""
    pieces = [set(row.ties) for row in rows if row.ties] + [membership_ties(m) for m in person.memberships]
    joined = pieces.pop(0) if pieces else set()
    while near := [piece for piece in pieces if piece & joined]:
        joined = joined.union(*near)
        pieces = [piece for piece in pieces if piece not in near]
    return not pieces


def membership_ties(membership: Membership) -> set[str]:
    """Return which identifiers a membership carries."""
    profile = "member" if "/in/ACo" in membership.linkedin else "linkedin"
    return {kind for kind, cell in (("email", membership.email), (profile, membership.linkedin)) if cell}
