"""One way to break a tiny run for every expectation, under the words of the expectation that must notice it.

The members of a group break different rows, so that they can be made in one run and still be told apart.
"""

from collections import defaultdict
from collections.abc import Callable

from validation.tiny_run import NORDICS, SECOND_PART, TARGET, TinyRun, known

Mutation = Callable[[TinyRun], None]

MUTATIONS: dict[str, Mutation] = {}
GROUPS: dict[int, list[str]] = defaultdict(list)
LAST = 13
HELD = 7


def breaks(description: str, *, group: int) -> Callable[[Mutation], Mutation]:
    """Register a mutation under the description of the expectation that it breaks."""

    def register(mutation: Mutation) -> Mutation:
        MUTATIONS[description] = mutation
        GROUPS[group].append(description)
        return mutation

    return register


def spoil_last(run: TinyRun, **cells: object) -> None:
    """Change a failed row alike in the ledger and in failed.csv, and count anew."""
    run.row(LAST).update(cells)
    run.failed[-1].update(cells)
    run.summarise()


def mark(run: TinyRun, row: int, **facts: bool) -> None:
    """Give a row of the ledger other marks, and count anew."""
    run.row(row).update(known(**facts))
    run.summarise()


@breaks("Every batch file holds as many rows as the ledger puts into its batch.", group=1)
def lose_a_record_of_a_batch(run: TinyRun) -> None:
    run.batches["batches/q4-002.csv"].pop()
    run.plan[1]["rows"] -= 1
    run.summarise()


@breaks("The batch files are those that were planned, each with the planned number of rows.", group=2)
def plan_a_row_more(run: TinyRun) -> None:
    run.plan[0]["rows"] += 1
    run.summarise()


@breaks("summary.json names the batches as they were planned.", group=3)
def name_another_campaign_in_the_summary(run: TinyRun) -> None:
    run.summary["batches"][0]["campaign"] = "Another"


@breaks("No batch is over its limit.", group=1)
def lower_the_limit_of_an_import(run: TinyRun) -> None:
    run.parameters["method"] = "linkedin"
    run.plan[0]["limit"] = 1


@breaks("No campaign is over its limit, its members and its batches taken together.", group=2)
def fill_the_target(run: TinyRun) -> None:
    run.plan[0]["members"] = 2


@breaks("Emails hold no white space and no control characters.", group=1)
def write_a_space_into_an_email(run: TinyRun) -> None:
    run.set_lead(2, email="lead 2@example-firm.com")


@breaks("Emails are in lower case.", group=2)
def write_an_email_with_a_capital(run: TinyRun) -> None:
    run.set_lead(2, email="Lead2@example-firm.com")


@breaks("Emails have one @, with something on both sides.", group=3)
def write_two_addresses_into_a_cell(run: TinyRun) -> None:
    run.set_lead(2, email="lead2@example-firm.com;two@example-firm.com")


@breaks("LinkedIn URLs are canonical: https://www.linkedin.com/in/ and a vanity name or a member token.", group=1)
def leave_a_url_as_it_came(run: TinyRun) -> None:
    run.set_lead(1, linkedinUrl="https://www.linkedin.com/in/Lead-One/")


@breaks("Sales Navigator URLs lead to LinkedIn's pages for sales or recruiting.", group=2)
def write_a_company_page_as_a_sales_profile(run: TinyRun) -> None:
    run.set_lead(4, linkedinUrlSalesNav="https://www.linkedin.com/company/example")


@breaks("No email stands in two rows of the batches.", group=3)
def write_an_email_into_two_batches(run: TinyRun) -> None:
    run.set_lead(4, email="lead1@example-firm.com")


@breaks("No LinkedIn profile stands in two rows of the batches.", group=4)
def write_a_profile_into_two_rows(run: TinyRun) -> None:
    run.set_lead(2, linkedinUrl=run.row(1)["linkedin_url"])


@breaks("No Sales Navigator profile stands in two rows of the batches.", group=5)
def write_a_sales_profile_into_two_rows(run: TinyRun) -> None:
    run.set_lead(2, linkedinUrlSalesNav=run.row(4)["linkedinUrlSalesNav"])


@breaks("Every row has an email or a LinkedIn URL.", group=6)
def create_a_row_without_an_identifier(run: TinyRun) -> None:
    run.set_lead(2, email=None)


@breaks("Every row says which source it came from.", group=4)
def write_a_batch_without_a_source(run: TinyRun) -> None:
    run.set_lead(4, source="")


@breaks(
    "Every row's lemlist fields are, cell by cell, those of a row that the ledger creates in this batch.",
    group=7,
)
def give_a_lead_another_phone(run: TinyRun) -> None:
    run.first_batch()[0]["phone"] = "+33600000001"


@breaks("Every row's custom variables are, cell by cell, those of its row in the ledger.", group=7)
def give_a_lead_the_variable_of_another(run: TinyRun) -> None:
    run.first_batch()[1]["path"] = "path 1"


@breaks("Every record has its row number.", group=1)
def lose_a_row_number(run: TinyRun) -> None:
    run.row(LAST)["row"] = None


@breaks("No row number stands twice.", group=2)
def decide_a_record_twice(run: TinyRun) -> None:
    run.ledger.append(dict(run.row(LAST)))
    run.failed.append(dict(run.failed[-1]))
    run.parameters["input_rows"] += 1
    run.summarise()


@breaks("The row numbers run from 1 without a gap.", group=3)
def skip_a_row_number(run: TinyRun) -> None:
    run.row(LAST)["row"] = LAST + 1


@breaks("The ledger holds as many records as were read from the list.", group=4)
def read_one_record_more(run: TinyRun) -> None:
    run.parameters["input_rows"] += 1


@breaks("Every record says which file it came from.", group=4)
def lose_the_file_of_a_record(run: TinyRun) -> None:
    spoil_last(run, file=None)


@breaks("Lines are counted from 1.", group=5)
def count_a_line_from_zero(run: TinyRun) -> None:
    spoil_last(run, line=0)


@breaks("Every record says which source it belongs to.", group=6)
def lose_the_source_of_a_record(run: TinyRun) -> None:
    spoil_last(run, source=None)


@breaks("Every record has an outcome.", group=7)
def decide_nothing_for_a_record(run: TinyRun) -> None:
    run.row(LAST)["outcome"] = None
    run.failed.pop()
    run.summarise()


@breaks("Outcomes are one of the seven.", group=8)
def invent_an_outcome(run: TinyRun) -> None:
    run.row(HELD)["outcome"] = "lost"
    run.excluded = [row for row in run.excluded if row["row"] != HELD]
    run.summarise()


@breaks("Every record has a reason.", group=8)
def give_no_reason(run: TinyRun) -> None:
    spoil_last(run, reason=None)


@breaks("Reasons are one of those that docs/words.md names.", group=9)
def invent_a_reason(run: TinyRun) -> None:
    spoil_last(run, reason="because")


@breaks("Outcome and reason belong together.", group=10)
def fail_a_row_for_having_bounced(run: TinyRun) -> None:
    spoil_last(run, reason="bounced")


@breaks("Exactly the failed records have no marks.", group=9)
def mark_a_failed_row(run: TinyRun) -> None:
    run.row(12)["in_campaign"] = False


@breaks("Exactly the failed records have no person.", group=10)
def make_a_failed_row_a_person(run: TinyRun) -> None:
    run.row(12)["person"] = 99


@breaks("What each dedup mode forbids follows from the marks.", group=1)
def forbid_a_row_that_nothing_is_known_of(run: TinyRun) -> None:
    run.row(HELD)["blocked_by_workspace"] = True
    run.summarise()


@breaks("Who is in the target or active elsewhere is in the workspace.", group=2)
def be_active_outside_the_workspace(run: TinyRun) -> None:
    mark(run, 6, active=True)


@breaks("All rows of a person have the same marks.", group=3)
def know_something_of_one_row_of_a_person(run: TinyRun) -> None:
    run.row(5).update(known(workspace=True))
    run.summary["marks"]["in_workspace"] += 1
    run.summary["marks"]["blocked_by_workspace"] += 1


@breaks("Of a person's rows one at most goes forward.", group=4)
def let_two_rows_of_a_person_go_forward(run: TinyRun) -> None:
    run.row(10)["person"] = HELD


@breaks("Exactly the duplicates in the list name the row that went forward.", group=5)
def forget_which_row_went_forward(run: TinyRun) -> None:
    run.row(5)["duplicate_of"] = None


@breaks("The row that a duplicate names went forward.", group=6)
def name_a_failed_row_as_the_one_that_went_forward(run: TinyRun) -> None:
    run.row(5)["duplicate_of"] = 12


@breaks("Exactly the rows to create have a batch, an upload and a campaign.", group=5)
def give_a_suppressed_row_a_batch(run: TinyRun) -> None:
    run.row(HELD)["batch"] = 1


@breaks("Batch, upload and campaign of a row are those of the plan.", group=6)
def send_a_row_to_another_campaign(run: TinyRun) -> None:
    run.row(1)["batch_campaign"] = "Another"


@breaks("Connections that are separated go to the storage campaign or its parts.", group=13)
def leave_a_connection_among_strangers(run: TinyRun) -> None:
    run.parameters["connections_campaign"] = "Q4"
    run.row(2)["is_connection"] = True


@breaks("No row is created that the dedup mode of the run forbids.", group=8)
def create_a_row_that_is_active_elsewhere(run: TinyRun) -> None:
    run.row(4)["reason"] = "active_elsewhere"
    mark(run, 4, active=True, workspace=True)


@breaks("The import mode of the run allows what was decided.", group=8)
def update_under_create_only(run: TinyRun) -> None:
    run.parameters["import_mode"] = "create-only"


@breaks("The reason agrees with the marks.", group=9)
def re_engage_somebody_unknown(run: TinyRun) -> None:
    run.row(4)["reason"] = "re_engage"
    run.summarise()


@breaks("No row is created or updated whose person is suppressed.", group=10)
def create_somebody_who_is_suppressed(run: TinyRun) -> None:
    run.row(4)["suppressed_by"] = "suppression list"


@breaks("Every suppressed row says where that comes from.", group=9)
def suppress_without_a_source(run: TinyRun) -> None:
    run.row(HELD)["suppressed_by"] = None


@breaks("No LinkedIn profile is created twice, whichever form it has.", group=11)
def create_a_member_number_twice(run: TinyRun) -> None:
    run.row(4)["linkedin_member_key"] = run.row(3)["linkedin_key"]


@breaks("A failed email is one whose status says so.", group=11)
def fail_a_valid_email(run: TinyRun) -> None:
    run.row(LAST)["email_status"] = "valid"


@breaks("Email statuses are one of the five.", group=11)
def invent_an_email_status(run: TinyRun) -> None:
    run.row(HELD)["email_status"] = "fine"


@breaks("LinkedIn statuses are one of the six.", group=11)
def invent_a_linkedin_status(run: TinyRun) -> None:
    run.row(HELD)["linkedin_status"] = "fine"


@breaks("How a row was matched is one of the four words.", group=11)
def invent_a_way_of_matching(run: TinyRun) -> None:
    run.row(6)["matched_on"] = "name"


@breaks("summary.json counts the outcomes and reasons that the ledger holds.", group=11)
def count_an_outcome_wrong(run: TinyRun) -> None:
    run.summary["outcomes"]["create"] += 1


@breaks("summary.json counts the marks that the ledger holds.", group=11)
def count_a_mark_wrong(run: TinyRun) -> None:
    run.summary["marks"]["in_workspace"] -= 1


@breaks("summary.json counts as many input rows as the ledger holds.", group=11)
def count_the_input_wrong(run: TinyRun) -> None:
    run.summary["input_rows"] += 1


@breaks("Every update names its lead by lemlist's _id.", group=1)
def update_nobody(run: TinyRun) -> None:
    run.updates[0]["_id"] = None


@breaks("No lead is updated twice.", group=2)
def update_a_lead_twice(run: TinyRun) -> None:
    run.updates[1]["_id"] = run.updates[0]["_id"]


@breaks("There are no more updates than rows that the ledger updates.", group=3)
def update_somebody_else_too(run: TinyRun) -> None:
    run.updates.append({"_id": "lea_99", "email": "lead99@example-firm.com"})


@breaks("New emails are in lower case, with one @ and no white space.", group=4)
def update_to_an_email_with_a_capital(run: TinyRun) -> None:
    run.updates[0]["newEmail"] = "Eight@example-firm.com"


@breaks(
    "New LinkedIn URLs are canonical: https://www.linkedin.com/in/ and a vanity name or a member token.",
    group=5,
)
def update_to_a_url_as_it_came(run: TinyRun) -> None:
    run.updates[1]["newLinkedinUrl"] = "linkedin.com/in/nine"


@breaks("A new email or LinkedIn URL differs from the one that the lead has.", group=6)
def update_to_what_is_there(run: TinyRun) -> None:
    run.updates[1]["newEmail"] = run.updates[1]["email"]


@breaks("No lead is both updated and created.", group=7)
def update_somebody_who_is_created(run: TinyRun) -> None:
    run.updates[0]["email"] = " Lead4@Example-firm.com"


@breaks("Every excluded row has its row number.", group=1)
def exclude_a_row_without_a_number(run: TinyRun) -> None:
    run.excluded.append({**run.excluded[0], "row": None})


@breaks("No row is excluded twice.", group=2)
def exclude_a_row_twice(run: TinyRun) -> None:
    run.excluded.append(dict(run.excluded[0]))


@breaks("Every row that the ledger holds back is in excluded.csv.", group=3)
def lose_an_excluded_row(run: TinyRun) -> None:
    run.excluded.pop()


@breaks("No row in excluded.csv is created, updated or failed.", group=4)
def exclude_a_row_that_is_created(run: TinyRun) -> None:
    run.excluded.append(dict(run.row(1)))


@breaks("Excluded rows say what the ledger says of them.", group=5)
def give_another_reason_in_the_file(run: TinyRun) -> None:
    run.excluded[0]["reason"] = "in_campaign"


@breaks("failed.csv holds exactly the failed records of the ledger, with their file, line and reason.", group=9)
def lose_a_failed_record(run: TinyRun) -> None:
    run.failed.pop(0)


@breaks("No campaign is over its limit, its members counted anew in the workspace.", group=13)
def count_a_member_less_than_there_are(run: TinyRun) -> None:
    run.workspace.add(TARGET, "done", "somebody@example-firm.com")


@breaks("Nobody is created who is in the target already.", group=12)
def create_a_member_of_a_part_of_the_target(run: TinyRun) -> None:
    run.workspace.add(SECOND_PART, "done", "lead4@example-firm.com")


@breaks("Under dedup active, nobody is created who is active in another campaign.", group=12)
def create_a_profile_that_is_active_elsewhere(run: TinyRun) -> None:
    run.workspace.add(NORDICS, "running", "https://www.linkedin.com/in/lead-one-é")


@breaks("Under dedup workspace, nobody is created who is in any campaign.", group=13)
def create_somebody_known_under_dedup_workspace(run: TinyRun) -> None:
    run.parameters["dedup"] = "workspace"
    run.row(2)["reason"] = "new"
    mark(run, 2)


@breaks("Nobody is created whom an opt-out names, by address, domain or profile.", group=12)
def create_a_profile_that_opted_out(run: TinyRun) -> None:
    run.workspace.opt_out("linkedin", "urn:li:member:5")


@breaks("Nobody is created whose lead in any campaign bounced or has a status that suppresses.", group=12)
def create_somebody_who_unsubscribed_in_another_campaign(run: TinyRun) -> None:
    run.workspace.add(NORDICS, "Unsubscribed ", "lead2@example-firm.com")


@breaks("The snapshot is the one that the run decided by.", group=12)
def decide_by_another_snapshot(run: TinyRun) -> None:
    run.parameters["snapshot_sha256"] = "another"


@breaks("No lead of the workspace is there twice.", group=12)
def let_a_lead_be_there_twice(run: TinyRun) -> None:
    run.workspace.memberships.append({**run.workspace.memberships[1], "number": 2})


@breaks("The campaign of every lead is in the snapshot.", group=12)
def lose_a_campaign(run: TinyRun) -> None:
    run.workspace.add(99, "done")


@breaks("Emails of the workspace are in lower case, with one @ and no white space.", group=12)
def keep_a_key_with_a_capital(run: TinyRun) -> None:
    run.workspace.add(NORDICS, "done", "Jane@example-firm.com")


@breaks("LinkedIn keys of the workspace have one of the two forms.", group=12)
def keep_a_url_with_a_slash(run: TinyRun) -> None:
    run.workspace.add(NORDICS, "done", "https://www.linkedin.com/in/jane/")


@breaks("Every identifier of a lead of the workspace is the hash of its key.", group=12)
def give_a_key_the_hash_of_another(run: TinyRun) -> None:
    run.workspace.misplaced.add("urn:li:member:78")
    run.workspace.add(NORDICS, "done", "urn:li:member:78")


@breaks("Every opt-out names somebody.", group=12)
def suppress_nobody(run: TinyRun) -> None:
    run.workspace.opt_out("email", None)


@breaks("Every opt-out says by what it names them: email, its keyed hash, domain, LinkedIn profile or phone.", group=12)
def suppress_a_fax(run: TinyRun) -> None:
    run.workspace.opt_out("fax", "+33612345679")


@breaks("Every opt-out has a reason.", group=12)
def suppress_without_a_reason(run: TinyRun) -> None:
    run.workspace.opt_out("email", "a@example-firm.com", reason=None)


@breaks("Reasons of opt-outs are one of the four.", group=12)
def suppress_for_another_reason(run: TinyRun) -> None:
    run.workspace.opt_out("email", "b@example-firm.com", reason="because")


@breaks("Every opt-out says where it came from.", group=12)
def suppress_out_of_nowhere(run: TinyRun) -> None:
    run.workspace.opt_out("email", "c@example-firm.com", came_from=None)


@breaks("Emails of opt-outs are in lower case, with one @ and no white space.", group=12)
def suppress_an_email_with_a_space(run: TinyRun) -> None:
    run.workspace.opt_out("email", "d @example-firm.com")


@breaks("Keyed hashes of opt-outs are 64 hexadecimal digits in lower case.", group=12)
def suppress_a_hash_as_it_came(run: TinyRun) -> None:
    run.workspace.opt_out("email_hash", "hmac-sha256:" + "0" * 64)


@breaks("Domains of opt-outs are in lower case, without @, with a dot.", group=12)
def suppress_a_domain_with_an_at(run: TinyRun) -> None:
    run.workspace.opt_out("domain", "@gone-corp.com")


@breaks("LinkedIn keys of opt-outs have one of the two forms.", group=12)
def suppress_a_url_as_it_came(run: TinyRun) -> None:
    run.workspace.opt_out("linkedin", "linkedin.com/in/jane")


@breaks("Phones of opt-outs are written as + and digits.", group=12)
def suppress_a_phone_as_it_came(run: TinyRun) -> None:
    run.workspace.opt_out("phone", "06 12 34 56 78")


@breaks(
    "A duplicate in the list is of the same person as the row that it names, or shares an identifier with it.", group=12
)
def name_the_row_of_somebody_else(run: TinyRun) -> None:
    run.row(5)["person"] = 50
