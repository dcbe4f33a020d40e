"""Invent the sample workspace and lists, and write down what a run over them must find.

Every number to expect comes from what is planted here: each row knows its person, each person what is planted about
them. Nothing of leadsieve is imported or run. The same seed gives the same bytes:

    python data/make_samples.py [FOLDER]

One function plants one thing, in the order of this file; `README.md` lists them with their counts and their outcomes.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from sowing.files import (
    FORMATS,
    INTERRUPTIONS,
    campaign_file,
    campaigns_file,
    expected_rows_file,
    list_bytes,
    unsubscribes_file,
)
from sowing.readme import with_counts
from sowing.truth import expectations, problems
from sowing.world import (
    ARCHIVED,
    BOUNCED,
    BROKEN_EMAILS,
    CAMPAIGNS,
    CLASSIC,
    CROWDED_DOMAINS,
    EMAIL_FORMS,
    LINKEDIN_FORMS,
    LISTS,
    MAIN_LISTS,
    NOT_A_PROFILE,
    PART,
    PLACEHOLDERS,
    PROFILE_LISTS,
    SALES_NAVIGATOR,
    STORAGE,
    SUPPRESSED_DOMAINS,
    TARGET,
    TWO_EMAILS,
    URL,
    Person,
    Plant,
    Planted,
    Row,
    Sower,
    World,
    company_at,
    fill_campaigns,
    fill_unsubscribes,
    shuffle,
    stem,
    token,
)

HERE = Path(__file__).parent / "samples"

PLANTS: list[Plant] = []


def plant(outcome: str, reason: str) -> Callable[[Sower], Sower]:
    """Register a planting function with its claim; the README says what stands in its docstring after "Plant"."""

    def register(sow: Sower) -> Sower:
        says = (sow.__doc__ or "").removeprefix("Plant ")
        PLANTS.append(Plant(sow.__name__, says[:1].upper() + says[1:], outcome, reason, sow))
        return sow

    return register


def with_statuses(world: World, campaign: Callable[[], str], statuses: dict[str, int]) -> list[Person]:
    """Plant people who are in one campaign with the given statuses, each with one ordinary row."""
    people = []
    for status, count in statuses.items():
        for person in world.crowd(count):
            world.join(person, campaign(), status)
            world.seat(person)
            people.append(person)
    return people


IN_TARGET = {"running": 36, "paused": 10, "review": 10, "done": 14, "interested": 5, "notInterested": 5}


@plant("duplicate", "in_campaign")
def in_target(world: World) -> list[Person]:
    """Plant people in the target, with every status but unsubscribed."""
    return with_statuses(world, lambda: TARGET, IN_TARGET)


@plant("duplicate", "in_campaign")
def in_part_of_target(world: World) -> list[Person]:
    """Plant people in the target's part `Q4 Outreach #2`."""
    return with_statuses(world, lambda: PART, {"running": 16, "review": 8})


@plant("duplicate", "in_campaign")
def in_target_and_active_elsewhere(world: World) -> list[Person]:
    """Plant people in the target (done) and running in another campaign: the target decides."""
    people = with_statuses(world, lambda: TARGET, {"done": 10})
    for person in people:
        world.join(person, world.running(), "running")
    return people


@plant("in_progress", "active_in_other_campaign")
def running_elsewhere(world: World) -> list[Person]:
    """Plant people running or paused in another campaign."""
    return with_statuses(world, world.running, {"running": 70, "paused": 24})


@plant("in_progress", "active_in_other_campaign")
def not_launched_elsewhere(world: World) -> list[Person]:
    """Plant people in another campaign, not launched yet (review, scanning): counts as active."""
    return with_statuses(world, lambda: "Webinar Follow-up", {"review": 14, "scanning": 6})


@plant("in_progress", "active_in_other_campaign")
def unknown_status(world: World) -> list[Person]:
    """Plant people elsewhere with a status that nobody has classified (`snoozed`) or none: counts as active."""
    return with_statuses(world, lambda: "Re-engagement 2026", {"snoozed": 6, "": 4})


@plant("in_progress", "active_in_other_campaign")
def ended_here_active_there(world: World) -> list[Person]:
    """Plant people done in one campaign and running in another: the active one decides."""
    people = with_statuses(world, lambda: "Q3 Outreach", {"done": 14})
    for person in people:
        world.join(person, world.running(), "running")
    return people


@plant("in_progress", "active_in_other_campaign")
def only_in_storage(world: World) -> list[Person]:
    """Plant people only in the storage-like campaign, in review: held until the policy says `storage_campaigns`."""
    return with_statuses(world, lambda: STORAGE, {"review": 20})


@plant("in_progress", "active_in_other_campaign")
def active_in_archived(world: World) -> list[Person]:
    """Plant people still running in the archived campaign: held unless the policy says `archived = "ignore"`."""
    return with_statuses(world, lambda: ARCHIVED, {"running": 8})


@plant("create", "re_engage")
def ended_in_archived(world: World) -> list[Person]:
    """Plant people done in the archived campaign."""
    return with_statuses(world, lambda: ARCHIVED, {"done": 14})


@plant("create", "re_engage")
def ended_elsewhere(world: World) -> list[Person]:
    """Plant people done, interested or notInterested in other campaigns, active nowhere."""
    return with_statuses(world, world.ended, {"done": 70, "interested": 12, "notInterested": 18})


@plant("in_progress", "active_in_other_campaign")
def known_by_profile_only(world: World) -> list[Person]:
    """Plant people running elsewhere without an email; the row has email and profile."""
    people = world.crowd(20)
    for person in people:
        world.join(person, "Partner Program", "running", email="")
        world.seat(person, world.rng.choice(PROFILE_LISTS))
    return people


@plant("in_progress", "active_in_other_campaign")
def tied_by_membership(world: World) -> list[Person]:
    """Plant rows with only an email; a finished membership ties it to a profile running elsewhere without an email."""
    people = world.crowd(12)
    for person in people:
        world.join(person, "Q3 Outreach", "done")
        world.join(person, "Partner Program", "running", email="")
        world.seat(person, "hubspot_contacts")
    return people


@plant("in_progress", "active_in_other_campaign")
def tied_by_list_row(world: World) -> list[Person]:
    """Plant rows with only an email; a row of a later list ties it to a profile running elsewhere without an email."""
    people = world.crowd(8)
    for person in people:
        person.told_by = "apollo_export"
        world.join(person, "Partner Program", "running", email="")
        world.add("leads", person, person.email, ties="email")
        world.seat(person, "apollo_export")
    return people


@plant("in_progress", "active_in_other_campaign")
def token_in_list_and_workspace(world: World) -> list[Person]:
    """Plant a Sales Navigator token in the list, another token of that member in the workspace, no emails."""
    people = world.crowd(5)
    for person in people:
        world.join(person, "Partner Program", "running", email="", linkedin=f"{URL}{token(person, CLASSIC)}")
        url = f"https://www.linkedin.com/sales/lead/{token(person, SALES_NAVIGATOR)},NAME_SEARCH,q7Rd"
        world.add("leads", person, "", url, ties="member")
    return people


@plant("in_progress", "active_in_other_campaign")
def old_pub_address(world: World) -> list[Person]:
    """Plant the old `/pub/` form in the list of a profile that is running elsewhere, no emails."""
    people = world.crowd(6)
    for person in people:
        a, b, c = world.rng.randrange(1, 255), world.rng.randrange(16, 4096), world.rng.randrange(1, 4096)
        name = person.slug.rsplit("-", 1)[0]
        person.slug = f"{name}-{c:03x}{b:03x}{a:x}"
        world.join(person, "Partner Program", "running", email="")
        world.add("leads", person, "", f"http://www.linkedin.com/pub/{name}/{a:x}/{b:x}/{c:x}", ties="linkedin")
    return people


@plant("in_progress", "active_in_other_campaign")
def percent_encoded(world: World) -> list[Person]:
    """Plant profiles with an umlaut: percent-encoded in the list, plain in the workspace, no emails."""
    people = world.crowd(8)
    for number, person in enumerate(people):
        tail = person.slug.rsplit("-", 1)[1]
        person.slug = f"jörg-{tail}"
        person.first = "Jörg"
        world.join(person, "Partner Program", "running", email="")
        encoded = "j%C3%B6rg" if number % 2 else "j%c3%b6rg"
        world.add("leads", person, "", f"{URL}{encoded}-{tail}", ties="linkedin")
    return people


@plant("in_progress", "active_in_other_campaign")
def every_profile_form(world: World) -> list[Person]:
    """Plant four people for each form of a LinkedIn cell, known to the workspace by the plain form only."""
    people = []
    for form in LINKEDIN_FORMS:
        for person in world.crowd(4):
            world.join(person, "Partner Program", "running", email="")
            world.profile_row(person, "leads", form)
            people.append(person)
    return people


@plant("in_progress", "active_in_other_campaign")
def every_email_form(world: World) -> list[Person]:
    """Plant four people for each form of an email cell, known to the workspace by the plain form only."""
    people = []
    for cell in EMAIL_FORMS.values():
        for person in world.crowd(4):
            world.join(person, "Nordics Expansion", "running", linkedin="")
            world.add("leads", person, cell(person), ties="email")
            people.append(person)
    return people


@plant("in_progress", "active_in_other_campaign")
def capitals_in_workspace(world: World) -> list[Person]:
    """Plant people whose email is in capitals in the workspace, in lower case in the list."""
    people = world.crowd(8)
    for person in people:
        world.join(person, "Nordics Expansion", "running", email=person.email.upper(), linkedin="")
        world.seat(person, "hubspot_contacts")
    return people


@plant("in_progress", "active_in_other_campaign")
def two_emails_in_workspace(world: World) -> list[Person]:
    """Plant memberships with two emails in one cell; the list has the second."""
    people = world.crowd(4)
    for person in people:
        cell = f"{person.email.replace('@', '.old@')}, {person.email}"
        world.join(person, "Nordics Expansion", "running", email=cell, linkedin="")
        world.seat(person, "hubspot_contacts")
    return people


def hold(people: list[Person], reason: str) -> list[Person]:
    """Note why these people are held back."""
    for person in people:
        person.held = reason
    return people


@plant("suppressed", "unsubscribed")
def unsubscribed_elsewhere(world: World) -> list[Person]:
    """Plant people unsubscribed in another campaign."""
    return hold(with_statuses(world, world.ended, {"unsubscribed": 16}), "unsubscribed")


@plant("suppressed", "unsubscribed")
def unsubscribed_in_target(world: World) -> list[Person]:
    """Plant people unsubscribed in the target itself: suppression stands above the target."""
    return hold(with_statuses(world, lambda: TARGET, {"unsubscribed": 5}), "unsubscribed")


@plant("suppressed", "bounced")
def bounced(world: World) -> list[Person]:
    """Plant people done in another campaign because the mail bounced (`lastState` emailsBounced)."""
    people = hold(with_statuses(world, world.ended, {"done": 18}), "bounced")
    for person in people:
        person.memberships[0].last_state = BOUNCED
    return people


@plant("suppressed", "unsubscribed")
def on_list_by_email(world: World) -> list[Person]:
    """Plant people on the unsubscribe list by email, unknown to every campaign."""
    people = hold(world.crowd(22), "unsubscribed")
    for person in people:
        world.unsubscribes.append((person.email, world.rng.choice(("lead", "user", "api"))))
        world.seat(person)
    return people


@plant("suppressed", "unsubscribed")
def on_list_by_profile(world: World) -> list[Person]:
    """Plant people on the unsubscribe list by LinkedIn profile, unknown to every campaign."""
    people = hold(world.crowd(10), "unsubscribed")
    for person in people:
        world.unsubscribes.append((LINKEDIN_FORMS["plain"](person), "user"))
        world.seat(person, world.rng.choice(PROFILE_LISTS))
    return people


@plant("suppressed", "unsubscribed")
def on_list_and_active_elsewhere(world: World) -> list[Person]:
    """Plant people on the unsubscribe list by email and running in another campaign: suppression decides."""
    people = hold(with_statuses(world, world.running, {"running": 6}), "unsubscribed")
    world.unsubscribes.extend((person.email, "lead") for person in people)
    return people


@plant("suppressed", "suppressed_domain")
def at_suppressed_domain(world: World) -> list[Person]:
    """Plant people at a domain of the unsubscribe list; three of them at a subdomain of it."""
    domains = [*SUPPRESSED_DOMAINS * 5, *(f"mail.{domain}" for domain in SUPPRESSED_DOMAINS)]
    people = hold([world.person(company_at(domain)) for domain in domains], "suppressed_domain")
    for person in people:
        world.seat(person)
    return people


@plant("suppressed", "unsubscribed")
def on_list_at_suppressed_domain(world: World) -> list[Person]:
    """Plant people on the list by email and at a suppressed domain: the first reason is named."""
    people = hold(world.crowd(2, company_at(SUPPRESSED_DOMAINS[0])), "unsubscribed")
    for person in people:
        world.unsubscribes.append((person.email, "lead"))
        world.seat(person)
    return people


@plant("suppressed", "unsubscribed")
def unsubscribed_in_hubspot(world: World) -> list[Person]:
    """Plant people with `Unsubscribed from all email` in the HubSpot list, known nowhere else."""
    people = hold(world.crowd(18), "unsubscribed")
    for person in people:
        world.seat(person, "hubspot_contacts").unsubscribed = True
    return people


@plant("suppressed", "unsubscribed")
def unsubscribed_in_hubspot_listed_before(world: World) -> list[Person]:
    """Plant the same, but tried first is a row of `leads.csv` that does not say so: it holds for the person."""
    people = hold(world.crowd(4), "unsubscribed")
    for person in people:
        person.told_by = "hubspot_contacts"
        world.seat(person, "leads")
        world.seat(person, "hubspot_contacts").unsubscribed = True
    return people


@plant("failed", "invalid_email")
def broken_email(world: World) -> list[Row]:
    """Plant rows with an email that is none, half of them beside a good profile."""
    rows = []
    for number, person in enumerate(world.crowd(24)):
        linkedin = LINKEDIN_FORMS["plain"](person) if number % 2 else ""
        source = world.rng.choice(("leads", "leads", "event_booth")) if not linkedin else "leads"
        rows.append(
            world.add(
                source, person, BROKEN_EMAILS[number % len(BROKEN_EMAILS)](person), linkedin, failure="invalid_email"
            )
        )
    return rows


@plant("failed", "invalid_email")
def broken_email_of_someone_listed(world: World) -> list[Row]:
    """Plant broken emails beside the profile of somebody in another list: the failed row takes nobody's place."""
    rows = []
    for person in world.crowd(4):
        cell = BROKEN_EMAILS[0](person)
        rows.append(world.add("leads", person, cell, LINKEDIN_FORMS["plain"](person), failure="invalid_email"))
        world.seat(person, "apollo_export")
    return rows


@plant("failed", "multiple_emails")
def two_emails_in_cell(world: World) -> list[Row]:
    """Plant rows with two emails in one cell, split by comma, semicolon or slash."""
    rows = []
    for number, person in enumerate(world.crowd(10)):
        cell = TWO_EMAILS[number % len(TWO_EMAILS)].format(person.email, f"office{number}@{person.company.domain}")
        rows.append(world.add("leads" if number % 2 else "hubspot_contacts", person, cell, failure="multiple_emails"))
    return rows


@plant("failed", "no_identifier")
def nothing_to_go_by(world: World) -> list[Row]:
    """Plant rows with neither email nor profile: blank, a placeholder, or only a company page or short link."""
    rows = []
    for number, person in enumerate(world.crowd(16)):
        email = ("", *PLACEHOLDERS)[number % 6]
        linkedin = NOT_A_PROFILE[number % 3].format(stem(person)) if number >= 10 else ""
        rows.append(world.add("leads", person, email, linkedin, failure="no_identifier"))
    return rows


@plant("create", "new")
def company_page_beside_email(world: World) -> list[Person]:
    """Plant people with a company page, short link or other site for a profile; the email is good."""
    people = world.crowd(20)
    for number, person in enumerate(people):
        source = "leads" if number % 2 else "hubspot_contacts"
        cell = NOT_A_PROFILE[number % len(NOT_A_PROFILE)].format(stem(person))
        world.add(source, person, person.email, cell, ties="email").not_a_profile = True
    return people


@plant("create", "new")
def placeholder_for_email(world: World) -> list[Person]:
    """Plant people with a placeholder for the email (N/A, -, none …) beside a good profile."""
    people = world.crowd(15)
    for number, person in enumerate(people):
        world.profile_row(person, "leads", email=PLACEHOLDERS[number % len(PLACEHOLDERS)])
    return people


@plant("create", "new")
def locked_in_apollo(world: World) -> list[Person]:
    """Plant people with `email_not_unlocked@domain.com`: a placeholder, so nobody is tied by it."""
    people = world.crowd(30)
    for person in people:
        world.profile_row(person, "apollo_export", "http", email="email_not_unlocked@domain.com")
    return people


@plant("create", "new")
def profile_only(world: World) -> list[Person]:
    """Plant people whose email the Sales Navigator scraper did not find."""
    people = world.crowd(45)
    for person in people:
        world.profile_row(person, "sales_navigator_evaboot")
    return people


def behind(world: World, address: str, people: list[Person]) -> list[Row]:
    """Add one row per person in `leads.csv`, each with its own profile and the same shared address."""
    rows = []
    for person in people:
        row = world.add("leads", person, address, LINKEDIN_FORMS["plain"](person), ties="linkedin")
        row.shared = address
        rows.append(row)
    return rows


@plant("create", "new")
def role_address_of_many(world: World) -> list[Row]:
    """Plant `info@` of three companies beside 8, 5 and 2 profiles: ties nobody; of each, the first row goes forward."""
    crowds = zip((8, 5, 2), map(company_at, CROWDED_DOMAINS), strict=True)
    return [behind(world, f"info@{at.domain}", world.crowd(count, at))[0] for count, at in crowds]


@plant("create", "new")
def assistant_of_many(world: World) -> list[Row]:
    """Plant an assistant's address beside 5 profiles (more than 3): ties nobody; the first row goes forward."""
    crowd = world.crowd(5, company_at("vorzimmer-holding.de"))
    return behind(world, f"buero.{crowd[0].email}", crowd)[:1]


@plant("duplicate", "duplicate_in_list")
def role_address_alone(world: World) -> list[Row]:
    """Plant a later row with nothing but the shared `info@`: that address has been taken."""
    shared = next(row.shared for row in world.lists["leads"] if row.shared)
    row = world.add("hubspot_contacts", world.person(company_at(CROWDED_DOMAINS[0])), shared)
    row.shared = shared
    return [row]


@plant("create", "new")
def own_address_later(world: World) -> list[Person]:
    """Plant somebody whose row with the shared `info@` is a duplicate, in HubSpot with an address of their own."""
    rows = [row for row in world.lists["leads"] if row.shared]
    person = rows[3].person
    world.add("hubspot_contacts", person, person.email, LINKEDIN_FORMS["plain"](person), ties="email linkedin")
    return [person]


@plant("create", "new")
def role_address_of_one(world: World) -> list[Person]:
    """Plant `kontakt@` beside a single profile, twice: ties like any address, the second row is a duplicate."""
    people = [world.person(company_at(f"einzelhof-{word}.de")) for word in ("alt", "neu", "mitte")]
    for person in people:
        person.email = f"kontakt@{person.company.domain}"
        world.seat(person, "leads")
        world.seat(person, "hubspot_contacts")
    return people


@plant("create", "new")
def twice_in_one_list(world: World) -> list[Person]:
    """Plant people with two rows in the same list, in different forms."""
    people = world.crowd(60)
    for person in people:
        source = world.rng.choice(("leads", "leads", "apollo_export", "sales_navigator_evaboot"))
        world.seat(person, source)
        world.seat(person, source)
    return people


@plant("create", "new")
def in_two_lists(world: World) -> list[Person]:
    """Plant people with one row in each of two of the first four lists."""
    people = world.crowd(150)
    for person in people:
        for source in world.rng.sample(MAIN_LISTS, 2):
            world.seat(person, source)
    return people


@plant("create", "new")
def at_booth_and_in_list(world: World) -> list[Person]:
    """Plant people met at the booth and in the HubSpot list, the email written differently."""
    people = world.crowd(14)
    for person in people:
        world.seat(person, "hubspot_contacts")
        world.seat(person, "event_booth")
    return people


@plant("create", "new")
def in_four_lists(world: World) -> list[Person]:
    """Plant people with one row in each of the first four lists."""
    people = world.crowd(15)
    for person in people:
        for source in MAIN_LISTS:
            world.seat(person, source)
    return people


@plant("create", "new")
def email_here_profile_there(world: World) -> list[Person]:
    """Plant people with three rows: the email, both, the profile."""
    people = world.crowd(12)
    for person in people:
        world.add("leads", person, person.email, ties="email")
        world.seat(person, "apollo_export")
        world.profile_row(person, "sales_navigator_evaboot")
    return people


@plant("create", "new")
def chain_over_two_emails(world: World) -> list[Person]:
    """Plant rows (email 1, profile 1), (email 2, profile 2), (email 1, profile 2) in three lists: one person each."""
    people = world.crowd(3)
    for person in people:
        other = world.person()
        world.add("leads", person, person.email, LINKEDIN_FORMS["plain"](person), ties="email linkedin")
        world.add("apollo_export", person, other.email, LINKEDIN_FORMS["http"](other), ties="email2 linkedin2")
        world.add("hubspot_contacts", person, person.email, LINKEDIN_FORMS["plain"](other), ties="email linkedin2")
    return people


@plant("in_progress", "active_in_other_campaign")
def known_and_in_two_lists(world: World) -> list[Person]:
    """Plant people running elsewhere and in two lists: one row is in progress, the other a duplicate."""
    people = world.crowd(30)
    for person in people:
        world.join(person, world.running(), "running")
        for source in world.rng.sample(MAIN_LISTS, 2):
            world.seat(person, source)
    return people


@plant("create", "new")
def unknown(world: World) -> list[Person]:
    """Plant people with one ordinary row, known to nobody: what the lists are for."""
    people = []
    for source, size in LISTS.items():
        for person in world.crowd(size - len(world.lists[source])):
            world.seat(person, source)
            people.append(person)
    return people


def sow() -> tuple[World, Planted]:
    """Plant everything and return the world with what each plant claims."""
    world = World()
    planted = {plant.name: plant.sow(world) for plant in PLANTS}
    fill_campaigns(world)
    fill_unsubscribes(world)
    shuffle(world)
    return world, planted


def outputs() -> dict[str, bytes]:
    """Return every file of the samples by its path."""
    world, planted = sow()
    if found := problems(world, PLANTS, planted):
        raise SystemExit("\n".join(found))
    files = {f"{source}.csv": list_bytes(world.lists[source], FORMATS[source]) for source in LISTS}
    files |= {f"workspace/{c.name}.csv": campaign_file(world, c.name) for c in CAMPAIGNS}
    files |= {"campaigns.csv": campaigns_file(), "unsubscribes.csv": unsubscribes_file(world)}
    files["expected_rows.csv"] = expected_rows_file(world)
    expected = expectations(world, planted, ignored_lines=len(INTERRUPTIONS))
    files["expected.json"] = (json.dumps(expected, indent=2) + "\n").encode()
    files["README.md"] = with_counts((HERE / "README.md").read_text("utf-8"), expected, PLANTS).encode()
    return files


def main(folder: Path) -> None:
    """Write the samples into a folder."""
    for path, content in outputs().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    print(f"Wrote the samples to {folder}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
