"""The invented world: campaigns, companies, people, the forms of their cells, and where they have been put."""

import base64
import hashlib
import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

SEED = 20261122

TARGET = "Q4 Outreach"
PART = "Q4 Outreach #2"
STORAGE = "Contact Storage"
ARCHIVED = "Legacy Outreach 2024"
RUNNING_CAMPAIGNS = ("Nordics Expansion", "Webinar Follow-up", "Partner Program", "Re-engagement 2026")
ENDED_CAMPAIGNS = ("Q3 Outreach", "DACH Events Spring", "Re-engagement 2026")

ACTIVE_STATUSES = frozenset({"running", "paused", "review", "scanning", "snoozed", ""})
LAST_STATES = {
    "running": ("emailsSent", "emailsOpened", "linkedinVisitDone", "linkedinInviteDone"),
    "paused": ("paused",),
    "review": ("scanned",),
    "scanning": ("imported",),
    "done": ("emailsSent", "emailsReplied", "linkedinReplied", "emailsClicked"),
    "interested": ("emailsInterested", "linkedinInterested"),
    "notInterested": ("emailsNotInterested", "manualNotInterested"),
    "unsubscribed": ("emailsUnsubscribed",),
    "snoozed": ("emailsReplied",),
    "": ("",),
}
BOUNCED = "emailsBounced"


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign: its line in `campaigns.csv`, how many leads its export holds, the statuses of its other leads."""

    name: str
    owner: str
    status: str
    size: int
    statuses: dict[str, int]


LIVE = {"running": 50, "paused": 10, "done": 22, "interested": 6, "notInterested": 8, "unsubscribed": 4}
OVER = {"done": 70, "interested": 10, "notInterested": 15, "unsubscribed": 5}
CAMPAIGNS = (
    Campaign(TARGET, "Lena Ahlmann", "running", 190, LIVE),
    Campaign(PART, "Lena Ahlmann", "running", 60, {"running": 70, "review": 30}),
    Campaign("Q3 Outreach", "Lena Ahlmann", "ended", 230, OVER),
    Campaign("Re-engagement 2026", "Tomas Verrier", "running", 170, LIVE),
    Campaign("Nordics Expansion", "Ingrid Solvang", "running", 190, LIVE),
    Campaign("Webinar Follow-up", "Tomas Verrier", "draft", 130, {"review": 40, "scanning": 20, "running": 40}),
    Campaign("Partner Program", "Ingrid Solvang", "paused", 180, {"paused": 60, "done": 40}),
    Campaign("DACH Events Spring", "Lena Ahlmann", "ended", 130, OVER),
    Campaign(STORAGE, "Tomas Verrier", "draft", 110, {"review": 100}),
    Campaign(ARCHIVED, "Lena Ahlmann", "archived", 110, {"done": 80, "notInterested": 15, "running": 5}),
)


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


FIRST_NAMES = words("""
    Anna Ben Carla David Elena Felix Greta Hugo Ida Jonas Katja Lars Mara Nils Olivia Paul Rosa Simon Tilda
    Viktor Amélie Bastien Chloé Étienne Inès Mathieu Noémie Rémi Aisha Bilal Chen Divya Emeka Farah Goran Hana
    Ivo Jelena Kofi Leïla Mei Nadia Omar Priya Rania Sanjay Tariq Uma Wanda Ximena Yusuf Zoë Björn Jörg Søren
    Åsa
""")
LAST_HEADS = words("""
    Varn Quell Tarn Brim Holm Esk Dorn Falk Gros Hart Kess Lind Mor Nor Orm Pell Rasm Stav Torv Ulm Vask Wend Zell
""")
LAST_TAILS = words("""
    holt brunner feldt quist wick strand moor dahl gaard stetten ley vall aux ière ovic ström müller rühl
""")
COMPANY_HEADS = words("""
    Quellfurt Nordvelle Brightmoor Tarnfeld Kestrova Luminaarch Valdrone Ostermere Pellagrid Ravenquay Solbrücke
    Trivanta Ulmenhag Wexcombe Zephlane Arborlyn Bexthorn Corvanto Dunmarra Elvanis
""")
COMPANY_TAILS = {
    "Systems": ("systems", "GmbH"),
    "Logistics": ("logistics", "Ltd"),
    "Analytics": ("analytics", "Inc."),
    "Énergie": ("energie", "SAS"),
    "Labs": ("labs", "AG"),
}
COUNTRIES = {"de": "Germany", "com": "United States", "fr": "France", "io": "United Kingdom", "se": "Sweden"}
# Ranges that the regulators keep free for films and books, so that no sample number rings anywhere.
PHONES = {
    "de": "+49 30 23125 {:03d}",
    "com": "+1 212 555 0{:03d}",
    "fr": "+33 1 99 00 1{:03d}",
    "io": "+44 20 7946 0{:03d}",
    "se": "+46 8 465 004 {:02d}",
}
TIMEZONES = {
    "de": "Europe/Berlin",
    "com": "America/New_York",
    "fr": "Europe/Paris",
    "io": "Europe/London",
    "se": "Europe/Stockholm",
}
TITLES = (
    "Head of Sales",
    "VP, Growth",
    "Chief Operating Officer",
    "Marketing Manager",
    'Director "New Markets"',
    "Head of Procurement",
    "Sales Operations Lead",
    "Founder & CEO",
    "IT-Leiterin",
    "Responsable achats",
)
CROWDED_DOMAINS = ("hallenwerk-gruppe.de", "commonfold-studios.com", "ateliers-dorvane.fr")
SUPPRESSED_DOMAINS = ("grauwacht-verlag.de", "stillwater-council.io", "noreach-partners.com")


@dataclass(frozen=True, slots=True)
class Company:
    """An invented company; the domain exists nowhere as far as we know."""

    name: str
    domain: str

    @property
    def tld(self) -> str:
        """Return the last label of the domain, which also tells the country."""
        return self.domain.rsplit(".", 1)[1]


@dataclass(slots=True)
class Membership:
    """One lead in one campaign; its cells as lemlist would export them."""

    person: "Person"
    campaign: str
    status: str
    email: str
    linkedin: str
    last_state: str


@dataclass(slots=True, eq=False)
class Person:
    """An invented person and the planted truth: where they are (`memberships`) and why they are held back (`held`).

    Where only one list ties the person to these facts, `told_by` names it: a run without it cannot know them.
    """

    first: str
    last: str
    company: Company
    email: str
    slug: str
    member: int
    title: str
    phone: str
    memberships: list[Membership] = field(default_factory=list)
    held: str | None = None
    told_by: str | None = None


@dataclass(slots=True, eq=False)
class Row:
    """One row of a list: whose it is, its two identifying cells, and what is wrong with it, if anything is."""

    person: Person
    email: str
    linkedin: str
    ties: frozenset[str]
    failure: str | None = None
    shared: str | None = None
    not_a_profile: bool = False
    unsubscribed: bool = False
    line: int = 0


def ascii_fold(text: str) -> str:
    """Return the text as people spell it in addresses: ä becomes ae, é becomes e."""
    for letter, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ß": "ss"}.items():
        text = text.replace(letter, plain)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def company_at(domain: str) -> Company:
    """Return a company that is named by its domain."""
    return Company(domain.split(".")[-2].replace("-", " ").title(), domain)


def companies() -> list[Company]:
    """Return every company of the invented world."""
    found = []
    for number, head in enumerate(COMPANY_HEADS):
        for offset, (tail, (label, suffix)) in enumerate(COMPANY_TAILS.items()):
            tld = tuple(COUNTRIES)[(number + offset) % len(COUNTRIES)]
            found.append(Company(f"{head} {tail}, {suffix}", f"{ascii_fold(head.lower())}-{label}.{tld}"))
    return found


def token(person: Person, prefix: int) -> str:
    """Return a token with LinkedIn's layout (29 bytes, the member number in bytes 4 to 7) and an invented tail."""
    tail = hashlib.sha256(f"{prefix}:{person.member}".encode()).digest()[:20]
    raw = bytes((0, prefix, 0, 0)) + person.member.to_bytes(4, "big") + b"\x01" + tail
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


CLASSIC, SALES_NAVIGATOR = 0x2A, 0x2C


EMAIL_FORMS: dict[str, Callable[[Person], str]] = {
    "plain": lambda p: p.email,
    "capitals": lambda p: p.email.upper(),
    "title_case": lambda p: ".".join(part.capitalize() for part in p.email.split(".")),
    "spaces": lambda p: f"  {p.email} ",
    "no_break_space": lambda p: f"{p.email}\u00a0",
    "zero_width_space": lambda p: f"{p.email}\u200b",
    "mailto": lambda p: f"mailto:{p.email}",
    "angle_brackets": lambda p: f"<{p.email}>",
    "display_name": lambda p: f"{p.first} {p.last} <{p.email}>",
}
URL = "https://www.linkedin.com/in/"
LINKEDIN_FORMS: dict[str, Callable[[Person], str]] = {
    "plain": lambda p: f"{URL}{p.slug}",
    "http": lambda p: f"http://www.linkedin.com/in/{p.slug}",
    "trailing_slash": lambda p: f"{URL}{p.slug}/",
    "query": lambda p: f"{URL}{p.slug}?utm_source=share&utm_medium=member_desktop",
    "country_host": lambda p: f"https://de.linkedin.com/in/{p.slug}",
    "mobile_host": lambda p: f"https://m.linkedin.com/in/{p.slug}",
    "no_scheme": lambda p: f"linkedin.com/in/{p.slug}",
    "capitals": lambda p: f"https://www.LinkedIn.com/in/{p.slug.upper()}",
    "details_page": lambda p: f"{URL}{p.slug}/details/experience/",
}
PLACEHOLDERS = ("N/A", "-", "none", "#N/A", "not found")
NOT_A_PROFILE = (
    "https://www.linkedin.com/company/{}/",
    "http://www.linkedin.com/company/{}",
    "https://lnkd.in/d{:.6}",
    "https://www.linkedin.com/in/",
    "https://twitter.com/{}",
)
# Each is broken beyond repair, whatever one thinks of repairing: no address can be read out of it.
BROKEN_EMAILS: tuple[Callable[[Person], str], ...] = (
    lambda p: p.email.replace("@", "."),
    lambda p: p.email.split("@")[0] + "@",
    lambda p: p.email.rsplit(".", 1)[0].replace("-", ""),
    lambda p: p.email.replace("@", "@."),
    lambda p: p.email.rsplit(".", 1)[0] + ".c0m",
    lambda p: f"{p.first} {p.last}",
)


def stem(person: Person) -> str:
    """Return what a company's pages elsewhere are called."""
    return person.company.domain.rsplit(".", 1)[0]


TWO_EMAILS = ("{}, {}", "{}; {}", "{} / {}")


LISTS = {"leads": 700, "apollo_export": 510, "sales_navigator_evaboot": 390, "hubspot_contacts": 340, "event_booth": 60}
MAIN_LISTS = tuple(LISTS)[:4]
PROFILE_LISTS = ("leads", "apollo_export", "sales_navigator_evaboot")
SEAT_WEIGHTS = {"leads": 30, "apollo_export": 32, "sales_navigator_evaboot": 22, "hubspot_contacts": 16}
HABITS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "leads": (("plain",) * 8 + tuple(EMAIL_FORMS), ("plain",) * 6 + tuple(LINKEDIN_FORMS)),
    "apollo_export": (("plain",), ("http",)),
    "sales_navigator_evaboot": (("plain", "plain", "title_case"), ("plain", "trailing_slash")),
    "hubspot_contacts": (("plain",), ()),
    "event_booth": (("plain", "title_case", "capitals", "spaces"), ()),
}


class World:
    """What has been planted so far: people, rows by list, memberships by campaign, suppressions."""

    def __init__(self) -> None:
        """Start empty, with the seed."""
        self.rng = random.Random(SEED)
        self.companies = companies()
        self.addresses: set[str] = set()
        self.people: list[Person] = []
        self.lists: dict[str, list[Row]] = {source: [] for source in LISTS}
        self.memberships: list[Membership] = []
        self.unsubscribes: list[tuple[str, str]] = []

    def person(self, company: Company | None = None) -> Person:
        """Invent one more person, of the given company or of any."""
        rng = self.rng
        company = company or rng.choice(self.companies)
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_HEADS) + rng.choice(LAST_TAILS)
        local = ascii_fold(f"{first}.{last}".lower())
        number = len(self.people)
        email = f"{local}@{company.domain}"
        if email in self.addresses:
            email = f"{local}{number}@{company.domain}"
        self.addresses.add(email)
        slug = f"{local.replace('.', '-')}-{rng.randrange(16**5):05x}{number:04x}"
        member, phone = 40_000_000 + 977 * number, PHONES[company.tld].format(rng.randrange(100))
        made = Person(first, last, company, email, slug, member, rng.choice(TITLES), phone)
        self.people.append(made)
        return made

    def crowd(self, count: int, company: Company | None = None) -> list[Person]:
        """Invent several people."""
        return [self.person(company) for _ in range(count)]

    def join(
        self, person: Person, campaign: str, status: str, *, email: str | None = None, linkedin: str | None = None
    ) -> Membership:
        """Put a person into a campaign; without cells of its own the membership has email and profile in plain form."""
        made = Membership(
            person,
            campaign,
            status,
            person.email if email is None else email,
            LINKEDIN_FORMS["plain"](person) if linkedin is None else linkedin,
            self.rng.choice(LAST_STATES[status]),
        )
        person.memberships.append(made)
        self.memberships.append(made)
        return made

    def running(self) -> str:
        """Pick a campaign that still writes to people."""
        return self.rng.choice(RUNNING_CAMPAIGNS)

    def ended(self) -> str:
        """Pick a campaign in which leads have come to an end."""
        return self.rng.choice(ENDED_CAMPAIGNS)

    def add(
        self,
        source: str,
        person: Person,
        email: str = "",
        linkedin: str = "",
        *,
        ties: str = "",
        failure: str | None = None,
    ) -> Row:
        """Add a row with these two cells; `ties` names the identifiers that it truly carries (`email`, `linkedin`)."""
        row = Row(person, email, linkedin, frozenset(ties.split()), failure)
        self.lists[source].append(row)
        return row

    def seat(self, person: Person, source: str | None = None) -> Row:
        """Add an ordinary row of a person, with the identifiers that the list usually has, in its usual forms."""
        source = source or self.rng.choices(tuple(SEAT_WEIGHTS), tuple(SEAT_WEIGHTS.values()))[0]
        email_forms, linkedin_forms = HABITS[source]
        email = EMAIL_FORMS[self.rng.choice(email_forms)](person)
        if not linkedin_forms:
            return self.add(source, person, email, ties="email")
        return self.add(
            source, person, email, LINKEDIN_FORMS[self.rng.choice(linkedin_forms)](person), ties="email linkedin"
        )

    def profile_row(self, person: Person, source: str, form: str = "plain", email: str = "") -> Row:
        """Add a row that carries the profile only."""
        return self.add(source, person, email, LINKEDIN_FORMS[form](person), ties="linkedin")


Sown = list[Person] | list[Row]
Planted = dict[str, Sown]
Sower = Callable[[World], Sown]


@dataclass(frozen=True, slots=True)
class Plant:
    """One kind of thing that is planted, and the outcome that each of its people or rows must get."""

    name: str
    says: str
    outcome: str
    reason: str
    sow: Sower


def shuffle(world: World) -> None:
    """Mix every list; rows that share an address keep their order among each other."""
    for source, rows in world.lists.items():
        places = list(range(len(rows)))
        world.rng.shuffle(places)
        shared = [n for n, row in enumerate(rows) if row.shared]
        kept = dict(zip(sorted(shared, key=lambda n: places[n]), shared, strict=True))
        mixed = sorted(range(len(rows)), key=lambda n: places[n])
        world.lists[source] = [rows[kept.get(n, n)] for n in mixed]


def fill_campaigns(world: World) -> None:
    """Fill each campaign up to its size with people who stand in no list; some without an email, some bounced."""
    taken = Counter(membership.campaign for membership in world.memberships)
    for campaign in CAMPAIGNS:
        for person in world.crowd(campaign.size - taken[campaign.name]):
            status = world.rng.choices(tuple(campaign.statuses), tuple(campaign.statuses.values()))[0]
            made = world.join(person, campaign.name, status)
            chance = world.rng.random()
            if chance < 0.08:
                made.email = ""
            elif chance < 0.20:
                made.linkedin = ""
            elif chance < 0.23 and status == "done":
                made.last_state = BOUNCED


def fill_unsubscribes(world: World) -> None:
    """Add the suppressed domains, and entries of people who stand in no list."""
    world.unsubscribes.extend((f"@{domain}", "user") for domain in SUPPRESSED_DOMAINS)
    world.unsubscribes.append(("@silent-harbour-press.com", "user"))
    for person in world.crowd(48):
        world.unsubscribes.append((person.email, world.rng.choice(("lead", "user", "api", "abuse", "bounced"))))
    for person in world.crowd(6):
        world.unsubscribes.append((LINKEDIN_FORMS["plain"](person), "user"))
    world.rng.shuffle(world.unsubscribes)
