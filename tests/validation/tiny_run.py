"""A run of thirteen rows and its workspace, made by hand and right in every way, for tests to break one thing at a time."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from leadsieve.identity import KEY_VERSION
from leadsieve.validation import Brief
from leadsieve.validation.job import Staged
from leadsieve.workspace import status_table
from leadsieve.workspace.store import SCHEMA_VERSION

Record = dict[str, Any]

TOKEN = "ACoAAAABAgMBq1cD3fGh1JkLmN0pQrStUvWxYz0"  # a made-up LinkedIn member token, no secret
MARKS = (
    "in_campaign",
    "active_elsewhere",
    "in_workspace",
    "blocked_by_campaign",
    "blocked_by_active",
    "blocked_by_workspace",
)
LEMLIST = ("email", "firstName", "companyName", "linkedinUrl", "linkedinUrlSalesNav", "phone")
VARIABLES = ("colour", "path", "file_")
EXCLUDED = ("row", "file", "line", "source", "outcome", "reason")
UPDATES = ("_id", "email", "linkedinUrl", "newEmail", "newLinkedinUrl", "phone")
FAILED = ("Email", "reason", "file", "line", "reason", "what to do", "text")
HELD_BACK = ("duplicate", "in_progress", "suppressed", "skipped")

LEDGER_TYPES = {
    "row": pl.Int64,
    "file": pl.String,
    "line": pl.Int64,
    "source": pl.String,
    "firstName": pl.String,
    "companyName": pl.String,
    "linkedinUrlSalesNav": pl.String,
    "phone": pl.String,
    "colour": pl.String,
    "path": pl.String,
    "file_": pl.String,
    "changes": pl.List(pl.Struct({"column": pl.String, "was": pl.String})),
    "email_raw": pl.String,
    "email": pl.String,
    "email_status": pl.String,
    "linkedin_raw": pl.String,
    "linkedin_key": pl.String,
    "linkedin_url": pl.String,
    "linkedin_status": pl.String,
    "linkedin_member_key": pl.String,
    "person": pl.Int64,
    "duplicate_of": pl.Int64,
    **dict.fromkeys(MARKS, pl.Boolean),
    "matched_on": pl.String,
    "conflict_campaign": pl.String,
    "conflict_status": pl.String,
    "conflicts": pl.List(pl.Struct({"campaign": pl.String, "status": pl.String})),
    "suppressed_by": pl.String,
    "is_connection": pl.Boolean,
    "outcome": pl.String,
    "reason": pl.String,
    "warnings": pl.List(pl.String),
    "upload": pl.Int64,
    "batch": pl.Int64,
    "batch_campaign": pl.String,
}


def known(*, target: bool = False, active: bool = False, workspace: bool = False) -> Record:
    """Return the six marks of a row."""
    return dict(zip(MARKS, (target, active, workspace, target, target or active, workspace), strict=True))


def ledger_row(row: int, outcome: str, reason: str, **cells: Any) -> Record:
    """Return a row of the ledger; whatever is not given is as in a row that nothing is known of."""
    standard = {
        "row": row,
        "file": "leads.csv",
        "line": row + 1,
        "source": "Fair 2026",
        "firstName": f"Name{row}",
        "colour": 'red, or "blue"\nwith a line break',
        "path": f"path {row}",
        "email_raw": f"Lead{row}@Example-Firm.com ",
        "email": f"lead{row}@example-firm.com",
        "email_status": "valid",
        "linkedin_status": "empty",
        "person": row,
        **known(),
        "outcome": outcome,
        "reason": reason,
    }
    return dict.fromkeys(LEDGER_TYPES) | standard | cells


def failed_row(row: int, reason: str, **cells: Any) -> Record:
    """Return a failed row of the ledger: no person, no marks."""
    return ledger_row(row, "failed", reason, email=None, person=None, **dict.fromkeys(MARKS), **cells)


def profile(slug: str, key: str | None = None) -> Record:
    """Return the LinkedIn cells of a row."""
    url = f"https://www.linkedin.com/in/{slug}"
    return {"linkedin_raw": url, "linkedin_url": url, "linkedin_key": key or url, "linkedin_status": "person_vanity"}


def _ledger() -> list[Record]:
    first = {"batch": 1, "upload": 1, "batch_campaign": "Q4 – Été"}
    second = {"batch": 2, "upload": 1, "batch_campaign": "Q4 – Été #2"}
    elsewhere = known(active=True, workspace=True)
    return [
        ledger_row(
            1,
            "create",
            "new",
            **first,
            phone="+33600000000",
            **profile("lead-one-%C3%A9", "https://www.linkedin.com/in/lead-one-é"),
        ),
        ledger_row(2, "create", "re_engage", **first, **known(workspace=True), matched_on="email"),
        ledger_row(3, "create", "new", **second, email=None, email_status="empty", **profile(TOKEN, "urn:li:member:5")),
        ledger_row(4, "create", "new", **second, linkedinUrlSalesNav="https://www.linkedin.com/sales/lead/x,y"),
        ledger_row(5, "duplicate", "duplicate_in_list", person=1, duplicate_of=1, email="lead1@example-firm.com"),
        ledger_row(6, "in_progress", "active_in_other_campaign", **elsewhere, matched_on="link"),
        ledger_row(7, "suppressed", "unsubscribed", suppressed_by="suppression list"),
        ledger_row(8, "update", "in_campaign", **known(target=True, workspace=True), matched_on="both"),
        ledger_row(9, "update", "in_campaign", **known(target=True, workspace=True), matched_on="linkedin"),
        ledger_row(10, "suppressed", "bounced", suppressed_by="membership"),
        failed_row(11, "invalid_email", email_status="invalid"),
        failed_row(12, "unreadable_row", email_status=None, linkedin_status=None),
        failed_row(13, "multiple_emails", email_status="multiple"),
    ]


def batch_record(row: Record) -> Record:
    """Return what a batch file says of a row of the ledger."""
    return {name: row["linkedin_url" if name == "linkedinUrl" else name] for name in (*LEMLIST, *VARIABLES, "source")}


TARGET, SECOND_PART, NORDICS, STORAGE = 1, 2, 3, 4
CAMPAIGNS = {TARGET: "Q4 – Été", SECOND_PART: "Q4 – Été #2", NORDICS: "Nordics", STORAGE: "Q4 – Été #1"}


@dataclass
class TinyWorkspace:
    """Memberships and opt-outs as records; a test may add some and give keys another's hash."""

    memberships: list[Record] = field(default_factory=list)
    opt_outs: list[Record] = field(default_factory=list)
    misplaced: set[str] = field(default_factory=set)
    archived: bool = False

    def __post_init__(self) -> None:
        """Know what the ledger of the tiny run says is known."""
        self.add(TARGET, "done", "lead8@example-firm.com")
        self.add(NORDICS, "running", "lead6@example-firm.com")
        self.add(NORDICS, "done", "lead2@example-firm.com")
        self.add(NORDICS, "done", "lead10@example-firm.com", last_state="emailsBounced")
        self.add(NORDICS, None, "urn:li:member:77", "https://www.linkedin.com/in/jané")
        self.opt_out("email", "lead7@example-firm.com")
        self.opt_out("domain", "shut-corp.com", reason="suppressed_domain")
        self.opt_out("linkedin", "https://www.linkedin.com/in/no-mail", reason="do_not_contact")
        self.opt_out("phone", "+33612345678")

    def add(self, campaign: int, status: str | None, *keys: str, last_state: str | None = None) -> None:
        """Let a campaign have a lead with these identifiers."""
        self.memberships.append(
            {"campaign": campaign, "status": status, "keys": list(keys), "last_state": last_state, "is_paused": False}
        )

    def opt_out(
        self, kind: str, value: str | None, reason: str | None = "unsubscribed", came_from: str | None = "x"
    ) -> None:
        """Suppress whom a value names."""
        self.opt_outs.append({"kind": kind, "value": value, "reason": reason, "came_from": came_from})

    def write(self, file: Path) -> Path:
        """Write the workspace's file; its tables are ours but for their constraints, which tests must get around."""
        schema = files("leadsieve.workspace").joinpath("schema.sql").read_text("utf-8")
        with duckdb.connect(str(file)) as con:
            con.execute(re.sub(r"(?<! is) not null| primary key", "", schema))
            con.execute(
                "insert into facts_of_file values ('schema_version', $1), ('key_version', $2)",
                [str(SCHEMA_VERSION), str(KEY_VERSION)],
            )
            con.execute("insert into snapshots values (1, now(), now(), true, 'digest', 'load')")
            for number, name in CAMPAIGNS.items():
                con.execute(
                    "insert into campaigns values ($1, 1, null, $2, $3, 'Ann', 'running', $4, now(), 0)",
                    [number, f"cam_{number}", name, self.archived],
                )
            for number, lead in enumerate(self.memberships, start=1):
                self._insert(con, lead.get("number", number), lead)
            for entry in self.opt_outs:
                con.execute(
                    "insert into suppressions (kind, value, reason, came_from, added_at) values ($1, $2, $3, $4, now())",
                    list(entry.values()),
                )
        return file

    def _insert(self, con: duckdb.DuckDBPyConnection, number: int, lead: Record) -> None:
        ((state,),) = con.execute("select count(*) from membership_states").fetchall()
        con.execute(
            "insert into membership_states (state, status, is_paused, last_state) values ($1, $2, $3, $4)",
            [state, lead["status"], lead["is_paused"], lead["last_state"]],
        )
        con.execute(
            "insert into stored_memberships (membership, campaign, from_snapshot, state) values ($1, $2, 1, $3)",
            [number, lead["campaign"], state],
        )
        for key in lead["keys"]:
            con.execute(
                "insert into further_identifiers values ($1, md5_number($3), $2, false)",
                [number, key, f"another {key}" if key in self.misplaced else key],
            )


@dataclass
class TinyRun:
    """What is staged, as records that a test may change before it writes them."""

    ledger: list[Record] = field(default_factory=_ledger)
    limit: int = 3
    workspace: TinyWorkspace = field(default_factory=TinyWorkspace)
    columns: list[Record] = field(default_factory=lambda: [{"file": "leads.csv", "becomes": "firstName"}])
    storage_campaigns: tuple[str, ...] = ()
    parameters: Record = field(init=False)
    plan: list[Record] = field(init=False)
    batches: dict[str, list[Record]] = field(init=False)
    updates: list[Record] = field(init=False)
    excluded: list[Record] = field(init=False)
    failed: list[Record] = field(init=False)
    summary: Record = field(init=False)

    def __post_init__(self) -> None:
        """Derive from the ledger what a right run would write."""
        self.parameters = {
            "method": "csv",
            "dedup": "active",
            "import_mode": "create-and-update",
            "input_rows": len(self.ledger),
            "campaign": CAMPAIGNS[TARGET],
            "archived": "count",
            "connections_campaign": None,
            "snapshot": 1,
            "snapshot_sha256": "digest",
        }
        self.batches = {f"batches/q4-{batch:03}.csv": rows for batch, rows in self._created().items()}
        self.plan = [
            {"file": file, "campaign": campaign, "upload": 1, "rows": len(rows), "limit": self.limit, "members": 1}
            for (file, rows), campaign in zip(self.batches.items(), self._campaigns(), strict=True)
        ]
        self.updates = [
            {"_id": f"lea_{row['row']}", "email": row["email"], "phone": "+33611111111"}
            for row in self.ledger
            if row["outcome"] == "update"
        ]
        self.excluded = [dict(row) for row in self.ledger if row["outcome"] in HELD_BACK]
        self.failed = [dict(row) for row in self.ledger if row["outcome"] == "failed"]
        self.summarise()

    def _created(self) -> dict[int, list[Record]]:
        created = [row for row in self.ledger if row["outcome"] == "create"]
        numbers = sorted({row["batch"] for row in created})
        return {each: [batch_record(row) for row in created if row["batch"] == each] for each in numbers}

    def _campaigns(self) -> list[str]:
        campaigns = {row["batch"]: row["batch_campaign"] for row in self.ledger if row["batch"]}
        return [campaigns[batch] for batch in sorted(campaigns)]

    def summarise(self) -> None:
        """Count the ledger and the plan anew into the summary."""
        self.summary = {
            "input_rows": len(self.ledger),
            "outcomes": {"skipped": 0, **Counter(row["outcome"] for row in self.ledger if row["outcome"])},
            "reasons": dict(Counter(row["reason"] for row in self.ledger if row["reason"])),
            "marks": {mark: sum(bool(row[mark]) for row in self.ledger) for mark in MARKS},
            "batches": [{name: batch[name] for name in ("file", "campaign", "upload", "rows")} for batch in self.plan],
        }

    def row(self, number: int) -> Record:
        """Return the ledger's record of a row."""
        return next(row for row in self.ledger if row["row"] == number)

    def first_batch(self) -> list[Record]:
        """Return the records of the first batch file."""
        return self.batches["batches/q4-001.csv"]

    def set_lead(self, number: int, **cells: Any) -> None:
        """Change lemlist fields of a created row in the ledger and in its batch file alike."""
        ledger = self.row(number)
        before = batch_record(ledger)
        ledger.update({"linkedin_url" if name == "linkedinUrl" else name: cell for name, cell in cells.items()})
        records = next(records for records in self.batches.values() if before in records)
        records[records.index(before)] = batch_record(ledger)

    def brief(self, *, attach: Path | None = None) -> Brief:
        """Return what the gate is told besides the files."""
        tables = {
            "batch_plan": self.plan,
            "input_columns": self.columns,
            "statuses": status_table({}).select("exported", "status", "class").to_dicts(),
            "storage_campaigns": [{"name": name} for name in self.storage_campaigns],
            "suppress_statuses": [{"status": "unsubscribed"}],
        }
        return Brief(tables=tables, parameters=self.parameters, attach=attach)

    def staged(self, place: Path, *, attached: bool = True) -> Staged:
        """Write everything below a place, the workspace too unless the run has none; return it for the worker."""
        told = self.brief(attach=self.workspace.write(place / "workspace.duckdb") if attached else None)
        return Staged(self.write(place / "staged"), told.tables, told.parameters, attach=told.attach, scratch=place)

    def write(self, folder: Path) -> Path:
        """Write everything as a run stages it, and return the folder."""
        (folder / "batches").mkdir(parents=True)
        frame = pl.DataFrame(self.ledger, schema=LEDGER_TYPES)
        frame.write_parquet(folder / "ledger.parquet")
        for file, records in self.batches.items():
            write_csv(folder / file, (*LEMLIST, *VARIABLES, "source"), records)
        write_csv(folder / "updates.csv", UPDATES, self.updates)
        write_csv(folder / "excluded.csv", EXCLUDED, self.excluded, bom=True)
        write_csv(folder / "failed.csv", FAILED, self.failed, bom=True)
        (folder / "summary.json").write_text(json.dumps(self.summary), encoding="utf-8")
        return folder


def write_csv(path: Path, header: Sequence[str], records: Iterable[Record], *, bom: bool = False) -> None:
    """Write records as a run writes them; no file without records."""
    rows = [[record.get(name) for name in header] for record in records]
    if not rows:
        return
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([header, *rows])
