"""What a source is worth is said in words that follow from its figures."""

import pytest

from leadsieve.reporting.verdicts import answer, verdicts

ROW = {
    "source": "Fair",
    "rows": 100,
    "valid": 90,
    "duplicate_rate": 0.2,
    "new_people": 70,
    "only_new_people": 60,
    "price": None,
    "cost_per_new": None,
}
JUDGED = {
    "mostly new": (
        {},
        "keep",
        "20 % of its 90 valid rows are duplicates. It brought 70 new people, 60 of them in no other",
    ),
    "half known": ({"duplicate_rate": 0.5}, "watch", "50 % of its 90 valid rows are duplicates."),
    "just below half": ({"duplicate_rate": 0.499}, "keep", "50 % of its 90 valid rows"),
    "mostly known": ({"duplicate_rate": 0.75}, "stop", "75 % of its 90 valid rows"),
    "all found elsewhere": ({"only_new_people": 0}, "stop", "70 new people, 0 of them in no other source"),
    "nobody new": ({"new_people": 0, "only_new_people": 0}, "stop", "There is not one new person in it."),
    "nothing valid": ({"duplicate_rate": None, "valid": 0}, "stop", "Not one of its 100 rows could be used."),
    "no duplicate": ({"duplicate_rate": 0.0}, "keep", "None of its 90 valid rows is a duplicate."),
    "one person": ({"new_people": 1}, "keep", "It brought one new person"),
    "priced": ({"price": 700.0, "cost_per_new": 10.0}, "keep", "at 10.00 EUR each."),
}


@pytest.mark.parametrize("case", JUDGED)
def test_a_source_is_judged_by_its_figures(case):
    change, word, sentence = JUDGED[case]
    judged, _ = verdicts([{**ROW, **change}, ROW], currency="EUR")

    assert judged.word == word
    assert sentence in judged.sentence


def test_a_source_alone_is_not_compared():
    (judged,) = verdicts([{**ROW, "only_new_people": 0}], currency="")

    assert judged.word == "keep"
    assert "other source" not in judged.sentence


@pytest.mark.parametrize(("cost", "word"), [(2.0, "watch"), (1.99, "keep")])
def test_a_source_whose_new_people_cost_twice_the_middle_is_dear(cost, word):
    rows = [{**ROW, "price": each, "cost_per_new": each} for each in (cost, 1.0, 0.5)]

    assert [judged.word for judged in verdicts(rows, currency="")] == [word, "keep", "keep"]


def test_without_all_prices_the_highest_duplicate_rate_answers():
    rows = [{**ROW, "source": "worst"}, {**ROW, "source": "dear", "price": 9.0, "cost_per_new": 9.0}]

    assert answer(rows) == ("worst", "it has the highest duplicate rate")


@pytest.mark.parametrize("cost", [9.0, None], ids=["dear", "nobody new for the price"])
def test_with_all_prices_the_dearest_new_person_answers(cost):
    rows = [{**ROW, "price": 1.0, "cost_per_new": 1.0}, {**ROW, "source": "dear", "price": 9.0, "cost_per_new": cost}]

    assert answer(rows) == ("dear", "each new person costs most there")


def test_one_source_has_nothing_to_be_compared_with():
    assert answer([ROW]) is None
