"""The registry of import limits says what lemlist's help says, and where that stands."""

from datetime import date

import pytest

from leadsieve.limits import CALLS_PER_SECOND, registry
from leadsieve.words import Method

EXPECTED = {
    Method.CSV: (10_000, "campaign", 40_000, False),
    Method.API: (40_000, "campaign", None, True),
    Method.HUBSPOT: (10_000, "campaign", None, False),
    Method.PIPEDRIVE: (10_000, "campaign", None, False),
    Method.SALESFORCE: (2_000, "campaign", None, False),
    Method.LINKEDIN: (999, "import", None, False),
    Method.SALES_NAVIGATOR: (2_500, "import", None, False),
}


def test_every_method_has_a_limit():
    assert set(registry()) == set(Method) == set(EXPECTED)


@pytest.mark.parametrize("method", Method)
def test_the_limit_is_lemlists(method):
    rule = registry()[method]

    assert (rule.limit, rule.counts, rule.total, rule.call_per_lead) == EXPECTED[method]
    assert rule.by_campaign == (rule.counts == "campaign")


@pytest.mark.parametrize("method", Method)
def test_the_limit_names_its_source_and_its_date(method):
    rule = registry()[method]

    assert "help.lemlist.com" in rule.source
    assert f"{rule.limit:,}" in rule.source
    assert date(2026, 1, 1) <= rule.as_of


def test_the_api_takes_twenty_calls_in_two_seconds():
    assert CALLS_PER_SECOND * 2 == 20
