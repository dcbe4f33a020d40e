"""Random small lists and workspaces in which the rules collide, and the same as files that a user could have.

The pools are small, so that identifiers meet, chain and crowd. An `Example` holds canonical values only, for
`oracle_reading.decide`; `render` writes them in the spellings that people and tools use, which change no key.
All persons are invented.
"""

import base64
import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from oracle.oracle_reading import (
    DEDUP_MODES,
    IMPORT_MODES,
    Campaign,
    Membership,
    Row,
    Settings,
    Suppressed,
)

LIST_STEM = "leads"
SOURCE_COLUMN = "Source Tag"
TARGET = "Q4 Outreach"
STORAGE = "Cold Storage"
MOST_ROWS = 9
MOST_MEMBERSHIPS = 9
MOST_PAST = 6
PAST_AT = "2026-08-15T08:00:00Z"
TAKEN_AT = ("2026-09-01T08:00:00Z", "2026-10-01T08:00:00Z", "2026-11-01T08:00:00Z")

EMAILS = (
    "ann@alpha-tools.com",
    "bob@alpha-tools.com",
    "cara@mail.alpha-tools.com",
    "dan@beta-works.de",
    "eve@beta-works.de",
    "finn@gamma-labs.org",
    "gus@myalpha-tools.com",
    "hal@delta-freight.fr",
)
ROLES = ("info@alpha-tools.com", "sales@beta-works.de")
SLUGS = ("ann-ash-1", "bob-birch-2", "cara-cedar-3", "dan-dogwood-4", "eve-elm-5", "finn-fir-6", "gus-gum-7")
MEMBER_IDS = (70011001, 70011002, 70011003)
PHONES = ("+442079460018", "+442079460123", "+33199001234")
DOMAINS = ("alpha-tools.com", "beta-works.de", "gamma-labs.org")
NAMES = ("Ann", "Bob", "Cara")
LAST_NAMES = ("Ash", "Birch")
COMPANIES = ("Alpha Tools", "Beta Works")
SOURCES = ("webinar", "crm")
REASONS = ("unsubscribed", "do_not_contact", "bounced")
STATUSES = (
    *("inProgress", " Running ", "paused", "reviewed", "scheduled", "review", "scanning", "snoozed", ""),
    *("done", "DONE", "done", "interested", "notInterested", "done", "interested", "notInterested"),
    *("inProgress", "running", "done", "interested", "unsubscribed"),
)
LAST_STATES = (*("", "emailsSent", "linkedinReplied", "emailsOpened") * 4, "emailsBounced")
OVERRIDES: tuple[Mapping[str, str], ...] = ({}, {}, {"snoozed": "ended"}, {"review": "ended", "done": "active"})

CLASSIC_TOKEN = 0x2A
SALES_TOKEN = 0x2C


def member_key(number: int) -> str:
    return f"urn:li:member:{number}"


def member_token(number: int, *, kind: int = CLASSIC_TOKEN) -> str:
    """Return an invented token of 39 characters in the real layout: type, member id big-endian, 1, twenty bytes."""
    seal = hashlib.sha256(f"{kind}:{number}".encode()).digest()[:20]
    raw = bytes([0, kind, 0, 0]) + number.to_bytes(4, "big") + b"\x01" + seal
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def vanity_key(slug: str) -> str:
    return f"https://www.linkedin.com/in/{slug}"


VANITY_KEYS = tuple(map(vanity_key, SLUGS))
MEMBER_KEYS = tuple(map(member_key, MEMBER_IDS))


@dataclass(frozen=True)
class Example:
    """A list, a workspace, what is suppressed and the settings; `styles` choose the spelling of each row's cells."""

    rows: tuple[Row, ...]
    styles: tuple[int, ...]
    campaigns: tuple[Campaign, ...]
    memberships: tuple[Membership, ...]
    past: tuple[Membership, ...]
    suppressed: tuple[Suppressed, ...]
    settings: Settings
    has_source_column: bool

    @property
    def is_new_campaign(self) -> bool:
        """Whether the run needs `--new-campaign`."""
        return all(self.settings.campaign not in (campaign.name, campaign.id) for campaign in self.campaigns)


# ------------------------------------------------------------------------------------------------------- strategies
#
# One drawn seed throws the dice for all records: rare things then come as often as their weights say, which nested
# draws do not achieve. What shrinks is which of the records are kept, and the settings.


def weighted(dice: Random, weights: Mapping[str, int]) -> str:
    """Return one of the words, each as often as its weight says."""
    return dice.choices(list(weights), weights=list(weights.values()))[0]


def once_in(dice: Random, turns: int) -> bool:
    return dice.randrange(turns) == 0


@dataclass(frozen=True)
class Pools:
    """What the records of one example take from; the hub is put into many of them when there is one."""

    emails: Sequence[str]
    vanity: Sequence[str]
    members: Sequence[str]
    hub_email: str | None = None
    hub_vanity: str | None = None


def some_pools(dice: Random) -> Pools:
    size = dice.choice([3, 5, 7, 8])
    hub = weighted(dice, {"none": 9, "role": 2, "email": 1, "vanity": 1})
    pool = Pools((*EMAILS[:size], *ROLES[: dice.randrange(3)]), VANITY_KEYS[:size], MEMBER_KEYS[: 1 + size // 3])
    if hub == "vanity":
        return replace(pool, emails=(*EMAILS, *ROLES), hub_vanity=VANITY_KEYS[0])
    if hub in ("role", "email"):
        return replace(pool, vanity=VANITY_KEYS, hub_email=ROLES[0] if hub == "role" else EMAILS[0])
    return pool


IDENTITY_SHAPES = {"email": 6, "vanity": 4, "both": 3, "sales": 1, "email+sales": 1, "all": 1}


def some_identity(dice: Random, pool: Pools) -> tuple[str | None, str | None, str | None]:
    """Return an email, a vanity or member key for the first LinkedIn column, a member key for the second."""
    if pool.hub_email and once_in(dice, 2):
        return pool.hub_email, dice.choice(pool.vanity), None
    if pool.hub_vanity and once_in(dice, 2):
        return dice.choice(pool.emails), pool.hub_vanity, None
    shape = weighted(dice, IDENTITY_SHAPES)
    email = dice.choice(pool.emails) if shape in ("email", "both", "email+sales", "all") else None
    profiles = pool.members if once_in(dice, 6) else pool.vanity
    profile = dice.choice(profiles) if shape in ("vanity", "both", "all") else None
    member = dice.choice(pool.members) if shape in ("sales", "email+sales", "all") else None
    return email, profile, member


def some_row(dice: Random, pool: Pools) -> Row:
    email, profile, member = some_identity(dice, pool)
    row = Row(
        email=email,
        email_status=dice.choice(["valid", "valid", "repaired"]) if email else "empty",
        linkedin_key=profile,
        linkedin_status=linkedin_status(profile),
        linkedin_writable=profile is not None and not (is_member(profile) and once_in(dice, 2)),
        member_key=member,
        member_writable=member is not None and not once_in(dice, 4),
        phone=dice.choice(PHONES) if once_in(dice, 3) else None,
        fields=some_fields(dice),
        source=dice.choice(SOURCES),
        list_says=dice.choice(["unsubscribed", "do_not_contact"]) if once_in(dice, 30) else None,
    )
    return kept_from_blank(broken(dice, row, pool))


def is_member(key: str | None) -> bool:
    return key is not None and key.startswith("urn:")


def linkedin_status(key: str | None) -> str:
    if key is None:
        return "empty"
    return "person_opaque" if is_member(key) else "person_vanity"


def some_fields(dice: Random) -> dict[str, str]:
    drawn = {
        "firstName": dice.choice([None, *NAMES]),
        "lastName": dice.choice([None, *LAST_NAMES]),
        "companyName": dice.choice([None, *COMPANIES, *COMPANIES]),
    }
    return {name: value for name, value in drawn.items() if value}


FAULTS = {"none": 32, "email": 3, "emails": 3, "profile": 3, "number": 1, "nothing": 1}


def broken(dice: Random, row: Row, pool: Pools) -> Row:
    """Return the row as it is, most of the time, or with a cell that identifies nobody."""
    fault = weighted(dice, FAULTS)
    if fault == "email":
        return replace(row, email=None, email_status="invalid")
    if fault == "emails":
        return replace(row, email=";".join(dice.sample(pool.emails, dice.choice([2, 3]))), email_status="multiple")
    if fault == "profile":
        kind = dice.choice(["non_person", "shortlink", "invalid"])
        return replace(row, linkedin_key=None, linkedin_status=kind, linkedin_writable=False)
    if fault == "number":
        return only_a_number(row, dice.choice(pool.members))
    return without_identifier(row) if fault == "nothing" else row


def only_a_number(row: Row, key: str) -> Row:
    """Return the row with nothing but a bare member number, which identifies but cannot be written."""
    return replace(without_identifier(row), linkedin_key=key, linkedin_status="person_opaque")


def without_identifier(row: Row) -> Row:
    bare = {"email": None, "email_status": "empty", "linkedin_key": None, "linkedin_status": "empty"}
    return replace(row, **bare, linkedin_writable=False, member_key=None, member_writable=False)


def kept_from_blank(row: Row) -> Row:
    """Return the row with two filled cells at least: a blank line is no record, and a lone cell looks like a footer."""
    return row if len(row.fields) > 1 else replace(row, fields={**row.fields, "firstName": "Zoe", "lastName": "Zed"})


CAMPAIGNS = (
    Campaign(TARGET, id="cam_TargetQ4Outreach01", owner="rep1@our-team.com"),
    Campaign(f"{TARGET} #2", id="cam_TargetQ4Outreach02", owner="rep1@our-team.com"),
    Campaign(f"{TARGET} #1", id="cam_LooksLikeAPart0001", owner="rep2@our-team.com"),
    Campaign("Re-engagement", id="cam_ReEngagement000001", owner="rep2@our-team.com"),
    Campaign("Webinar 2025", id="cam_Webinar20250000001", owner="rep2@our-team.com"),
    Campaign("Old Spring", id="cam_OldSpring000000001", owner="rep1@our-team.com", archived=True),
    Campaign(STORAGE, id="cam_ColdStorage0000001", owner="rep1@our-team.com"),
)


def some_campaigns(dice: Random) -> tuple[Campaign, ...]:
    """Return some of the campaigns, nearly always with the target, each with its own as-of time."""
    others = dice.sample(CAMPAIGNS[1:], dice.randrange(1, 5))
    chosen = others if once_in(dice, 15) else [CAMPAIGNS[0], *others]
    return tuple(replace(campaign, as_of=dice.randrange(len(TAKEN_AT))) for campaign in chosen)


def some_membership(dice: Random, pool: Pools, campaigns: Sequence[Campaign]) -> Membership:
    campaign = dice.choice(campaigns)
    email, profile, member = some_identity(dice, pool)
    extra = dice.choice(pool.emails) if once_in(dice, 10) else None
    return Membership(
        campaign=campaign.name,
        status=dice.choice(STATUSES),
        is_paused=once_in(dice, 12),
        last_state=dice.choice(LAST_STATES),
        emails=tuple(dict.fromkeys(address for address in (email, extra) if address)),
        linkedin_keys=tuple(dict.fromkeys(key for key in (profile, member) if key)),
        owner=campaign.owner,
        source=dice.choice(["", *SOURCES]),
    )


def with_strangers(members: Sequence[Membership], campaigns: Sequence[Campaign]) -> tuple[Membership, ...]:
    """Return the memberships with ids of their own, and a stranger in each campaign that would be empty."""
    empty = [campaign for campaign in campaigns if campaign.name not in {member.campaign for member in members}]
    strangers = [
        Membership(campaign.name, "done", emails=(f"stranger{n}@elsewhere-inc.com",), owner=campaign.owner)
        for n, campaign in enumerate(empty)
    ]
    return tuple(replace(member, lead_id=f"lea_{n:017d}") for n, member in enumerate([*members, *strangers]))


def with_ids(past: Sequence[Membership], memberships: Sequence[Membership]) -> tuple[Membership, ...]:
    """Return the past with ids of its own, but for every other lead, which its campaign still has if it has any."""
    still = {member.campaign: member.lead_id for member in memberships}
    return tuple(
        replace(lead, lead_id=still.pop(lead.campaign, f"lea_past{n:013d}") if n % 2 else f"lea_past{n:013d}")
        for n, lead in enumerate(past)
    )


def some_suppressed(dice: Random, pool: Pools) -> Suppressed:
    kind = weighted(dice, {"email": 3, "domain": 2, "linkedin": 3, "phone": 1})
    if kind == "domain":
        return Suppressed(kind, dice.choice(DOMAINS), "suppressed_domain")
    if kind == "email":
        value = ";".join(dice.sample(pool.emails, 2 if once_in(dice, 6) else 1))
    else:
        value = dice.choice([*pool.vanity, *pool.members] if kind == "linkedin" else PHONES)
    return Suppressed(kind, value, dice.choice(REASONS))


def some_settings(dice: Random, campaigns: Sequence[Campaign]) -> Settings:
    """Return settings whose dedup and import mode are yet to be chosen."""
    by_id = campaigns[0].name == TARGET and once_in(dice, 5)
    return Settings(
        campaign=campaigns[0].id if by_id else TARGET,
        keep=dice.choice(["first", "fullest"]),
        fill=dice.choice(["identifiers", "identifiers", "all", "none"]),
        required=dice.choice([*[()] * 10, ("companyName",), ("phone", "firstName")]),
        invalid_email=dice.choice(["fail", "fail", "drop"]),
        multiple_emails=dice.choice(["fail", "fail", "first"]),
        storage_campaigns=dice.choice([(), (STORAGE,), (STORAGE,), (STORAGE, TARGET)]),
        archived=dice.choice(["count", "ignore"]),
        statuses=dice.choice(OVERRIDES),
        suppress_statuses=dice.choice([("unsubscribed",), ("unsubscribed",), ()]),
        deleted=dice.choice(["warn", "suppress", "suppress", "suppress", "ignore"]),
        crm_sources=dice.choice([(), SOURCES[:1]]),
        cooldown=dice.choice([0, 0, 0, 0, 0, 10, 35, 62]),
    )


def some_example(seed: int) -> Example:
    """Return the example of the seed with as many rows and memberships as an example may have."""
    dice = Random(seed)
    pool, campaigns = some_pools(dice), some_campaigns(dice)
    rows = [some_row(dice, pool) for _ in range(MOST_ROWS)]
    has_source_column = once_in(dice, 2)
    return Example(
        rows=tuple(rows if has_source_column else (replace(row, source=LIST_STEM) for row in rows)),
        styles=tuple(dice.randrange(6) for _ in rows),
        campaigns=campaigns,
        memberships=tuple(some_membership(dice, pool, campaigns) for _ in range(MOST_MEMBERSHIPS)),
        past=tuple(some_membership(dice, pool, campaigns) for _ in range(MOST_PAST)),
        suppressed=tuple(some_suppressed(dice, pool) for _ in range(dice.choice([0, 0, 0, 1, 2]))),
        settings=some_settings(dice, campaigns),
        has_source_column=has_source_column,
    )


@st.composite
def examples(
    draw: st.DrawFn, *, dedup: Sequence[str] = DEDUP_MODES, import_mode: Sequence[str] = IMPORT_MODES
) -> Example:
    """Draw a small list and workspace under one of the modes; its rows meet each other and the workspace often."""
    example = some_example(draw(st.integers(0, 2**32 - 1)))
    rows = draw(masks(MOST_ROWS))
    modes = {"dedup": draw(st.sampled_from(dedup)), "import_mode": draw(st.sampled_from(import_mode))}
    return with_some(example, rows, lambda length: draw(masks(length)), **modes)


def thrown_example(seed: int, *, dedup: str, import_mode: str) -> Example:
    """Return the example of the seed, which no other resembles: drawn ones often repeat each other."""
    dice = Random(f"kept {seed}")
    share = dice.choice([0.4, 0.7, 1])

    def mask(length: int) -> list[bool]:
        return [dice.random() < share for _ in range(length)]

    return with_some(some_example(seed), mask(MOST_ROWS), mask, dedup=dedup, import_mode=import_mode)


def with_some(example: Example, rows: list[bool], mask: Callable[[int], list[bool]], **modes: str) -> Example:
    """Return the example with those of its rows, and of its other records, that the masks keep, under the modes."""
    kept_rows = some_of(range(MOST_ROWS), rows) or [0]
    memberships = with_strangers(some_of(example.memberships, mask(MOST_MEMBERSHIPS)), example.campaigns)
    return replace(
        example,
        rows=tuple(example.rows[n] for n in kept_rows),
        styles=tuple(example.styles[n] for n in kept_rows),
        memberships=memberships,
        past=with_ids(some_of(example.past, mask(MOST_PAST)), memberships),
        suppressed=tuple(some_of(example.suppressed, mask(len(example.suppressed)))),
        settings=replace(example.settings, **modes),
    )


def masks(length: int) -> st.SearchStrategy[list[bool]]:
    """Return for each of so many records whether it is kept; failing examples shrink to few."""
    return st.lists(st.sampled_from([False, True, True]), min_size=length, max_size=length)


def some_of(records: Sequence, mask: Sequence[bool]) -> list:
    return [record for record, is_kept in zip(records, mask, strict=True) if is_kept]


# -------------------------------------------------------------------------------------------------------- rendering


@dataclass(frozen=True)
class Load:
    """One `snapshot load`: the exports of the campaigns that were seen at this time, and their campaigns.csv."""

    taken_at: str
    exports: tuple[Path, ...]
    campaigns: Path


@dataclass(frozen=True)
class Rendered:
    """The files of an example; loads in the order of their times, no suppression file when nobody is suppressed."""

    leads: Path
    loads: tuple[Load, ...]
    suppression: Path | None
    source_column: str | None


EMAIL_SPELLINGS = ("{}", "{} ", "  {}")
REPAIRABLE_SPELLINGS = ("mailto:{}", "<{}>", "{},")
BROKEN_EMAILS = ("ann.alpha-tools.com", "ann@", "ann@alphatoolscom")
VANITY_SPELLINGS = (
    "https://www.linkedin.com/in/{}",
    "https://www.linkedin.com/in/{}/",
    "http://linkedin.com/in/{}?trk=people",
    "linkedin.com/in/{}",
    "https://de.linkedin.com/in/{}/",
    " https://www.linkedin.com/in/{} ",
)
TOKEN_SPELLINGS = (
    ("https://www.linkedin.com/in/{}", CLASSIC_TOKEN),
    ("https://www.linkedin.com/sales/lead/{},NAME_SEARCH,abcd", SALES_TOKEN),
    ("https://www.linkedin.com/in/{}/", CLASSIC_TOKEN),
)
SALES_SPELLING = "https://www.linkedin.com/sales/lead/{},NAME_SEARCH,abcd"
NO_PROFILES = {
    "non_person": "https://www.linkedin.com/company/alpha-tools",
    "shortlink": "https://lnkd.in/eXampLe1",
    "invalid": "https://www.linkedin.com/in/",
}
PLACEHOLDERS = ("", "", "N/A")


def pick(choices: Sequence, style: int) -> object:
    return choices[style % len(choices)]


def cased(text: str, style: int) -> str:
    return pick((text, text.upper(), text.title()), style // 2)


def email_cell(row: Row, style: int) -> str:
    """Return a cell that the identity rules read as the row's email and status."""
    if row.email_status == "empty":
        return pick(PLACEHOLDERS, style)
    if row.email_status == "invalid":
        return pick(BROKEN_EMAILS, style)
    if row.email_status == "multiple":
        return pick(("; ", ", ", " | "), style).join(cased(one, style) for one in row.email.split(";"))
    spellings = EMAIL_SPELLINGS if row.email_status == "valid" else REPAIRABLE_SPELLINGS
    return pick(spellings, style).format(cased(row.email, style))


def profile_cell(key: str, style: int, *, with_token: bool = True) -> str:
    """Return a spelling of the key; a member key becomes a token's URL or stays a bare number."""
    if not is_member(key):
        slug = key.rsplit("/", 1)[1]
        return pick(VANITY_SPELLINGS, style).format(slug.title() if style % 2 else slug)
    if not with_token:
        return key
    spelling, kind = pick(TOKEN_SPELLINGS, style)
    return spelling.format(member_token(member_number(key), kind=kind))


def member_number(key: str) -> int:
    return int(key.rsplit(":", 1)[1])


def linkedin_cell(row: Row, style: int) -> str:
    if row.linkedin_status == "empty":
        return pick(PLACEHOLDERS, style)
    if row.linkedin_key is None:
        return NO_PROFILES[row.linkedin_status]
    return profile_cell(row.linkedin_key, style, with_token=row.linkedin_writable)


def sales_cell(key: str | None, *, with_token: bool = True) -> str:
    if key is None:
        return ""
    return SALES_SPELLING.format(member_token(member_number(key), kind=SALES_TOKEN)) if with_token else key


def phone_cell(phone: str | None, style: int) -> str:
    spaced = f"{phone[:3]} {phone[3:5]} {phone[5:]}" if phone else ""
    return pick((phone or "", spaced), style)


LIST_HEADER = (
    *("Email", "LinkedIn URL", "Sales Navigator URL", "First Name", "Last Name", "Company", "Phone"),
    *(SOURCE_COLUMN, "Unsubscribed from all email", "Do Not Contact"),
)
OWN_SUPPRESSION = {"unsubscribed": "Unsubscribed from all email", "do_not_contact": "Do Not Contact"}


def list_cells(row: Row, style: int) -> dict[str, str]:
    return {
        "Email": email_cell(row, style),
        "LinkedIn URL": linkedin_cell(row, style),
        "Sales Navigator URL": sales_cell(row.member_key, with_token=row.member_writable),
        "First Name": row.fields.get("firstName", ""),
        "Last Name": row.fields.get("lastName", ""),
        "Company": row.fields.get("companyName", ""),
        "Phone": phone_cell(row.phone, style),
        SOURCE_COLUMN: row.source,
        **{column: "true" if row.list_says == reason else "false" for reason, column in OWN_SUPPRESSION.items()},
    }


def list_header(example: Example) -> list[str]:
    """Return the columns; those that say who opted out are there only when somebody did."""
    left_out = set() if example.has_source_column else {SOURCE_COLUMN}
    if not any(row.list_says for row in example.rows):
        left_out |= set(OWN_SUPPRESSION.values())
    return [column for column in LIST_HEADER if column not in left_out]


EXPORT_HEADER = (
    *("emailStatus", "email", "firstName", "lastName", "picture", "phone", "linkedinUrl", "linkedinUrlSalesNav"),
    *("timezone", "companyName", "companyDomain", "icebreaker", "source", "lastState", "status", "isPaused", "_id"),
)


def export_cells(member: Membership, style: int) -> dict[str, str]:
    profile, sales = export_profiles(member)
    return {
        "emailStatus": "deliverable" if member.emails else "",
        "email": pick((";", "; "), style).join(cased(address, style) for address in member.emails),
        "firstName": "Lead",
        "linkedinUrl": profile_cell(profile, style) if profile else "",
        "linkedinUrlSalesNav": sales_cell(sales),
        "source": member.source,
        "lastState": member.last_state,
        "status": member.status,
        "isPaused": "true" if member.is_paused else pick(("false", ""), style),
        "_id": member.lead_id,
    }


def export_profiles(member: Membership) -> tuple[str | None, str | None]:
    """Return the keys of the two LinkedIn columns; a vanity key can only stand in the first."""
    first, second, *_ = [*member.linkedin_keys, None, None]
    return first, second


def campaign_cells(campaign: Campaign) -> dict[str, str]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "owner": campaign.owner,
        "status": "archived" if campaign.archived else "running",
        "archived": "true" if campaign.archived else "false",
    }


def suppression_cells(entry: Suppressed, style: int) -> dict[str, str]:
    spellings = {
        "email": cased(entry.value, style),
        "domain": f"@{entry.value}",
        "linkedin": profile_cell(entry.value, style) if entry.kind == "linkedin" else "",
        "phone": phone_cell(entry.value, style),
    }
    return {"value": spellings[entry.kind], "reason": entry.reason, "source": "crm"}


def write_table(path: Path, header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def render(example: Example, folder: Path) -> Rendered:
    """Write the example's files below the folder, which has to be empty."""
    folder.mkdir(parents=True, exist_ok=True)
    cells = [list_cells(row, style) for row, style in zip(example.rows, example.styles, strict=True)]
    return Rendered(
        leads=write_table(folder / f"{LIST_STEM}.csv", list_header(example), cells),
        loads=tuple(render_loads(example, folder)),
        suppression=render_suppression(example.suppressed, folder / "suppressed.csv"),
        source_column=SOURCE_COLUMN if example.has_source_column else None,
    )


def render_loads(example: Example, folder: Path) -> Iterable[Load]:
    """Write the campaigns of each as-of time into a folder of their own, and before them the past."""
    if example.past:
        seen = [c for c in example.campaigns if c.name in {member.campaign for member in example.past}]
        (folder / "past").mkdir()
        exports = tuple(render_export(campaign, example.past, folder / "past") for campaign in seen)
        header = ["id", "name", "owner", "status", "archived"]
        yield Load(PAST_AT, exports, write_table(folder / "campaigns-past.csv", header, map(campaign_cells, seen)))
    for as_of in sorted({campaign.as_of for campaign in example.campaigns}):
        seen = [campaign for campaign in example.campaigns if campaign.as_of == as_of]
        place = folder / f"seen-{as_of}"
        place.mkdir()
        exports = tuple(render_export(campaign, example.memberships, place) for campaign in seen)
        table = map(campaign_cells, seen)
        listed = write_table(folder / f"campaigns-{as_of}.csv", ["id", "name", "owner", "status", "archived"], table)
        yield Load(TAKEN_AT[as_of], exports, listed)


def render_export(campaign: Campaign, memberships: Iterable[Membership], place: Path) -> Path:
    members = [member for member in memberships if member.campaign == campaign.name]
    return write_table(
        place / f"{campaign.name}.csv",
        EXPORT_HEADER,
        [export_cells(member, style) for style, member in enumerate(members)],
    )


def render_suppression(entries: Sequence[Suppressed], path: Path) -> Path | None:
    if not entries:
        return None
    cells = [suppression_cells(entry, style) for style, entry in enumerate(entries)]
    return write_table(path, ["value", "reason", "source"], cells)
