"""The row that goes forward takes what it lacks where its person's other rows agree."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from leadsieve.filling import filling
from leadsieve.schema import CHANGE, PLAIN_FIELDS
from leadsieve.spool import Spool
from leadsieve.words import Fill

ANN = "https://www.linkedin.com/in/ann"
BOB = "https://www.linkedin.com/in/bob"
MEMBER = "urn:li:member:7"
SALES = "https://www.linkedin.com/sales/lead/ACwAAAAAAAc"
COLUMNS = (
    "email",
    "linkedin_key",
    "linkedin_url",
    "linkedin_member_key",
    *PLAIN_FIELDS,
    "Colour",
    "to",
    "may email",
    "offered email",
)
VARIABLES = ("Colour", "to", "may email", "offered email")


def profile(url: str, *, writable: bool = True) -> dict[str, str]:
    return {"linkedin_key": url, **({"linkedin_url": url} if writable else {})}


def fill(
    records: pl.DataFrame,
    decisions: pl.DataFrame,
    *,
    how: Fill,
    shared: tuple[str, ...] = (),
    variables: Sequence[str] = VARIABLES,
) -> pl.DataFrame:
    told = pl.Series(shared, dtype=pl.String)
    found = filling(Spool.of(records), decisions.cast(pl.Int64), how=how, variables=variables, shared=told)
    return found.fill(records)


def filled(
    first: dict[str, Any], *others: dict[str, Any], how: Fill = Fill.IDENTIFIERS, shared: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return what became of the row that goes forward, the rows being one person's."""
    rows = (first, *others)
    records = pl.DataFrame(
        [{"row": number, "changes": [], **row} for number, row in enumerate(rows, start=1)],
        schema={"row": pl.Int64, "changes": pl.List(CHANGE), **dict.fromkeys(COLUMNS, pl.String)},
    )
    decisions = pl.DataFrame(
        {"row": range(1, len(rows) + 1), "person": 1, "duplicate_of": [None, *[1] * len(others)]},
        schema={"row": pl.Int64, "person": pl.Int64, "duplicate_of": pl.Int64},
    )
    result = fill(records, decisions, how=how, shared=shared)
    assert result.columns == records.columns
    assert result[1:].equals(records[1:])
    return {name: value for name, value in result.row(0, named=True).items() if value is not None and name != "row"}


def noted(*columns: str) -> list[dict[str, str]]:
    return [{"column": column, "was": ""} for column in columns]


@pytest.mark.parametrize(
    ("lacking", "column"),
    [
        ({"email": "ann@acme.com"}, "email"),
        (profile(ANN), "linkedinUrl"),
        ({"linkedin_member_key": MEMBER, "linkedinUrlSalesNav": SALES}, "linkedinUrlSalesNav"),
        ({"firstName": "Ann"}, "firstName"),
        ({"lastName": "Ash"}, "lastName"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_identifier_or_a_name_is_taken_and_noted(lacking, column):
    assert filled({}, {}, lacking) == {**lacking, "changes": noted(column)}


@pytest.mark.parametrize(
    ("stands", "offered"),
    [
        ({"email": "ann@acme.com"}, {"email": "ann@other.com"}),
        (profile(ANN), profile(BOB)),
        (profile(MEMBER, writable=False), profile(ANN)),
        ({"firstName": "Ann"}, {"firstName": "Anne"}),
    ],
    ids=["email", "profile", "a bare member number", "name"],
)
def test_what_stands_is_not_overwritten(stands, offered):
    assert filled(stands, offered) == {**stands, "changes": []}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "ann@acme.com"}, {"email": "ann@other.com"}),
        (profile(ANN), profile(BOB)),
        ({"firstName": "Ann"}, {"firstName": "Anne"}),
    ],
    ids=["email", "profile", "name"],
)
def test_nothing_is_taken_where_the_others_differ(one, other):
    assert filled({}, one, other) == {"changes": []}


@pytest.mark.parametrize("offered", [{"email": "info@acme.com"}, profile(ANN)], ids=["email", "profile"])
def test_a_shared_identifier_is_not_taken(offered):
    assert filled({}, offered, shared=("info@acme.com", ANN)) == {"changes": []}


def test_a_shared_identifier_still_counts_as_another_value():
    assert filled({}, {"email": "info@acme.com"}, {"email": "ann@acme.com"}, shared=("info@acme.com",)) == {
        "changes": []
    }


def test_a_profile_that_cannot_be_written_is_not_taken():
    assert filled({}, profile(MEMBER, writable=False)) == {"changes": []}


def test_a_profile_is_taken_from_the_row_where_it_can_be_written():
    url = "https://www.linkedin.com/in/ACoAAA"

    got = filled({}, profile(MEMBER, writable=False), {"linkedin_key": MEMBER, "linkedin_url": url})

    assert got == {"linkedin_key": MEMBER, "linkedin_url": url, "changes": noted("linkedinUrl")}


def test_only_all_takes_other_fields_and_variables():
    other = {"phone": "+33612345678", "Colour": "red", "to": "x", "may email": "y", "offered email": "z"}

    assert filled({}, other) == {"changes": []}
    assert filled({}, other, how=Fill.ALL) == {**other, "changes": noted("phone", *VARIABLES)}


@pytest.mark.parametrize(
    ("phones", "taken"),
    [
        (("+33 1 99 00 12 34", "+33199001234"), "+33 1 99 00 12 34"),
        (("+33 1 99 00 12 34", "+33 1 99 00 12 35"), None),
        (("+33 1 99 00 12 34", "01 99 00 12 34"), None),
    ],
)
def test_phones_agree_when_only_what_sets_their_digits_apart_differs(phones, taken):
    found = filled({}, *({"phone": phone} for phone in phones), how=Fill.ALL)

    assert found.get("phone") == taken


def test_none_takes_nothing():
    assert filled({}, {"email": "ann@acme.com"}, how=Fill.NONE) == {"changes": []}


def test_a_cell_that_cleaning_emptied_keeps_what_it_was():
    """`N/A` in the email's cell is what the file had; that it was filled later shows in the cell."""
    changes = [{"column": "email", "was": "N/A"}]

    assert filled({"changes": changes}, {"email": "ann@acme.com"}) == {"email": "ann@acme.com", "changes": changes}


def test_persons_do_not_mix_and_failed_rows_give_nothing():
    records = pl.DataFrame(
        {"row": [1, 2, 3, 4], "changes": [[], [], [], []], "email": [None, "a@x.com", None, "b@x.com"]},
        schema={"row": pl.Int64, "changes": pl.List(CHANGE), "email": pl.String},
    ).with_columns(pl.lit(None, pl.String).alias(name) for name in COLUMNS if name != "email")
    decisions = pl.DataFrame({"row": [1, 2, 3, 4], "person": [1, 2, None, None], "duplicate_of": [None] * 4})

    result = fill(records, decisions, how=Fill.ALL)

    assert result.equals(records)


@pytest.mark.parametrize("number", [1, 40, 64, 65, 200])
def test_any_number_of_variables_is_filled(number):
    """Which row has what is known by 64 bits, the last of which stands for all columns that are more."""
    names = [f"v{i}" for i in range(number)]
    cells = {name: [None, "x"] for name in names}
    records = pl.DataFrame({"row": [1, 2], "changes": [[], []], **dict.fromkeys(COLUMNS), **cells}).cast(
        {"row": pl.Int64, "changes": pl.List(CHANGE), **dict.fromkeys(COLUMNS, pl.String)}
    )
    decisions = pl.DataFrame({"row": [1, 2], "person": [1, 1], "duplicate_of": [None, 1]})

    result = fill(records, decisions, how=Fill.ALL, variables=names)

    assert set(result.select(names).row(0)) == {"x"}


def test_of_two_persons_with_one_identifier_neither_fills_the_other():
    """The second is left out because of an address that both carry, not because it is the first."""
    records = pl.DataFrame(
        {"row": [1, 2], "changes": [[], []], **dict.fromkeys(COLUMNS), "firstName": [None, "Bo"]}
    ).cast({"row": pl.Int64, "changes": pl.List(CHANGE), **dict.fromkeys(COLUMNS, pl.String)})
    decisions = pl.DataFrame({"row": [1, 2], "person": [1, 2], "duplicate_of": [None, 1]})

    assert fill(records, decisions, how=Fill.IDENTIFIERS).equals(records)
