"""What the published tables hold, column by column."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest

import leadsieve
from leadsieve.decided import Shape
from leadsieve.errors import UsageError
from leadsieve.intake.model import ColumnMapping
from leadsieve.lead_list import OWN, LeadList, ListFile
from leadsieve.schema import (
    CONFLICT,
    DECISION,
    IDENTITY,
    LEAD_FIELDS,
    PLACE,
    PLAIN_FIELDS,
    RESERVED,
    SUGGESTION,
    TEXT,
    ledger_columns,
)
from leadsieve.spool import Spool
from leadsieve.tables import (
    FAILED_COLUMNS,
    WHAT_TO_DO,
    make_batch,
    make_excluded,
    make_failed,
    make_ledger,
    make_updates,
    shape,
)
from leadsieve.words import Outcome, Reason

ANN = "https://www.linkedin.com/in/ann"
OTHER = "https://www.linkedin.com/in/ann-b"
TYPES = {**PLACE, **IDENTITY, **DECISION, "changes": pl.List(pl.Struct({"column": pl.String, "was": pl.String}))}
SHAPE = Shape(fields=("email", "firstName", "linkedinUrl", "phone"), variables=("Colour",))


def ledger_of(*rows: Mapping[str, Any], variables: Sequence[str] = ("Colour",)) -> pl.DataFrame:
    names = ledger_columns(list(variables))
    standard = {"file": "leads.csv", "source": "leads", "changes": [], "warnings": []}
    return pl.DataFrame(
        [{"row": n, "line": n + 1, **standard, **row} for n, row in enumerate(rows, start=1)],
        schema={name: TYPES.get(name, pl.String) for name in names},
    )


# ---------------------------------------------------------------------------------------------------------- updates


def target(row: int = 1, **known: Any) -> dict[str, Any]:
    """Return the lead as the snapshot has it."""
    fields = {name: value for name, value in known.items() if name not in {"email", "linkedin_url", "keys", "campaign"}}
    return {
        "row": row,
        "person": row,
        "campaign": known.get("campaign", "Q4"),
        "lead_id": f"lea_{row}",
        "email": known.get("email"),
        "linkedin_url": known.get("linkedin_url"),
        "fields": json.dumps(fields),
        "keys": known.get("keys", []),
        "place": 1,
    }


def updates(
    *pairs: tuple[Mapping[str, Any], Mapping[str, Any]],
    overwrite: bool = False,
    variables: Sequence[str] = ("Colour",),
) -> list[dict[str, Any]]:
    rows = [{**row, "outcome": "update", "reason": "in_campaign"} for row, _ in pairs]
    known = [target(number, **told) for number, (_, told) in enumerate(pairs, start=1)]
    frame = pl.DataFrame(
        known, schema_overrides={"keys": pl.List(pl.String), **dict.fromkeys(("email", "linkedin_url"), pl.String)}
    )
    told = Shape(fields=SHAPE.fields, variables=tuple(variables))
    return make_updates(ledger_of(*rows, variables=variables), frame, told, overwrite=overwrite).to_dicts()


def named(**stored: Any) -> dict[str, Any]:
    return {"_id": "lea_1", "email": None, "linkedinUrl": None, **stored}


class TestUpdates:
    def test_they_name_the_lead_as_lemlist_has_it(self):
        row = {"email": "ann@acme.com", "linkedin_key": ANN, "linkedin_url": ANN, "firstName": "Ann"}
        stored = {"email": "Ann@ACME.com", "linkedin_url": "linkedin.com/in/Ann/", "keys": ["ann@acme.com", ANN]}

        assert updates((row, stored)) == [
            named(email="Ann@ACME.com", linkedinUrl="linkedin.com/in/Ann/", firstName="Ann")
        ]

    def test_the_lead_is_named_even_where_nothing_changes(self):
        assert updates(({"email": "ann@acme.com"}, {"email": "ann@acme.com", "keys": ["ann@acme.com"]})) == [
            named(email="ann@acme.com")
        ]

    @pytest.mark.parametrize("blank", [None, ""], ids=["null", "empty text"])
    def test_an_identifier_that_the_lead_lacks_is_new(self, blank):
        row = {"email": "ann@acme.com", "linkedin_key": ANN, "linkedin_url": ANN}

        assert updates((row, {"email": blank, "linkedin_url": ANN, "keys": [ANN]})) == [
            named(linkedinUrl=ANN, newEmail="ann@acme.com")
        ]
        assert updates((row, {"email": "ann@acme.com", "linkedin_url": blank, "keys": ["ann@acme.com"]})) == [
            named(email="ann@acme.com", newLinkedinUrl=ANN)
        ]

    def test_a_profile_known_from_another_field_still_fills_the_empty_one(self):
        row = {"linkedin_key": ANN, "linkedin_url": ANN}

        assert updates((row, {"email": "ann@acme.com", "keys": ["ann@acme.com", ANN]})) == [
            named(email="ann@acme.com", newLinkedinUrl=ANN)
        ]

    @pytest.mark.parametrize("overwrite", [False, True])
    def test_another_identifier_is_only_written_over_with_overwrite(self, overwrite):
        row = {"email": "ann@new.com", "linkedin_key": OTHER, "linkedin_url": OTHER}
        stored = {"email": "ann@acme.com", "linkedin_url": ANN, "keys": ["ann@acme.com", ANN]}
        new = {"newEmail": "ann@new.com", "newLinkedinUrl": OTHER} if overwrite else {}

        assert updates((row, stored), overwrite=overwrite) == [named(email="ann@acme.com", linkedinUrl=ANN, **new)]

    def test_another_spelling_of_the_same_identifier_is_no_change(self):
        row = {"email": "ann@acme.com", "linkedin_key": ANN, "linkedin_url": ANN}
        stored = {"email": " Ann@acme.com", "linkedin_url": "linkedin.com/in/Ann", "keys": ["ann@acme.com", ANN]}

        assert updates((row, stored), overwrite=True) == [
            named(email=" Ann@acme.com", linkedinUrl="linkedin.com/in/Ann")
        ]

    @pytest.mark.parametrize(
        ("ours", "theirs", "overwrite", "written"),
        [
            pytest.param("Ann", None, False, "Ann", id="an empty one is filled"),
            pytest.param("Ann", "", False, "Ann", id="a blank one is filled"),
            pytest.param("Ann", "Anne", False, None, id="a differing one stays"),
            pytest.param("Ann", "Anne", True, "Ann", id="a differing one is written over"),
            pytest.param("Ann", "Ann", True, None, id="an equal one is no change"),
            pytest.param(None, "Anne", True, None, id="an empty cell never clears"),
            pytest.param(None, None, True, None, id="nothing to nothing"),
        ],
    )
    def test_cells_that_would_change(self, ours, theirs, overwrite, written):
        stored = {"firstName": theirs} if theirs is not None else {}

        got = updates(({"firstName": ours}, stored), overwrite=overwrite)

        assert got == [named(**({"firstName": written} if written else {}))]

    def test_variables_are_known_whatever_their_case(self):
        assert updates(({"Colour": "red"}, {"colour": "blue"})) == [named()]

    @pytest.mark.parametrize("name", ["_id", "campaign", "newEmail", "NEWLINKEDINURL", "their lead_id", "their email"])
    def test_a_variable_called_like_a_column_of_ours_does_not_get_in_the_way(self, name):
        """A list made from a lemlist export has such columns."""
        (got,) = updates(({name: "x", "email": "a@x.com"}, {"email": "a@x.com", "keys": ["a@x.com"]}), variables=[name])

        ours = name if name.startswith("their") else f"{name}_"
        assert got == {**named(email="a@x.com"), ours: "x"}

    def test_the_campaign_stands_there_where_there_are_several(self):
        one, two = updates(({"firstName": "A"}, {"campaign": "Q4"}), ({"firstName": "B"}, {"campaign": "Q4 #2"}))

        assert (one["campaign"], two["campaign"]) == ("Q4", "Q4 #2")
        assert "campaign" not in updates(({}, {}))[0]

    def test_only_updates_are_there(self):
        rows = [{"outcome": str(outcome), "reason": "new"} for outcome in Outcome if outcome is not Outcome.UPDATE]
        frame = pl.DataFrame([target()], schema_overrides=dict.fromkeys(("email", "linkedin_url"), pl.String))

        assert make_updates(ledger_of(*rows), frame.clear(), SHAPE, overwrite=True).height == 0


# --------------------------------------------------------------------------------------------------------- excluded


class TestExcluded:
    def test_it_starts_with_the_place_and_the_outcome_then_evidence_then_the_fields(self):
        table = make_excluded(ledger_of({"outcome": "duplicate"}), SHAPE)

        assert table.columns[:6] == ["row", "file", "line", "source", "outcome", "reason"]
        assert table.columns[-5:] == ["email", "firstName", "linkedinUrl", "phone", "Colour"]
        assert {"duplicate_of", "conflict_campaign", "conflict_status", "suppressed_by"} < set(table.columns)

    def test_it_has_every_readable_row_that_is_held_back_in_list_order(self):
        rows = [{"outcome": str(outcome)} for outcome in Outcome]

        table = make_excluded(ledger_of(*rows), SHAPE)

        assert table["outcome"].to_list() == ["duplicate", "in_progress", "suppressed", "skipped"]
        assert table["row"].is_sorted()

    def test_warnings_are_one_cell(self):
        table = make_excluded(ledger_of({"outcome": "skipped", "warnings": ["a", "b"]}, {"outcome": "skipped"}), SHAPE)

        assert table["warnings"].to_list() == ["a; b", None]


# ----------------------------------------------------------------------------------------------------------- failed


class Told:
    """As much of what intake read as these tables need."""

    def __init__(self, table: pl.DataFrame) -> None:
        self.columns = table.columns


def list_file(
    name: str,
    table: pl.DataFrame,
    *,
    first: int = 1,
    lost: Sequence[str] = (),
    mappings: Sequence[ColumnMapping] = (),
) -> ListFile:
    """Return a file whose records, which may all fail, stand before those that could not be read."""
    count = table.height
    rows = pl.DataFrame(
        {
            "row": range(first, first + count + len(lost)),
            "file": name,
            "line": range(2, 2 + count + len(lost)),
            TEXT: [*[None] * count, *lost],
            SUGGESTION: None,
        },
        schema={"row": pl.Int64, "file": pl.String, "line": pl.Int64, TEXT: pl.String, SUGGESTION: pl.String},
    )
    cells = pl.concat(
        [table, pl.DataFrame({column: [None] * len(lost) for column in table.columns}, schema=table.schema)]
    )
    may_fail = rows.hstack(cells.rename(lambda column: f"{OWN}{column}"))
    return ListFile(read=Told(table), mappings=tuple(mappings), may_fail=Spool.of(may_fail))


def failed_of(*files: ListFile, reason: Reason = Reason.INVALID_EMAIL) -> pl.DataFrame:
    rows = [row for file in files for row in file.may_fail.collect()["row"]]
    return all_failed(files, pl.DataFrame({"row": rows, "reason": str(reason)}))


def all_failed(files: Sequence[ListFile], failed: pl.DataFrame) -> pl.DataFrame:
    records = Spool.of(pl.DataFrame())
    return pl.concat(make_failed(LeadList(files=tuple(files), records=records, variables=()), failed))


class TestFailed:
    def test_the_inputs_own_columns_go_first_then_what_was_wrong(self):
        table = failed_of(list_file("a.csv", pl.DataFrame({"E-Mail": ["broken@@"], "Notes ": ["n"]})))

        assert table.columns == ["E-Mail", "Notes ", *FAILED_COLUMNS]
        assert table.columns[-5:] == ["file", "line", "reason", "what_to_do", "text"]
        assert table.row(0)[:5] == ("broken@@", "n", "a.csv", 2, "invalid_email")

    def test_only_failed_rows_are_there(self):
        file = list_file("a.csv", pl.DataFrame({"email": ["one", "two", "three"]}))

        table = all_failed([file], pl.DataFrame({"row": [2], "reason": "no_identifier"}))

        assert table["email"].to_list() == ["two"]

    def test_a_row_that_could_not_be_read_has_its_text_and_no_cells(self):
        table = failed_of(list_file("a.csv", pl.DataFrame({"email": ["x"]}), lost=['"torn']))

        assert table.select("email", "text").rows() == [("x", None), (None, '"torn')]

    def test_a_file_with_nothing_else_keeps_its_columns(self):
        table = failed_of(list_file("a.csv", pl.DataFrame({"email": []}, schema={"email": pl.String}), lost=["x", "y"]))

        assert table.select("email", "text").rows() == [(None, "x"), (None, "y")]

    def test_files_with_other_columns_stand_below_each_other(self):
        one = list_file("a.csv", pl.DataFrame({"email": ["1"], "x": ["2"]}))
        two = list_file("b.csv", pl.DataFrame({"Mail": ["3"], "x": ["4"]}), first=2)

        table = failed_of(one, two)

        assert table.select("email", "x", "Mail", "file").rows() == [
            ("1", "2", None, "a.csv"),
            (None, "4", "3", "b.csv"),
        ]

    def test_own_columns_called_like_ours_are_kept_beside_them(self):
        own = {"email": ["x"], "file": ["mine"], "file_": ["mine too"], "Text": ["t"], "record": ["r"], "row": ["9"]}

        table = failed_of(list_file("a.csv", pl.DataFrame(own)))

        assert table.columns == ["email", "file__", "file_", "Text_", "record", "row", *FAILED_COLUMNS]
        assert table.row(0)[:7] == ("x", "mine", "mine too", "t", "r", "9", "a.csv")

    def test_a_mended_failed_csv_does_not_grow(self):
        """Running failed.csv again must not carry the columns of the first run along."""
        first = failed_of(list_file("a.csv", pl.DataFrame({"email": ["x"]})))

        again = failed_of(list_file("failed.csv", first.cast(pl.String)))

        assert again.columns == first.columns
        assert again["file"].to_list() == ["failed.csv"]

    @pytest.mark.parametrize("reason", WHAT_TO_DO)
    def test_every_reason_says_what_to_do_in_a_sentence(self, reason):
        table = failed_of(list_file("a.csv", pl.DataFrame({"email": ["x"]})), reason=Reason(reason))

        assert table["what_to_do"].item().endswith(".")

    def test_every_reason_of_a_failed_row_is_known(self):
        gates = "unreadable_row invalid_email multiple_emails missing_required_field no_identifier"

        assert {str(reason) for reason in WHAT_TO_DO} == set(gates.split())


# ------------------------------------------------------------------------------------------------- ledger and batches

LEDGER = [
    "row",
    "file",
    "line",
    "source",
    "firstName",
    "lastName",
    "companyName",
    "jobTitle",
    "linkedinUrlSalesNav",
    "phone",
    "companyDomain",
    "picture",
    "icebreaker",
    "timezone",
    "contactOwner",
    "Colour",
    "later",
    "file_",
    "changes",
    "email_raw",
    "email",
    "email_status",
    "linkedin_raw",
    "linkedin_key",
    "linkedin_url",
    "linkedin_status",
    "linkedin_member_key",
    "person",
    "duplicate_of",
    "in_campaign",
    "active_elsewhere",
    "in_workspace",
    "blocked_by_campaign",
    "blocked_by_active",
    "blocked_by_workspace",
    "matched_on",
    "conflict_campaign",
    "conflict_status",
    "conflicts",
    "suppressed_by",
    "suppressions",
    "is_connection",
    "outcome",
    "reason",
    "warnings",
    "upload",
    "batch",
    "batch_campaign",
]
VARIABLES = ("Colour", "later", "file_")


def made_ledger() -> pl.DataFrame:
    """Return the ledger of a created, a failed and a held-back row."""
    records = pl.DataFrame(
        {
            "row": [1, 2, 3],
            "line": [2, 3, 4],
            "file": "a.csv",
            "source": "a",
            "changes": [[], [], []],
            "warnings": [["column_renamed"], [], ["column_renamed"]],
            "text": [None, "torn", None],
            "later": ["x", None, "y"],
        },
        schema_overrides={"changes": TYPES["changes"], "warnings": pl.List(pl.String)},
    ).with_columns(
        pl.lit(None, pl.String).alias(name) for name in (*PLAIN_FIELDS, *IDENTITY, "Colour", "file_", "member_url")
    )
    outcomes = [("create", "new"), ("failed", "unreadable_row"), ("in_progress", "active_in_other_campaign")]
    decisions = pl.DataFrame(
        {
            "row": [1, 2, 3],
            "person": [1, None, 2],
            "conflicts": [
                None,
                None,
                [{"campaign": "Q3", "status": "paused", "owner": "", "source": "", "matched_on": "email"}],
            ],
            "outcome": [outcome for outcome, _ in outcomes],
            "reason": [reason for _, reason in outcomes],
            "suppressed": None,
            "mode_active": [outcome for outcome, _ in outcomes],
            "warnings": [[], [], ["active_elsewhere", "column_renamed"]],
        },
        schema_overrides={"conflicts": pl.List(CONFLICT), "warnings": pl.List(pl.String)},
    ).with_columns(
        pl.lit(None, DECISION[name]).alias(name)
        for name in LEDGER
        if name in DECISION
        and name not in {"person", "conflicts", "outcome", "reason", "warnings"}
        and name not in {"upload", "batch", "batch_campaign"}
    )
    placed = pl.DataFrame({"row": [1], "upload": [1], "batch": [1], "batch_campaign": ["Q4"]})
    return make_ledger(records, decisions, placed, VARIABLES)


class TestLedger:
    def test_its_columns_stand_in_their_order(self):
        assert made_ledger().columns == LEDGER

    def test_its_types_are_those_that_are_told(self):
        assert {name: kind for name, kind in made_ledger().schema.items() if name in DECISION} == DECISION

    def test_only_created_rows_have_a_place(self):
        places = made_ledger().select("upload", "batch", "batch_campaign").rows()

        assert places == [(1, 1, "Q4"), (None, None, None), (None, None, None)]

    def test_a_person_without_conflicts_has_none_and_a_failed_row_has_no_list(self):
        assert [None if c is None else len(c) for c in made_ledger()["conflicts"].to_list()] == [0, None, 1]

    def test_warnings_of_cleaning_and_of_the_sieve_stand_together_once_and_in_order(self):
        assert made_ledger()["warnings"].to_list() == [["column_renamed"], [], ["active_elsewhere", "column_renamed"]]

    def test_a_variable_may_be_called_like_something_of_ours_that_is_not_published(self):
        assert made_ledger()["later"].to_list() == ["x", None, "y"]

    def test_every_name_of_the_ledger_is_closed_to_variables(self):
        assert {name for name in LEDGER if name not in VARIABLES} <= set(RESERVED)


def mapping(column: str, *, field: str | None = None, variable: str | None = None) -> ColumnMapping:
    return ColumnMapping(column=column, field=field, variable=variable, reason="", confidence=1.0)


def small_list() -> tuple[LeadList, pl.DataFrame]:
    mappings = (
        mapping("E-Mail", field="email"),
        mapping("First", field="firstName"),
        mapping("Shoe size", variable="Shoe size"),
        mapping("file", variable="file_"),
        mapping("Colour?", variable="Colour_"),
    )
    file = list_file("a.csv", pl.DataFrame({"E-Mail": ["x"]}), mappings=mappings)
    variables = ("Shoe size", "file_", "Colour_")
    row = {"email": "a@x.com", "linkedin_url": ANN, "outcome": "create", "batch": 1, "file_": "f", "Colour_": "red"}
    ledger = ledger_of(row, variables=variables)
    filled = frozenset({"email", "linkedinUrl"})
    return LeadList(files=(file,), records=Spool.of(ledger), variables=variables, filled=filled), ledger


class TestBatches:
    def test_fields_first_in_lemlists_order_then_variables_then_the_source(self):
        lead_list, ledger = small_list()

        table = make_batch(ledger, shape(lead_list, ()))

        assert table.columns == ["email", "firstName", "linkedinUrl", "Shoe size", "file_", "Colour_", "source"]
        assert table.row(0) == ("a@x.com", None, ANN, None, "f", "red", "leads")

    def test_a_field_that_no_file_has_and_nothing_fills_is_left_out(self):
        lead_list, _ = small_list()

        assert set(shape(lead_list, ()).fields) == {"email", "firstName", "linkedinUrl"} < set(LEAD_FIELDS)

    @pytest.mark.parametrize(
        ("chosen", "variables"),
        [
            ((), ("Shoe size", "file_", "Colour_")),
            (("Colour_", "Shoe size"), ("Colour_", "Shoe size")),
            (("shoe SIZE",), ("Shoe size",)),
            (("file", "colour?"), ("file_", "Colour_")),
            (("Colour_", "colour?"), ("Colour_",)),
        ],
        ids=["all", "in the order that is wished", "case aside", "by the file's own name", "each once"],
    )
    def test_the_variables_can_be_chosen(self, chosen, variables):
        lead_list, _ = small_list()

        assert shape(lead_list, chosen).variables == variables

    def test_unknown_ones_are_told_all_at_once_with_those_that_are(self):
        lead_list, _ = small_list()

        with pytest.raises(UsageError, match=r"names size, color, which .*: Shoe size, file_, Colour_\.$"):
            shape(lead_list, ("size", "Colour_", "color"))


# ------------------------------------------------------------------------------------------------- the files of a run

LEADS = """email,firstName,phone,Colour
ann@acme.com,=1+1,+33 6 12 34 56 78,red
ann@acme.com,@ann,+33 6 12 34 56 78,-3
broken@@,-1+2,+33 6 12 34 56 78,-
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    """Return the CSV files of a run whose cells a spreadsheet would run: one lead goes in, one is held back, one failed."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "leads.csv").write_text(LEADS, "utf-8")
    result = leadsieve.run(folder / "leads.csv", workspace=None, campaign="Q4", validate="off")
    out = result.write(folder / "out")
    return {path.name: path.read_bytes() for path in out.rglob("*.csv")}


@pytest.mark.parametrize(("name", "marked"), [("q4-001.csv", False), ("excluded.csv", True), ("failed.csv", True)])
def test_the_files_for_people_have_the_mark_and_the_others_not(files, name, marked):
    assert files[name].startswith(b"\xef\xbb\xbf") is marked


def test_a_batch_has_its_cells_as_they_are(files):
    assert files["q4-001.csv"] == (
        b"email,firstName,phone,Colour,source\nann@acme.com,=1+1,+33 6 12 34 56 78,red,leads\n"
    )


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("excluded.csv", b"ann@acme.com,'@ann,+33 6 12 34 56 78,-3\n"),
        ("failed.csv", b"\nbroken@@,'-1+2,+33 6 12 34 56 78,-,"),
    ],
    ids=["excluded", "failed"],
)
def test_the_files_for_people_run_nothing(files, name, cells):
    assert cells in files[name]
