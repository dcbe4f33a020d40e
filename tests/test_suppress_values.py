"""Which values of opt-out columns count and which do not, and that none of them names anybody."""

import polars as pl
import pytest

from leadsieve.policy import SuppressColumn, default_suppress_columns
from leadsieve.suppress_values import shown, unread_values, values_of

RULES = default_suppress_columns()


def told(column, *cells, rules=RULES):
    found = values_of(pl.DataFrame({column: cells}, schema={column: pl.String}), rules)
    assert {value.column for value in found} <= {column}
    return [(value.value, value.rows, value.reason) for value in found]


def unread(column, *parts, rules=RULES):
    tables = [pl.DataFrame({column: part}, schema={column: pl.String}) for part in parts]
    return [(value.value, value.rows) for value in shown([unread_values(table, rules) for table in tables])]


def test_values_are_told_with_what_they_count_as_the_most_frequent_first():
    assert told("Lead Status", "New", "New", "STOP", "New", "Unsubscribed", "Unsubscribed", None, " ", "-") == [
        ("New", 3, None),
        ("Unsubscribed", 2, "unsubscribed"),
        ("STOP", 1, None),
    ]


def test_the_words_of_a_cell_are_told_apart_and_of_an_opt_out_only_what_says_so():
    assert told("Tags", "hot; Fair 2026", "hot ::: Do not contact") == [
        ("Do not contact", 1, "do_not_contact"),
        ("Fair 2026", 1, None),
        ("hot", 1, None),
    ]


def test_a_value_in_several_spellings_is_one_in_the_most_frequent():
    assert told("Status", "STOP", "STOP", "stop", "hot; Hot") == [("STOP", 3, None), ("hot", 1, None)]


def test_a_date_is_told_as_one():
    cells = (
        "Désinscrit le 12/03/2026",
        "Désinscrit le 13 mars 2026",
        "2026-03-12",
        "le 12/04/2026",
        "Opposition du 1/2/26",
    )
    assert told("Statut", *cells) == [
        ("Désinscrit (a date)", 2, "unsubscribed"),
        ("a date", 2, None),
        ("Opposition (a date)", 1, None),
    ]


def test_a_column_of_which_any_value_counts_tells_none_of_them():
    assert told("Email hard bounce reason", "550 <ann@acme-corp.com>; gone", "N/A") == [
        ("N/A", 1, None),
        ("any value", 1, "bounced"),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "ann@acme-corp.com",
        "ann.ash",
        "acme-corp.com/ann",
        "06 12 34 56 78",
        "+33612345678",
        "0033 6.12.34.56.78",
        "lea_8f3k2",
        "ticket 48213",
        "Ann asked us on the phone to leave her alone",
        "x" * 41,
    ],
)
def test_what_could_name_somebody_is_never_told(cell):
    assert told("Lead Status", cell, cell, cell, "New") == [("New", 1, None), (None, 3, None)]


def test_what_stands_once_is_told_only_where_values_are_few_and_it_looks_like_no_name():
    assert told("Lead Status", "Opposition", "Ann Ash", "Jean-Luc O'Neill") == [
        ("Opposition", 1, None),
        (None, 2, None),
    ]
    many = [f"word {letter}" for letter in "abcdefghijkl"]
    assert told("Lead Status", *many, "STOP", "STOP", "Unsubscribed") == [
        ("STOP", 2, None),
        ("Unsubscribed", 1, "unsubscribed"),
        (None, 12, None),
    ]


def test_what_looks_like_a_name_is_told_where_it_stands_too_often_to_be_one():
    assert told("Stage", *["Closed Lost"] * 5, *["Ann Ash"] * 4) == [("Closed Lost", 5, None), (None, 4, None)]


@pytest.mark.parametrize("column", ["Unsubscribed", "Email Opt Out", "Do Not Contact", "Désinscrit", "Werbesperre"])
def test_a_column_for_opt_outs_tells_what_is_neither_one_nor_a_no(column):
    cells = ["STOP", "yes", "no", "0", "FALSE", "non", "Nein", "n/a", "-", "", None, "subscribed", "Opposition", "STOP"]
    assert unread(column, cells) == [("STOP", 2), ("Opposition", 1)]


@pytest.mark.parametrize("column", ["Lead Status", "Tags", "Email Bounced", "Email hard bounce reason", "Notes"])
def test_other_columns_tell_nothing_of_it(column):
    assert unread(column, ["STOP", "New", "Open"]) == []


def test_of_a_cell_one_word_is_counted_and_of_one_that_is_an_opt_out_none():
    assert unread("Unsubscribed", ["STOP; please", "yes, by mail", "no; STOP"]) == [("STOP", 2)]


def test_the_parts_of_a_list_are_counted_together():
    assert unread("Unsubscribed", ["STOP", "Opposition"], ["stop", "Opposition"], ["no"], []) == [
        ("Opposition", 2),
        ("STOP", 2),
    ]


def test_the_teams_own_columns_are_for_opt_outs_where_a_yes_is_one():
    plain = SuppressColumn(names=("Newsletter",), words=("stopped", "Yes"), reason="unsubscribed")
    other = SuppressColumn(names=("Newsletter",), words=("stopped",), reason="unsubscribed")
    assert unread("Newsletter", ["STOP", "Stopped"], rules=[plain]) == [("STOP", 1)]
    assert unread("Newsletter", ["STOP", "Stopped"], rules=[other]) == []
