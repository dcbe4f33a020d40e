"""Cells cleaned: fields tidied, identity columns beside them, every change recorded."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from leadsieve.cleaning import _ONE_LINE, _tidy, _tidy_cells, clean
from leadsieve.formulas import formula_like, formula_places
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


CELLS = {
    "email": [
        "ann@acme-tools.com",
        " ANN@acme-tools.com",
        "a@b.co; c@d.co",
        "ann at acme",
        "<bob@gmial.com>",
        "n/a",
        "",
        None,
    ],
    "linkedinUrl": [
        "https://www.linkedin.com/in/ann",
        "linkedin.com/in/Ann/",
        SALES_URL,
        "https://lnkd.in/x",
        "",
        None,
    ],
    "linkedinUrlSalesNav": [
        SALES_URL,
        f"https://www.linkedin.com/in/{TOKEN}",
        "linkedin.com/in/ann",
        "nobody",
        "",
        None,
    ],
    "phone": ["+33 1 99 00 12 34", "'+33 1", "-2+3", "", None],
    "companyDomain": ["acme-tools.com", "https://www.Acme-Tools.com/about", None],
    "Notes": [
        "plain",
        "two  blanks",
        "trailing ",
        " leading",
        "a\tb",
        "tail\n",
        "\u00a0",
        "é",
        "é ",
        " ",
        "=1+1",
        "@x",
        "Z=1",
        "",
        None,
    ],
}
rows = st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()})


@settings(deadline=None, max_examples=60)
@given(st.lists(rows, min_size=1, max_size=6))
def test_a_row_is_cleaned_alike_alone_and_among_others(rows):
    table = pl.DataFrame(rows, schema=dict.fromkeys(CELLS, pl.String))
    mappings = [mapping(name) for name in table.columns]
    alone = pl.concat([clean(table.slice(at, 1), mappings) for at in range(table.height)])
    assert_frame_equal(clean(table, mappings), alone)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(_ONE_LINE)) | st.just("Notes"),
    st.text(st.sampled_from(" a=\t\n'/.é\u00a0\u200b\x7f"), max_size=4),
)
def test_only_cells_that_need_no_tidying_are_passed_over(name, cell):
    column = pl.Series(name, [cell])
    assert _tidy_cells(column).to_list() == column.to_frame().select(_tidy(name)).to_series().to_list()


@given(
    st.lists(
        st.text(max_size=3) | st.sampled_from(["=1", "+33 6", "+a", "-", "-1", "-a", "@", "\t", "\r", "@A"]) | st.none()
    )
)
def test_the_cells_that_a_spreadsheet_would_run_are_all_found(cells):
    column = pl.Series("cell", cells, dtype=pl.String)
    told = column.to_frame().select(formula_like(pl.col("cell"))).to_series()
    assert formula_places(column).to_list() == told.arg_true().to_list()


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("firstName", "  Ann  ", "Ann"),
        ("firstName", "\u00a0Ann\u200b", "Ann"),
        ("firstName", " Ann", "Ann"),
        ("firstName", "Ann ", "Ann"),
        ("firstName", "Ann  Eva", "Ann Eva"),
        ("lastName", "van  der\tBerg", "van der Berg"),
        ("icebreaker", " two\nlines ", "two\nlines"),
        ("phone", "'+33 1 99 00 12 34", "+33 1 99 00 12 34"),
        ("phone", "0033199001234", "0033199001234"),
        ("companyDomain", "https://www.Acme-Tools.com/about?x=1", "acme-tools.com"),
        ("companyDomain", "www.acme-tools.com", "acme-tools.com"),
        ("companyDomain", "acme-tools.com#top", "acme-tools.com"),
        ("companyDomain", "ACME-tools.com", "acme-tools.com"),
        ("companyDomain", "www.www.com", "www.com"),
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


@settings(deadline=None)
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
