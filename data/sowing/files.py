"""The files: each list with the columns and the quirks of its tool, the campaign exports, the unsubscribe list."""

import base64
import csv
import hashlib
import io
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sowing.truth import decide
from sowing.world import (
    ARCHIVED,
    CAMPAIGNS,
    COUNTRIES,
    LISTS,
    SALES_NAVIGATOR,
    SEED,
    TIMEZONES,
    URL,
    Membership,
    Row,
    World,
    stem,
    token,
)


def header(text: str, delimiter: str = ",") -> list[str]:
    """Return the columns of a header line."""
    return text.split(delimiter)


MEMBERSHIP_COLUMNS = header(
    "emailStatus,email,firstName,lastName,picture,phone,linkedinUrl,timezone,companyName,companyDomain,icebreaker,"
    "jobTitle,source,lastState,status,_id"
)
SOURCES = ("Q3 LinkedIn Scrape", "Apollo May 2026", "Webinar", "Partner referral")
LEADS_COLUMNS = header(
    "Email,First Name,Last Name,Company,Job Title,LinkedIn URL,Phone,Company Domain,Country,Lead Source,Icebreaker"
)
APOLLO_COLUMNS = header(
    "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,Primary Email Source,"
    "Primary Email Verification Source,Email Confidence,Primary Email Catch-all Status,"
    "Primary Email Last Verified At,Seniority,Departments,Sub Departments,Contact Owner,Work Direct Phone,Home Phone,"
    "Mobile Phone,Corporate Phone,Other Phone,Do Not Call,Stage,Lists,Last Contacted,Account Owner,# Employees,"
    "Industry,Keywords,Person Linkedin Url,Website,Company Linkedin Url,Facebook Url,Twitter Url,Address,City,State,"
    "Country,Company Address,Company City,Company State,Company Country,Company Phone,Technologies,Annual Revenue,"
    "Total Funding,Latest Funding,Latest Funding Amount,Last Raised At,Parent company (Apollo data),"
    "Parent company (Apollo data - Organization ID),Email Sent,Email Open,Email Bounced,Replied,Demoed,"
    "Number of Retail Locations,SIC Codes,NAICS Codes,Apollo Contact Id,Apollo Account Id,Apollo Record Id,"
    "Secondary Email,Secondary Email Source,Secondary Email Status,Secondary Email Verification Source,"
    "Tertiary Email,Tertiary Email Source,Tertiary Email Status,Tertiary Email Verification Source,"
    "Primary Intent Topic,Primary Intent Score,Secondary Intent Topic,Secondary Intent Score,Qualify Contact"
)
EVABOOT_COLUMNS = header(
    "First Name,Last Name,Full Name,Email,Email Status,Current Job,Profile Headline,Linkedin URL Public,"
    "Linkedin URL Unique ID,Sales Navigator URL,Current Jobs Number,Years in Position,Has New Position,"
    "Total Positions Count,Is Open Profile,Is Premium,Connections,Matches Filters,No Match Reasons,Company Name,"
    "Company Domain,Company Website URL,Company Linkedin URL Unique ID,Company Location,Company Industry,"
    "Company Employee Range,Company Year Founded,Department Headcounts"
)
HUBSPOT_COLUMNS = header(
    "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company Name,Lifecycle Stage,Lead Status,"
    "Create Date,Contact owner,Country/Region,LinkedIn URL,Company Domain Name,Unsubscribed from all email"
)
EVENT_COLUMNS = header("Vorname;Nachname;E-Mail;Firma;Position;Telefon;Notiz", ";")
# Lines of event_booth.csv that are no records, before the row of that number: blank, and the header of a second export.
INTERRUPTIONS = {20: "", 35: "", 36: ";".join(EVENT_COLUMNS)}

Cells = dict[str, str]


def leads_cells(row: Row, rng: random.Random) -> Cells:
    """Return a row of the mixed in-house list; some icebreakers span two lines, some names are in capitals."""
    person = row.person
    greeting = f"Hi {person.first},\nsaw your talk" if rng.random() < 0.06 else ""
    return {
        "Email": row.email,
        "First Name": person.first.upper() if rng.random() < 0.08 else person.first,
        "Last Name": person.last + (" " if rng.random() < 0.08 else ""),
        "Company": person.company.name,
        "Job Title": person.title,
        "LinkedIn URL": row.linkedin,
        "Phone": person.phone if rng.random() < 0.5 else "",
        "Company Domain": person.company.domain,
        "Country": COUNTRIES[person.company.tld],
        "Lead Source": rng.choice(("Q4 LinkedIn Scrape", "Webinar October", "Referral")),
        "Icebreaker": greeting,
    }


def apollo_cells(row: Row, rng: random.Random) -> Cells:
    """Return a row of an Apollo export: apostrophe before phones, a keyword list with commas, many empty columns."""
    person, company = row.person, row.person.company
    short = company.name.split(",")[0]
    return {
        "First Name": person.first,
        "Last Name": person.last,
        "Title": person.title,
        "Company Name": company.name,
        "Company Name for Emails": short,
        "Email": row.email,
        "Email Status": "Verified" if "email" in row.ties else "Unavailable",
        "Primary Email Source": "Apollo",
        "Seniority": rng.choice(("Director", "VP", "Manager", "Founder")),
        "Contact Owner": "lena.ahlmann@leadsieve-demo-team.com",
        "Work Direct Phone": f"'{person.phone}" if rng.random() < 0.4 else "",
        "Do Not Call": "False",
        "Stage": "Cold",
        "Lists": "Q4 prospects",
        "# Employees": str(rng.choice((12, 48, 130, 900))),
        "Industry": rng.choice(("information technology", "logistics & supply chain", "renewables")),
        "Keywords": "b2b, saas, enterprise software, cloud, automation",
        "Person Linkedin Url": row.linkedin,
        "Website": f"http://www.{company.domain}",
        "Company Linkedin Url": f"http://www.linkedin.com/company/{stem(person)}",
        "Country": COUNTRIES[company.tld],
        "Company Country": COUNTRIES[company.tld],
        "Email Sent": "False",
        "Email Open": "False",
        "Email Bounced": "False",
        "Apollo Contact Id": f"{person.member:024x}",
    }


def evaboot_cells(row: Row, rng: random.Random) -> Cells:
    """Return a row of a Sales Navigator scrape: the public profile, then the person's token in two more columns."""
    person, company = row.person, row.person.company
    found = token(person, SALES_NAVIGATOR)
    headcounts = "Sales: 12\nEngineering: 30" if rng.random() < 0.08 else ""
    return {
        "First Name": person.first,
        "Last Name": person.last,
        "Full Name": f"{person.first} {person.last}",
        "Email": row.email,
        "Email Status": "safe" if row.email else "not found",
        "Current Job": f"{person.title} ",
        "Profile Headline": f"{person.title} at {company.name}",
        "Linkedin URL Public": row.linkedin,
        "Linkedin URL Unique ID": f"{URL}{found}",
        "Sales Navigator URL": f"https://www.linkedin.com/sales/lead/{found},NAME_SEARCH,k9Zt",
        "Current Jobs Number": "1",
        "Years in Position": str(rng.randrange(1, 9)),
        "Is Premium": rng.choice(("true", "false")),
        "Connections": str(rng.randrange(80, 3000)),
        "Matches Filters": "YES",
        "Company Name": company.name,
        "Company Domain": company.domain.capitalize() if rng.random() < 0.2 else company.domain,
        "Company Website URL": f"http://www.{company.domain}/",
        "Company Linkedin URL Unique ID": f"https://www.linkedin.com/company/{10_900_000 + person.member % 9973}",
        "Company Location": COUNTRIES[company.tld],
        "Company Year Founded": str(rng.choice((0, 1998, 2011, 2019))),
        "Department Headcounts": headcounts,
    }


def hubspot_cells(row: Row, rng: random.Random) -> Cells:
    """Return a row of a HubSpot contacts export: mostly no profile, and the column that says who unsubscribed."""
    person = row.person
    created = datetime(2026, 1, 5, 9, 14, tzinfo=UTC) + timedelta(minutes=rng.randrange(400_000))
    return {
        "Record ID": str(39_000_000_000 + person.member),
        "First Name": person.first,
        "Last Name": person.last,
        "Email": row.email,
        "Phone Number": person.phone if rng.random() < 0.6 else "",
        "Job Title": person.title,
        "Company Name": person.company.name,
        "Lifecycle Stage": rng.choice(("Lead", "Marketing Qualified Lead", "Opportunity")),
        "Lead Status": rng.choice(("New", "Open", "Connected", "")),
        "Create Date": created.strftime("%Y-%m-%d %H:%M"),
        "Contact owner": rng.choice(("Lena Ahlmann", "Tomas Verrier", "")),
        "Country/Region": COUNTRIES[person.company.tld],
        "LinkedIn URL": row.linkedin,
        "Company Domain Name": person.company.domain,
        "Unsubscribed from all email": "true" if row.unsubscribed else rng.choice(("false", "")),
    }


def event_cells(row: Row, rng: random.Random) -> Cells:
    """Return a row of the booth's list, as a German spreadsheet saves it."""
    person = row.person
    return {
        "Vorname": person.first,
        "Nachname": person.last,
        "E-Mail": row.email,
        "Firma": person.company.name,
        "Position": person.title,
        "Telefon": person.phone if rng.random() < 0.4 else "",
        "Notiz": rng.choice(("Gespräch am Stand", "möchte Rückruf; nach der Messe", "")),
    }


@dataclass(frozen=True, slots=True)
class Format:
    """How a list is written."""

    columns: list[str]
    cells: Callable[[Row, random.Random], Cells]
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    interruptions: dict[int, str] = field(default_factory=dict)


FORMATS = {
    "leads": Format(LEADS_COLUMNS, leads_cells),
    "apollo_export": Format(APOLLO_COLUMNS, apollo_cells),
    "sales_navigator_evaboot": Format(EVABOOT_COLUMNS, evaboot_cells),
    "hubspot_contacts": Format(HUBSPOT_COLUMNS, hubspot_cells, encoding="utf-8-sig", newline="\r\n"),
    "event_booth": Format(EVENT_COLUMNS, event_cells, encoding="cp1252", delimiter=";", interruptions=INTERRUPTIONS),
}


def list_bytes(rows: list[Row], form: Format) -> bytes:
    """Return a list as its file, and note in each row the physical line where its record starts."""
    rng = random.Random(SEED)
    text = record(form.columns, form)
    for number, row in enumerate(rows):
        if number in form.interruptions:
            text += form.interruptions[number] + form.newline
        row.line = text.count("\n") + 1
        cells = form.cells(row, rng)
        text += record([cells.get(column, "") for column in form.columns], form)
    return text.encode(form.encoding)


def record(values: Iterable[str], form: Format) -> str:
    """Return one CSV record."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=form.delimiter, lineterminator=form.newline).writerow(values)
    return buffer.getvalue()


PLAIN = Format([], event_cells)


def table_bytes(columns: list[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a plain CSV table."""
    return "".join([record(columns, PLAIN), *(record(map(str, row), PLAIN) for row in rows)]).encode()


def identifier(prefix: str, seed: str) -> str:
    """Return an id that looks like lemlist's: a prefix and 17 letters and digits."""
    return f"{prefix}_{base64.b32encode(hashlib.sha256(seed.encode()).digest()).decode()[:17]}"


def membership_values(membership: Membership, number: int) -> list[str]:
    """Return one line of a campaign export; phones carry lemlist's apostrophe."""
    person, company = membership.person, membership.person.company
    cells = {
        "emailStatus": ("deliverable", "deliverable", "risky", "")[number % 4] if membership.email else "",
        "email": membership.email,
        "firstName": person.first,
        "lastName": person.last,
        "phone": f"'{person.phone}" if number % 3 == 0 else "",
        "linkedinUrl": membership.linkedin,
        "timezone": TIMEZONES[company.tld],
        "companyName": company.name,
        "companyDomain": company.domain,
        "icebreaker": f"Loved what {company.name} shipped" if number % 9 == 0 else "",
        "jobTitle": person.title,
        "source": SOURCES[number % len(SOURCES)],
        "lastState": membership.last_state,
        "status": membership.status,
        "_id": identifier("lea", f"{membership.campaign}/{person.slug}"),
    }
    return [cells.get(column, "") for column in MEMBERSHIP_COLUMNS]


def campaign_file(world: World, name: str) -> bytes:
    """Return the export of one campaign."""
    rows = [m for m in world.memberships if m.campaign == name]
    random.Random(f"{SEED}{name}").shuffle(rows)
    return table_bytes(MEMBERSHIP_COLUMNS, (membership_values(m, n) for n, m in enumerate(rows)))


def campaigns_file() -> bytes:
    """Return the table of campaigns."""
    rows = [(identifier("cam", c.name), c.name, c.owner, c.status, str(c.name == ARCHIVED).lower()) for c in CAMPAIGNS]
    return table_bytes(["id", "name", "owner", "status", "archived"], rows)


def unsubscribes_file(world: World) -> bytes:
    """Return the unsubscribe list in lemlist's columns."""
    start = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
    rows = [
        (value, source, (start + timedelta(hours=7 * n)).strftime("%Y-%m-%dT%H:%M:%S.000Z"))
        for n, (value, source) in enumerate(world.unsubscribes)
    ]
    return table_bytes(["value", "source", "createdAt"], rows)


def expected_rows_file(world: World) -> bytes:
    """Return the decision on every row of the default run."""
    decisions = decide(world)
    rows = [(f"{s}.csv", row.line, *decisions[row]) for s in LISTS for row in world.lists[s]]
    return table_bytes(["file", "line", "outcome", "reason"], rows)
