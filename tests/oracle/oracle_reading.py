"""The rules (docs/persons.md, docs/words.md, docs/suppression.md) read a second time: plain Python over a handful of rows, no engine, no shared code.

`decide` answers for a list what the program should answer. It is slow on purpose and follows their
sentences one by one; where they leave a choice, the function that makes it says which one it took.
Nothing in here may import leadsieve.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Identifier = tuple[str, str]
"""(kind, value); the kind is `email` or `linkedin`: a vanity key and a member key are two identifiers of one kind."""

DEDUP_MODES = ("campaign", "active", "workspace")
IMPORT_MODES = ("create-only", "create-and-update", "update-only")
IDENTIFYING_EMAIL = ("valid", "repaired")
IDENTIFYING_LINKEDIN = ("person_vanity", "person_opaque")
NOT_A_PROFILE = ("non_person", "shortlink", "invalid")
NAMES = ("firstName", "lastName")
ROLE_WORDS = frozenset({"info", "sales", "contact", "support", "admin"})
BRAKE = 3
ROLE_BRAKE = 1
EMPTY_STATUS = "(empty)"
STATUS_WORDS = {
    "inprogress": "inProgress",
    "running": "inProgress",
    "paused": "paused",
    "reviewed": "reviewed",
    "scheduled": "scheduled",
    "review": "review",
    "scanning": "scanning",
    "done": "done",
    "interested": "interested",
    "notinterested": "notInterested",
    "unsubscribed": "unsubscribed",
}
ENDED = ("done", "interested", "notInterested", "unsubscribed")
SUPPRESSION_ORDER = ("unsubscribed", "do_not_contact", "bounced", "suppressed_domain", "deleted_earlier", "cooldown")
DAY_OF_LOAD = {-1: -17, 0: 0, 1: 30, 2: 61}
"""The day of each load: of the past that came before all others, and of the three as-of times."""


@dataclass(frozen=True)
class Row:
    """One readable record of the list; `email` of a `multiple` cell is joined by `;`, keys are canonical."""

    email_status: str = "empty"
    email: str | None = None
    linkedin_status: str = "empty"
    linkedin_key: str | None = None
    linkedin_writable: bool = False
    member_key: str | None = None
    member_writable: bool = False
    source: str = "leads"
    phone: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    list_says: str | None = None


@dataclass(frozen=True)
class Campaign:
    """A campaign of the snapshot with its own as-of time, later is newer."""

    name: str
    id: str = ""
    owner: str = ""
    archived: bool = False
    as_of: int = 0


@dataclass(frozen=True)
class Membership:
    """One lead in one campaign; every address of `emails` and every key of `linkedin_keys` identifies."""

    campaign: str
    status: str = "inProgress"
    is_paused: bool = False
    last_state: str = ""
    emails: tuple[str, ...] = ()
    linkedin_keys: tuple[str, ...] = ()
    owner: str = ""
    source: str = ""
    lead_id: str = ""


@dataclass(frozen=True)
class Suppressed:
    """One entry of the suppression; `value` of kind `email` may hold several addresses joined by `;`."""

    kind: str
    value: str
    reason: str = "do_not_contact"


@dataclass(frozen=True)
class Settings:
    """What a run was told; `statuses` overrides the class (`active`, `ended`) of a status word."""

    campaign: str
    dedup: str = "active"
    import_mode: str = "create-only"
    keep: str = "first"
    fill: str = "identifiers"
    required: tuple[str, ...] = ()
    invalid_email: str = "fail"
    multiple_emails: str = "fail"
    storage_campaigns: tuple[str, ...] = ()
    archived: str = "count"
    statuses: Mapping[str, str] = field(default_factory=dict)
    suppress_statuses: tuple[str, ...] = ("unsubscribed",)
    deleted: str = "warn"
    crm_sources: tuple[str, ...] = ()
    cooldown: int = 0
    role_words: frozenset[str] = ROLE_WORDS


Conflict = tuple[str, str, str]
"""(campaign, status in the words of docs/words.md, matched_on)."""


@dataclass(frozen=True)
class Decision:
    """What the rules say of one row.

    `conflicts` is sorted and keeps repeats. `conflict_ties` holds every conflict that weighs as much as the one named:
    the rules do not say which of several memberships in one campaign is named. The warnings of a failed row are
    left empty, the rules say nothing of them.
    """

    person: Hashable
    outcome: str
    reason: str
    duplicate_of: int | None = None
    in_campaign: bool | None = None
    active_elsewhere: bool | None = None
    in_workspace: bool | None = None
    blocked_by_campaign: bool | None = None
    blocked_by_active: bool | None = None
    blocked_by_workspace: bool | None = None
    matched_on: str | None = None
    conflict_campaign: str | None = None
    conflict_status: str | None = None
    conflicts: tuple[Conflict, ...] = ()
    conflict_ties: frozenset[Conflict] = frozenset()
    suppressed_reason: str | None = None
    warnings: frozenset[str] = frozenset()
    filled: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------------------------------------- identity


def usable_email(row: Row, settings: Settings) -> str | None:
    """Return the address that identifies the row; a `multiple` cell gives one only when its first is taken."""
    if row.email_status in IDENTIFYING_EMAIL:
        return row.email
    if row.email_status == "multiple" and settings.multiple_emails == "first":
        return (row.email or "").split(";")[0]
    return None


def usable_linkedin(row: Row) -> str | None:
    return row.linkedin_key if row.linkedin_status in IDENTIFYING_LINKEDIN else None


def row_identifiers(row: Row, settings: Settings) -> list[Identifier]:
    """Return what identifies the row, its email before its profiles."""
    found = [
        ("email", usable_email(row, settings)),
        ("linkedin", usable_linkedin(row)),
        ("linkedin", row.member_key),
    ]
    return [(kind, value) for kind, value in found if value]


def membership_identifiers(membership: Membership) -> list[Identifier]:
    return [("email", e) for e in membership.emails] + [("linkedin", k) for k in membership.linkedin_keys]


def is_role(identifier: Identifier, settings: Settings) -> bool:
    kind, value = identifier
    return kind == "email" and value.split("@")[0] in settings.role_words


def shared_identifiers(records: Sequence[Sequence[Identifier]], settings: Settings) -> set[Identifier]:
    """Return what stands beside too many different identifiers of the other kind, counted over all records at once."""
    beside: dict[Identifier, set[Identifier]] = {}
    for record in records:
        for one in record:
            beside.setdefault(one, set()).update(other for other in record if other[0] != one[0])
    return {one for one, others in beside.items() if len(others) > (ROLE_BRAKE if is_role(one, settings) else BRAKE)}


def linked(records: Sequence[Sequence[Identifier]], shared: set[Identifier]) -> dict[Identifier, set[Identifier]]:
    """Return for each identifier those that share a record with it; a shared one has no links."""
    links: dict[Identifier, set[Identifier]] = {}
    for record in records:
        free = [one for one in record if one not in shared]
        for one in record:
            links.setdefault(one, set()).update(free if one in free else ())
    return links


def components(records: Sequence[Sequence[Identifier]], shared: set[Identifier]) -> dict[Identifier, set[Identifier]]:
    """Return for each identifier the connected component it lies in."""
    links = linked(records, shared)
    component_of: dict[Identifier, set[Identifier]] = {}
    for start in links:
        if start in component_of:
            continue
        members, open_ends = {start}, [start]
        while open_ends:
            for other in links[open_ends.pop()] - members:
                members.add(other)
                open_ends.append(other)
        component_of.update(dict.fromkeys(members, members))
    return component_of


def home(identifiers: Sequence[Identifier], shared: set[Identifier]) -> Identifier:
    """Return the identifier whose person the row is: a linking one, else its email, else its profile."""
    return next((one for one in identifiers if one not in shared), identifiers[0])


@dataclass
class Person:
    """A component with the rows (positions from 0) that belong to it.

    `reach` is what its rows match memberships and suppressions by: the component, and the shared identifiers that
    stand on its own rows, no further.
    """

    key: Identifier
    component: set[Identifier]
    aliases: Mapping[Identifier, set[Identifier]]
    rows: list[int] = field(default_factory=list)
    reach: set[Identifier] = field(default_factory=set)

    def has_conflict(self) -> bool:
        """Two emails and two profiles or more, in the component alone, or a slug with two member numbers.

        A slug and a member number that stand in one record are two names of one profile.
        """
        emails = sum(kind == "email" for kind, _ in self.component)
        profiles = {frozenset(self.aliases[one]) for one in self.component if one[0] == "linkedin"}
        numbers = {profile: sum(value.startswith("urn:") for _, value in profile) for profile in profiles}
        count = sum(max(n, len(profile) - n) for profile, n in numbers.items())
        return (emails > 1 and count > 1) or any(n > 1 and len(profile) > n for profile, n in numbers.items())


def gather(
    identifiers: Mapping[int, Sequence[Identifier]],
    component_of: Mapping[Identifier, set[Identifier]],
    aliases: Mapping[Identifier, set[Identifier]],
    shared: set[Identifier],
) -> list[Person]:
    """Return the persons of the list in the order of their first rows."""
    persons: dict[Identifier, Person] = {}
    for row, ids in identifiers.items():
        component = component_of[home(ids, shared)]
        key = min(component)
        person = persons.setdefault(key, Person(key, component, aliases, reach=set(component)))
        person.rows.append(row)
        person.reach |= set(ids)
    return list(persons.values())


# ------------------------------------------------------------------------------------------ going forward


@dataclass
class Forward:
    """Which row went forward for which person, and which row took which shared identifier."""

    row_of_person: dict[Identifier, int] = field(default_factory=dict)
    row_of_shared: dict[Identifier, int] = field(default_factory=dict)

    def offer(self, row: int, person: Person, own_shared: Sequence[Identifier]) -> None:
        """Let the row go forward unless its person or a shared identifier of its own already has."""
        if person.key in self.row_of_person or any(one in self.row_of_shared for one in own_shared):
            return
        self.row_of_person[person.key] = row
        self.row_of_shared.update(dict.fromkeys(own_shared, row))

    def in_place_of(self, row: int, person: Person, own_shared: Sequence[Identifier]) -> int | None:
        """Return the row that goes forward instead; of several takers, that of the email before the profile's."""
        winner = self.row_of_person.get(person.key)
        if winner is None:
            winner = next(self.row_of_shared[one] for one in own_shared if one in self.row_of_shared)
        return None if winner == row else winner


def fullness(row: Row, settings: Settings) -> int:
    """Count the filled fields; a cell that identifies nobody or that cannot be written is none."""
    cells = [usable_email(row, settings), writable_linkedin(row), writable_member(row), row.phone]
    return sum(bool(cell) for cell in [*cells, *row.fields.values()])


def go_forward(
    rows: Sequence[Row], persons: Sequence[Person], own_shared: Mapping[int, Sequence[Identifier]], settings: Settings
) -> Forward:
    forward = Forward()
    for row, person in turns(rows, persons, settings):
        forward.offer(row, person, own_shared[row])
    return forward


def turns(rows: Sequence[Row], persons: Sequence[Person], settings: Settings) -> list[tuple[int, Person]]:
    """Return rows in the order in which they are tried: list order, or person by person with the fullest first."""
    if settings.keep == "first":
        return sorted(((row, person) for person in persons for row in person.rows), key=lambda turn: turn[0])
    return [
        (row, person)
        for person in persons
        for row in sorted(person.rows, key=lambda row: (-fullness(rows[row], settings), row))
    ]


# ------------------------------------------------------------------------------------------------ filling


def writable_linkedin(row: Row) -> str | None:
    return usable_linkedin(row) if row.linkedin_writable else None


def writable_member(row: Row) -> str | None:
    return row.member_key if row.member_writable else None


@dataclass(frozen=True)
class Slot:
    """One cell that may be filled: what stands in it, what of it can be written, and its kind if it identifies."""

    name: str
    stands: Callable[[Row], str | None]
    writes: Callable[[Row], str | None]
    kind: str | None = None


def plain(name: str) -> Slot:
    return Slot(name, lambda row: row.fields.get(name), lambda row: row.fields.get(name))


def slots(rows: Sequence[Row], settings: Settings) -> list[Slot]:
    """Return the cells that the fill setting is about; names are first and last name, companies are not persons."""
    email = Slot("email", lambda row: usable_email(row, settings), lambda row: usable_email(row, settings), "email")
    linkedin = Slot("linkedin", usable_linkedin, writable_linkedin, "linkedin")
    member = Slot("member", lambda row: row.member_key, writable_member, "linkedin")
    identifying = [email, linkedin, member, *map(plain, NAMES)]
    others = sorted({name for row in rows for name in row.fields} - set(NAMES))
    phone = Slot("phone", lambda row: row.phone, lambda row: row.phone)
    return {"none": [], "identifiers": identifying, "all": [*identifying, phone, *map(plain, others)]}[settings.fill]


def filled(
    rows: Sequence[Row], winner: int, person: Person, shared: set[Identifier], settings: Settings
) -> dict[str, str]:
    """Return what the row takes from its person's others: they agree first, then a shared value is not taken."""
    others = [rows[row] for row in person.rows if row != winner]
    taken = {}
    for slot in slots(rows, settings):
        values = {slot.stands(other) for other in others} - {None, ""}
        writable = {slot.writes(other) for other in others}
        if slot.stands(rows[winner]) or len(values) != 1 or not values <= writable:
            continue
        value = values.pop()
        if (slot.kind, value) not in shared:
            taken[slot.name] = value
    return taken


# ------------------------------------------------------------------------------- statuses and marks


def status_word(membership: Membership) -> str:
    """Return the status in the words of docs/words.md; `isPaused` wins over whatever the status column says."""
    if membership.is_paused:
        return "paused"
    said = membership.status.strip()
    return STATUS_WORDS.get(said.lower(), said) or EMPTY_STATUS


def is_active(word: str, settings: Settings) -> bool:
    """Everything that nobody has classified as ended is active; the team's own table goes first."""
    own = {name.strip().lower(): kind for name, kind in settings.statuses.items()}
    return own.get(word.lower(), "ended" if word in ENDED else "active") == "active"


def target_names(campaigns: Sequence[Campaign], settings: Settings) -> set[str]:
    """Return NAME and its parts; a campaign may be given by its id."""
    by_id = {campaign.id: campaign.name for campaign in campaigns if campaign.id}
    name = by_id.get(settings.campaign, settings.campaign)
    parts = {campaign.name for campaign in campaigns if is_part(campaign.name, name)}
    return {name, *parts}


def is_part(candidate: str, name: str) -> bool:
    found = re.fullmatch(re.escape(name) + r" #([1-9]\d*)", candidate)
    return found is not None and int(found[1]) > 1


def marking_campaigns(campaigns: Sequence[Campaign], targets: set[str], settings: Settings) -> set[str]:
    """Return the campaigns that take part in marks and conflicts; the target always counts, also as a storage."""
    return targets | {
        campaign.name
        for campaign in campaigns
        if campaign.name not in settings.storage_campaigns and not (campaign.archived and settings.archived == "ignore")
    }


@dataclass(frozen=True)
class Facts:
    """What the workspace knows of a person: the memberships that count, with their words, and the marks from them."""

    counted: tuple[tuple[Membership, str], ...]
    in_campaign: bool
    active_elsewhere: bool
    in_workspace: bool

    def blocked(self, dedup: str) -> bool:
        return {
            "campaign": self.in_campaign,
            "active": self.in_campaign or self.active_elsewhere,
            "workspace": self.in_workspace,
        }[dedup]


def read_facts(known: Iterable[Membership], targets: set[str], counting: set[str], settings: Settings) -> Facts:
    counted = tuple((membership, status_word(membership)) for membership in known if membership.campaign in counting)
    return Facts(
        counted,
        in_campaign=any(membership.campaign in targets for membership, _ in counted),
        active_elsewhere=any(m.campaign not in targets and is_active(word, settings) for m, word in counted),
        in_workspace=bool(counted),
    )


def matched_on(own: Iterable[Identifier], membership: Membership) -> str:
    """Return by which of the row's own identifiers it carries the membership's, `link` when by none."""
    kinds = {kind for kind, _ in set(own) & set(membership_identifiers(membership))}
    if len(kinds) > 1:
        return "both"
    return kinds.pop() if kinds else "link"


# ------------------------------------------------------------------------------------------- suppression


def entry_holds(entry: Suppressed, person: Person, phones: set[str]) -> bool:
    emails = {value for kind, value in person.reach if kind == "email"}
    profiles = {value for kind, value in person.reach if kind == "linkedin"}
    if entry.kind == "email":
        return bool(emails & {address.strip() for address in entry.value.split(";")})
    if entry.kind == "domain":
        domain = entry.value.lstrip("@")
        return any(email.split("@")[1] == domain or email.endswith("." + domain) for email in emails)
    return entry.value in (profiles if entry.kind == "linkedin" else phones)


def suppression_reasons(
    person: Person,
    rows: Sequence[Row],
    known: Iterable[Membership],
    suppressed: Iterable[Suppressed],
    settings: Settings,
) -> set[str]:
    """Return all reasons that hold for the person; an entry for a domain always gives `suppressed_domain`."""
    own = [rows[row] for row in person.rows]
    phones = {row.phone for row in own if row.phone}
    held = [entry for entry in suppressed if entry_holds(entry, person, phones)]
    reasons = {"suppressed_domain" if entry.kind == "domain" else entry.reason for entry in held}
    reasons |= {row.list_says for row in own if row.list_says}
    for membership in known:
        reasons |= membership_reasons(membership, settings)
    return reasons


def membership_reasons(membership: Membership, settings: Settings) -> set[str]:
    """Return why a membership suppresses, wherever it is; pausing a lead does not take back that its person said no."""
    reasons = set()
    if membership.last_state.strip().lower() == "emailsbounced":
        reasons.add("bounced")
    if membership.status.strip().lower() == "unsubscribed" and "unsubscribed" in settings.suppress_statuses:
        reasons.add("unsubscribed")
    return reasons


# ------------------------------------------------------------------------------------------------------- the past


def is_there(past: Membership, other: Membership, settings: Settings) -> bool:
    """Whether a lead is seen in another membership; colleagues in one campaign are told apart by their ids."""
    common = set(membership_identifiers(past)) & set(membership_identifiers(other))
    if other.campaign == past.campaign:
        common = {one for one in common if not is_role(one, settings)}
    return bool(common) or past.lead_id == other.lead_id


def is_put_back(past: Membership, other: Membership, settings: Settings) -> bool:
    common = set(membership_identifiers(past)) & set(membership_identifiers(other))
    return any(not is_role(one, settings) for one in common) or past.lead_id == other.lead_id


def deleted_leads(
    past: Sequence[Membership], memberships: Sequence[Membership], campaigns: Sequence[Campaign], settings: Settings
) -> list[Membership]:
    """Return the past leads that the load of their campaign missed, and that no later load put back."""
    as_of = {campaign.name: campaign.as_of for campaign in campaigns}
    found = []
    for lead in past:
        load = as_of[lead.campaign]
        current = [m for m in memberships if as_of[m.campaign] <= load] + [m for m in past if as_of[m.campaign] > load]
        later = [m for m in memberships if as_of[m.campaign] > load]
        left = is_active(status_word(lead), settings) and not any(is_there(lead, m, settings) for m in current)
        if left and not any(is_put_back(lead, m, settings) for m in later):
            found.append(lead)
    return found


def cools_down(world: "World", person: Person, memberships: Sequence[Membership]) -> bool:
    """Whether a lead of the person ended in some campaign less than the cooldown before the newest load."""
    settings, newest = world.settings, max(campaign.as_of for campaign in world.campaigns.values())
    outreach = {name for name in world.campaigns if name in world.targets or name not in settings.storage_campaigns}
    own = [m for m in (*world.past, *memberships) if person.reach & set(membership_identifiers(m))]
    for campaign, lead in {(m.campaign, m.lead_id) for m in own if m.campaign in outreach}:
        shown = [(-1, m) for m in world.past] + [(world.campaigns[m.campaign].as_of, m) for m in memberships]
        told = {load: m for load, m in shown if (m.campaign, m.lead_id) == (campaign, lead)}
        ended = [load for load, m in sorted(told.items()) if not is_active(status_word(m), settings)]
        if max(told) not in ended:
            continue
        since = min(ended) if len(ended) == len(told) else max(ended)
        if DAY_OF_LOAD[newest] - DAY_OF_LOAD[since] < settings.cooldown:
            return True
    return False


# ----------------------------------------------------------------------------------------------- outcomes


def failure(row: Row, settings: Settings) -> str | None:
    """Return the reason of gates 2 to 4, the first that applies, or None."""
    if row.email_status == "invalid" and settings.invalid_email != "drop":
        return "invalid_email"
    if row.email_status == "multiple" and settings.multiple_emails != "first":
        return "multiple_emails"
    if any(not cell(row, name, settings) for name in settings.required):
        return "missing_required_field"
    if not (usable_email(row, settings) or writable_linkedin(row) or writable_member(row)):
        return "no_identifier"
    return None


def cell(row: Row, name: str, settings: Settings) -> str | None:
    """Return what a required field finds in the row; for an identifier, what could be imported."""
    special = {
        "email": usable_email(row, settings),
        "linkedinUrl": writable_linkedin(row),
        "linkedinUrlSalesNav": writable_member(row),
        "phone": row.phone,
    }
    return special[name] if name in special else row.fields.get(name)


def gate(facts: Facts, dedup: str, import_mode: str) -> tuple[str, str]:
    """Return outcome and reason by gates 7 to 12."""
    if facts.in_campaign:
        return ("duplicate" if import_mode == "create-only" else "update"), "in_campaign"
    if import_mode == "update-only":
        return "skipped", "not_in_campaign"
    if dedup == "active" and facts.active_elsewhere:
        return "in_progress", "active_in_other_campaign"
    if dedup == "workspace" and facts.in_workspace:
        return "duplicate", "in_other_campaign"
    if not facts.in_workspace:
        return "create", "new"
    return "create", ("active_elsewhere" if facts.active_elsewhere else "re_engage")


def outcome_of(
    facts: Facts, replaced_by: int | None, suppressed_reason: str | None, dedup: str, import_mode: str
) -> tuple[str, str]:
    """Return outcome and reason by gates 5 to 12."""
    if replaced_by is not None:
        return "duplicate", "duplicate_in_list"
    if suppressed_reason is not None:
        return "suppressed", suppressed_reason
    return gate(facts, dedup, import_mode)


def row_warnings(
    row: Row, person: Person, facts: Facts, own_shared: Sequence[Identifier], *, is_deleted: bool
) -> frozenset[str]:
    holds = {
        "deleted_earlier": is_deleted,
        "active_elsewhere": facts.active_elsewhere,
        "identity_conflict": person.has_conflict(),
        "linkedin_not_a_profile": row.linkedin_status in NOT_A_PROFILE,
        "shared_identifier": bool(own_shared),
    }
    return frozenset(warning for warning, applies in holds.items() if applies)


# ------------------------------------------------------------------------------------------------------ all together


@dataclass(frozen=True)
class World:
    """Everything that one reading works out before it looks at single rows."""

    rows: Sequence[Row]
    settings: Settings
    campaigns: Mapping[str, Campaign]
    targets: set[str]
    identifiers: Mapping[int, Sequence[Identifier]]
    shared: set[Identifier]
    forward: Forward
    past: Sequence[Membership]
    deleted: Sequence[Membership]

    def own_shared(self, row: int) -> list[Identifier]:
        return [one for one in self.identifiers[row] if one in self.shared]


def decide(
    rows: Sequence[Row],
    campaigns: Sequence[Campaign],
    memberships: Sequence[Membership],
    suppressed: Sequence[Suppressed],
    settings: Settings,
    past: Sequence[Membership] = (),
) -> list[Decision]:
    """Return what the rules say of every row of the list, in list order; `past` is who an earlier load showed."""
    failures = {row: failure(record, settings) for row, record in enumerate(rows)}
    identifiers = {row: row_identifiers(rows[row], settings) for row, reason in failures.items() if reason is None}
    records = [*identifiers.values(), *map(membership_identifiers, memberships)]
    shared = shared_identifiers(records, settings)
    profiles = [[one for one in record if one[0] == "linkedin"] for record in records]
    persons = gather(identifiers, components(records, shared), components(profiles, shared), shared)
    own_shared = {row: [one for one in ids if one in shared] for row, ids in identifiers.items()}
    forward = go_forward(rows, persons, own_shared, settings)
    by_name = {campaign.name: campaign for campaign in campaigns}
    deleted = deleted_leads(past, memberships, campaigns, settings)
    targets = target_names(campaigns, settings)
    world = World(rows, settings, by_name, targets, identifiers, shared, forward, past, deleted)
    decisions = {row: Decision(None, "failed", reason) for row, reason in failures.items() if reason is not None}
    for person in persons:
        decisions.update(decide_person(world, person, memberships, suppressed))
    return [decisions[row] for row in range(len(rows))]


def decide_person(
    world: World, person: Person, memberships: Sequence[Membership], suppressed: Sequence[Suppressed]
) -> dict[int, Decision]:
    known = [m for m in memberships if person.reach & set(membership_identifiers(m))]
    counting = marking_campaigns(list(world.campaigns.values()), world.targets, world.settings)
    facts = read_facts(known, world.targets, counting, world.settings)
    reasons = suppression_reasons(person, world.rows, known, suppressed, world.settings)
    is_deleted = not known and any(person.reach & set(membership_identifiers(lead)) for lead in world.deleted)
    is_held = is_deleted and holds_deleted(world, person)
    reasons |= {"deleted_earlier"} if is_held else set()
    reasons |= {"cooldown"} if world.settings.cooldown and cools_down(world, person, memberships) else set()
    first = next((reason for reason in SUPPRESSION_ORDER if reason in reasons), None)
    is_warned = is_deleted and not is_held and world.settings.deleted == "warn"
    return {row: decide_row(world, row, person, facts, first, is_deleted=is_warned) for row in person.rows}


def holds_deleted(world: World, person: Person) -> bool:
    """Whether a deletion suppresses: by the setting, or by the source of the row that goes forward."""
    forward = (row for row in person.rows if world.forward.in_place_of(row, person, world.own_shared(row)) is None)
    fed = any(world.rows[row].source in world.settings.crm_sources for row in forward)
    return world.settings.deleted == "suppress" or (fed and world.settings.deleted == "warn")


def decide_row(
    world: World, row: int, person: Person, facts: Facts, suppressed_reason: str | None, *, is_deleted: bool
) -> Decision:
    settings = world.settings
    replaced_by = world.forward.in_place_of(row, person, world.own_shared(row))
    outcomes = {
        dedup: outcome_of(facts, replaced_by, suppressed_reason, dedup, settings.import_mode) for dedup in DEDUP_MODES
    }
    outcome, reason = outcomes[settings.dedup]
    return Decision(
        person=person.key,
        outcome=outcome,
        reason=reason,
        duplicate_of=None if replaced_by is None else replaced_by + 1,
        in_campaign=facts.in_campaign,
        active_elsewhere=facts.active_elsewhere,
        in_workspace=facts.in_workspace,
        blocked_by_campaign=facts.blocked("campaign"),
        blocked_by_active=facts.blocked("active"),
        blocked_by_workspace=facts.blocked("workspace"),
        suppressed_reason=suppressed_reason,
        warnings=row_warnings(world.rows[row], person, facts, world.own_shared(row), is_deleted=is_deleted),
        filled=filled(world.rows, row, person, world.shared, settings) if replaced_by is None else {},
        modes={dedup: outcome for dedup, (outcome, _) in outcomes.items()},
        **evidence(world, row, facts),
    )


def evidence(world: World, row: int, facts: Facts) -> dict[str, object]:
    """Return the conflicts of a row and the one that weighs most, with all that weigh as much."""
    own = world.identifiers[row]
    weighed = [
        (weight(world, membership, word), (membership.campaign, word, matched_on(own, membership)))
        for membership, word in facts.counted
    ]
    if not weighed:
        return {}
    heaviest = min(heaviness for heaviness, _ in weighed)
    ties = [conflict for heaviness, conflict in weighed if heaviness == heaviest]
    campaign, status, matched = ties[0]
    return {
        "conflicts": tuple(sorted(conflict for _, conflict in weighed)),
        "conflict_ties": frozenset(ties),
        "conflict_campaign": campaign,
        "conflict_status": status,
        "matched_on": matched,
    }


def weight(world: World, membership: Membership, word: str) -> tuple[int, int, str]:
    """Return the sort key of a conflict: active elsewhere, target, ended elsewhere; newest as-of; campaign's name."""
    elsewhere = 0 if is_active(word, world.settings) else 2
    rank = 1 if membership.campaign in world.targets else elsewhere
    return rank, -world.campaigns[membership.campaign].as_of, membership.campaign
