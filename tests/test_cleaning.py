"""Cells cleaned: fields tidied, identity columns beside them, every change recorded."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsieve.cleaning import clean
from leadsieve.intake import ColumnMapping
from leadsieve.schema import LEAD_FIELDS, MEMBER_URL

TOKEN = "ACwAAAQsSHsB0PIlkbH28Mc3Erbpfoo6Fm6nER8"
SALES_URL = f"https://www.linkedin.com/sales/lead/{TOKEN},NAME_SEARCH,abcd"


def mapping(column: str, *, renamed: bool = False) -> ColumnMapping:
    field = column if column in LEAD_FIELDS else None
    return ColumnMapping(
        column=column, field=field, variable=None if field else column, reason="told", confidence=1.0, renamed=renamed
    )


def cleaned(renamed: tuple[str, ...] = (), **cells: str | None) -> dict[str, object]:
    table = pl.DataFrame({name: [cell] for name, cell in cells.items()}, schema=dict.fromkeys(cells, pl.String))
    return clean(table, [mapping(name, renamed=name in renamed) for name in table.columns]).row(0, named=True)


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("firstName", "  Ann  ", "Ann"),
        ("firstName", "\u00a0Ann\u200b", "Ann"),
        ("lastName", "van  der\tBerg", "van der Berg"),
        ("icebreaker", " two\nlines ", "two\nlines"),
        ("phone", "'+33 1 99 00 12 34", "+33 1 99 00 12 34"),
        ("phone", "0033199001234", "0033199001234"),
        ("companyDomain", "https://www.Acme-Tools.com/about?x=1", "acme-tools.com"),
        ("companyName", "   ", None),
        ("Notes", " 1E5 ", "1E5"),
    ],
)
def test_a_cell_is_tidied_and_nothing_else(name, cell, value):
    assert cleaned(email="ann@acme-tools.com", **{name: cell})[name] == value


def test_every_changed_cell_says_what_it_was():
    row = cleaned(email=" ANN@acme-tools.com", firstName="Ann ", lastName="Ash", Notes="")
    assert {c["column"]: c["was"] for c in row["changes"]} == {"email": " ANN@acme-tools.com", "firstName": "Ann "}


def test_a_blank_cell_that_becomes_null_is_no_change():
    assert cleaned(email="ann@acme-tools.com", firstName="")["changes"] == []


def test_a_sales_navigator_url_goes_to_its_own_field_whichever_column_it_stood_in():
    row = cleaned(linkedinUrl=SALES_URL)
    assert row["linkedinUrlSalesNav"] == SALES_URL
    assert row["linkedin_key"] == "urn:li:member:70011003"
    assert row["linkedin_url"] == f"https://www.linkedin.com/in/{TOKEN}"
    assert {c["column"] for c in row["changes"]} == {"linkedinUrl", "linkedinUrlSalesNav"}


def test_a_second_column_gives_the_member_key_beside_the_profiles_own():
    row = cleaned(linkedinUrl="linkedin.com/in/ann-ash-1", linkedinUrlSalesNav=SALES_URL)
    assert row["linkedin_key"] == "https://www.linkedin.com/in/ann-ash-1"
    assert row["linkedin_member_key"] == "urn:li:member:70011003"
    assert row[MEMBER_URL] is not None


def test_a_second_column_that_repeats_the_first_is_no_second_key():
    row = cleaned(linkedinUrl="linkedin.com/in/ann-ash-1", linkedinUrlSalesNav="https://www.linkedin.com/in/Ann-Ash-1/")
    assert row["linkedin_member_key"] is None


@pytest.mark.parametrize("column", ["linkedinUrl", "linkedinUrlSalesNav"])
def test_a_company_page_is_left_out_kept_and_warned_of(column):
    row = cleaned(email="ann@acme-tools.com", **{column: "https://www.linkedin.com/company/acme"})
    assert (row["linkedin_url"], row["linkedinUrlSalesNav"]) == (None, None)
    assert row["warnings"] == ["linkedin_not_a_profile"]
    assert {"column": column, "was": "https://www.linkedin.com/company/acme"} in row["changes"]


def test_a_renamed_column_is_warned_of_on_rows_that_fill_it():
    assert cleaned(("row_",), email="ann@acme-tools.com", row_="7")["warnings"] == ["column_renamed"]
    assert cleaned(("row_",), email="ann@acme-tools.com", row_="")["warnings"] == []


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_cleaning_what_is_clean_changes_nothing(cells):
    table = pl.DataFrame(
        {"email": [None] * len(cells), "firstName": cells}, schema={"email": pl.String, "firstName": pl.String}
    )
    mappings = [mapping("email"), mapping("firstName")]
    once = clean(table, mappings).select("email", "firstName")
    again = clean(once, mappings)
    assert again.select("email", "firstName").equals(once)
    assert again["changes"].list.len().sum() == 0


def test_a_probable_typo_is_warned_of_and_never_applied():
    row = cleaned(email="ann@gmial.com")
    assert (row["email"], row["warnings"]) == ("ann@gmial.com", ["probable_typo"])


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "-2+3"])
def test_a_cell_that_a_spreadsheet_would_run_is_warned_of_and_left_as_it_is(cell):
    row = cleaned(email="ann@acme-tools.com", Notes=cell)
    assert (row["Notes"], row["warnings"]) == (cell, ["formula_like_cell"])
