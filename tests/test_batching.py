"""Every lead gets its place, and no batch, campaign or upload takes more than its limit."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadsieve.batching import Batch, Plan, api_minutes, effective_limit, split
from leadsieve.errors import UsageError
from leadsieve.lead_list import LeadList
from leadsieve.limits import registry
from leadsieve.pipeline import place_leads
from leadsieve.policy import Policy
from leadsieve.spool import Spool
from leadsieve.words import Method

NAME = "Q4 Outreach"
PART_2, PART_3, PART_4, PART_5 = (f"{NAME} #{number}" for number in (2, 3, 4, 5))
BY_CAMPAIGN = tuple(method for method in Method if method not in {Method.LINKEDIN, Method.SALES_NAVIGATOR})
BY_IMPORT = (Method.LINKEDIN, Method.SALES_NAVIGATOR)
LIMITS = {method: rule.limit for method, rule in registry().items()}


def leads(count: int, *, segments: Sequence[str | None] = (), companies: Sequence[str | None] = ()) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": range(1, count + 1),
            "segment": segments or [None] * count,
            "company": companies or [None] * count,
        },
        schema={"row": pl.Int64, "segment": pl.String, "company": pl.String},
    )


def plan_of(frame: pl.DataFrame, members: Mapping[str, int] | None = None, **options: object) -> Plan:
    return split(frame, campaign=NAME, members=members or {}, policy=Policy().with_options(**options))


def told(plan: Plan) -> list[tuple[str, int]]:
    return [(batch.campaign, batch.rows) for batch in plan.batches]


def rows_of(plan: Plan) -> list[list[int]]:
    """Return the rows of every batch, in the order in which they stand there."""
    return [plan.placed.filter(pl.col("batch") == batch.batch)["row"].to_list() for batch in plan.batches]


class TestByMethod:
    @pytest.mark.parametrize("method", Method)
    def test_nothing_to_create_makes_no_batch(self, method):
        plan = plan_of(leads(0), method=method)

        assert plan.batches == ()
        assert plan.uploads == 0
        assert plan.placed.height == 0
        assert plan.placed.columns == ["row", "upload", "batch", "batch_campaign"]

    @pytest.mark.parametrize("method", Method)
    @pytest.mark.parametrize("beside_the_limit", [None, -1, 0], ids=["one lead", "one less", "the limit"])
    def test_what_fits_is_one_batch(self, method, beside_the_limit):
        count = 1 if beside_the_limit is None else LIMITS[method] + beside_the_limit

        assert told(plan_of(leads(count), method=method)) == [(NAME, count)]

    @pytest.mark.parametrize("method", BY_CAMPAIGN)
    def test_one_lead_over_the_limit_of_a_campaign_opens_a_part(self, method):
        plan = plan_of(leads(LIMITS[method] + 1), method=method)

        assert told(plan) == [(NAME, LIMITS[method]), (PART_2, 1)]

    @pytest.mark.parametrize("method", BY_IMPORT)
    def test_one_lead_over_the_limit_of_an_import_is_a_second_import_into_the_same_campaign(self, method):
        plan = plan_of(leads(LIMITS[method] + 1), method=method)

        assert told(plan) == [(NAME, LIMITS[method]), (NAME, 1)]

    @pytest.mark.parametrize("method", BY_CAMPAIGN)
    @pytest.mark.parametrize("left", [0, 1], ids=["full", "room for one"])
    def test_what_the_target_holds_counts(self, method, left):
        plan = plan_of(leads(3), {NAME: LIMITS[method] - left}, method=method)

        assert told(plan) == [(NAME, left), (PART_2, 3 - left)][1 - left :]
        assert plan.batches[0].members == (LIMITS[method] - left) * left

    @pytest.mark.parametrize("method", BY_IMPORT)
    def test_what_the_target_holds_does_not_count_where_the_limit_is_by_import(self, method):
        assert told(plan_of(leads(3), {NAME: 100_000}, method=method)) == [(NAME, 3)]

    @pytest.mark.parametrize("method", Method)
    def test_the_numbers_of_batches_run_on(self, method):
        plan = plan_of(leads(25), method=method, max_batch=10)

        assert [batch.batch for batch in plan.batches] == [1, 2, 3]
        assert rows_of(plan) == [[*range(1, 11)], [*range(11, 21)], [*range(21, 26)]]


class TestParts:
    @pytest.mark.parametrize(
        ("members", "expected"),
        [
            pytest.param({PART_2: 0, PART_4: 0}, [NAME, PART_2, PART_4, PART_3, PART_5], id="gaps are new parts"),
            pytest.param({PART_4: 0, PART_2: 0}, [NAME, PART_2, PART_4, PART_3, PART_5], id="whatever their order"),
            pytest.param({f"{NAME} #10": 0, PART_2: 0}, [NAME, PART_2, f"{NAME} #10", PART_3, PART_4], id="by number"),
            pytest.param({f"{NAME} #02": 0, f"{NAME} #1": 0}, [NAME, PART_2, PART_3, PART_4, PART_5], id="no part"),
            pytest.param({f"{NAME} #٢": 0, f"{NAME} #2b": 0}, [NAME, PART_2, PART_3, PART_4, PART_5], id="no number"),
            pytest.param({f"x{NAME} #4": 0}, [NAME, PART_2, PART_3, PART_4, PART_5], id="another campaign"),
            pytest.param({NAME: 10, PART_2: 10}, [PART_3, PART_4, PART_5, f"{NAME} #6", f"{NAME} #7"], id="full ones"),
            pytest.param(
                {NAME: 99, PART_2: 11}, [PART_3, PART_4, PART_5, f"{NAME} #6", f"{NAME} #7"], id="over a lowered limit"
            ),
        ],
    )
    def test_the_campaign_goes_first_then_its_parts_then_new_ones(self, members, expected):
        plan = plan_of(leads(50), members, max_batch=10)

        assert told(plan) == [(campaign, 10) for campaign in expected]

    def test_each_part_takes_what_still_fits(self):
        plan = plan_of(leads(20), {NAME: 8, PART_2: 10, PART_4: 3}, max_batch=10)

        assert told(plan) == [(NAME, 2), (PART_4, 7), (PART_3, 10), (PART_5, 1)]
        assert [batch.members for batch in plan.batches] == [8, 3, 0, 0]

    def test_a_campaign_whose_name_reads_like_a_pattern_has_parts(self):
        plan = split(leads(3), campaign="A+B (x)", members={"A+B (x)": 9, "A+B (x) #2": 9}, policy=Policy(max_batch=10))

        assert told(plan) == [("A+B (x)", 1), ("A+B (x) #2", 1), ("A+B (x) #3", 1)]


class TestLowering:
    @pytest.mark.parametrize("method", Method)
    def test_a_limit_can_be_lowered(self, method):
        assert effective_limit(Policy(method=method, max_batch=7)) == 7

    @pytest.mark.parametrize("method", Method)
    def test_without_one_it_is_lemlists(self, method):
        assert effective_limit(Policy(method=method)) == LIMITS[method]

    @pytest.mark.parametrize("method", Method)
    def test_raising_it_is_refused(self, method):
        with pytest.raises(UsageError, match="above the limit"):
            effective_limit(Policy(method=method, max_batch=LIMITS[method] + 1))

    def test_raising_it_is_allowed_by_an_explicit_word(self):
        assert effective_limit(Policy(max_batch=20_000, allow_above_limit=True)) == 20_000

    def test_a_raised_limit_does_not_raise_the_total_of_an_upload(self):
        plan = plan_of(leads(50_000), max_batch=50_000, allow_above_limit=True)

        assert [(batch.rows, batch.upload) for batch in plan.batches] == [(40_000, 1), (10_000, 2)]


class TestSegments:
    def test_every_value_has_its_own_campaign_in_list_order(self):
        plan = plan_of(leads(5, segments=["FR", "DE", "FR", None, "DE"]))

        assert told(plan) == [(f"{NAME} – FR", 2), (f"{NAME} – DE", 2), (NAME, 1)]
        assert rows_of(plan) == [[1, 3], [2, 5], [4]]

    def test_an_empty_value_goes_into_the_campaign_itself_however_it_is_empty(self):
        plan = plan_of(leads(4, segments=["", None, "", None]), max_batch=3)

        assert told(plan) == [(NAME, 3), (PART_2, 1)]

    def test_every_value_has_parts_of_its_own(self):
        plan = plan_of(leads(6, segments=["FR", "FR", "FR", "DE", "DE", "DE"]), max_batch=2)

        assert told(plan) == [
            (f"{NAME} – FR", 2),
            (f"{NAME} – FR #2", 1),
            (f"{NAME} – DE", 2),
            (f"{NAME} – DE #2", 1),
        ]

    def test_the_members_of_its_own_campaign_count(self):
        members = {NAME: 10, f"{NAME} – FR": 9, f"{NAME} – FR #3": 8}

        plan = plan_of(leads(4, segments=["FR", "FR", "FR", "FR"]), members, max_batch=10)

        assert told(plan) == [(f"{NAME} – FR", 1), (f"{NAME} – FR #3", 2), (f"{NAME} – FR #2", 1)]

    def test_a_value_that_reads_like_a_part_of_another_is_not_mixed_with_it(self):
        plan = plan_of(leads(5, segments=["FR", "FR", "FR", "FR #2", "FR #2"]), max_batch=2)

        assert told(plan) == [(f"{NAME} – FR", 2), (f"{NAME} – FR #3", 1), (f"{NAME} – FR #2", 2)]


class TestTogether:
    def test_a_company_is_kept_whole(self):
        plan = plan_of(leads(6, companies=["a", "a", "b", "b", "b", "a"]), together="company", max_batch=4)

        assert rows_of(plan) == [[1, 2, 6], [3, 4, 5]]

    def test_a_later_company_goes_where_there_is_still_room(self):
        plan = plan_of(leads(6, companies=["a", "a", "b", "b", "b", "c"]), together="company", max_batch=3)

        assert rows_of(plan) == [[1, 2, 6], [3, 4, 5]]

    def test_leads_without_a_company_are_single(self):
        plan = plan_of(leads(5, companies=[None, "", None, "", None]), together="company", max_batch=2)

        assert rows_of(plan) == [[1, 2], [3, 4], [5]]

    def test_a_company_larger_than_the_limit_is_divided_as_little_as_can_be(self):
        plan = plan_of(leads(26, companies=["b", *["a"] * 25]), together="company", max_batch=10)

        assert [len(set(rows) - {1}) for rows in rows_of(plan)] == [5, 10, 10]

    def test_a_company_that_does_not_fit_beside_the_members_gets_a_new_part(self):
        plan = plan_of(leads(6, companies=["a"] * 4 + ["b"] * 2), {NAME: 8}, together="company", max_batch=10)

        assert told(plan) == [(NAME, 2), (PART_2, 4)]
        assert rows_of(plan) == [[5, 6], [1, 2, 3, 4]]

    def test_a_divided_company_fills_empty_campaigns_not_what_is_left_beside_members(self):
        plan = plan_of(leads(15, companies=["a"] * 15), {NAME: 7}, together="company", max_batch=10)

        assert told(plan) == [(PART_2, 10), (PART_3, 5)]

    @pytest.mark.parametrize(
        ("domain", "email", "company"),
        [
            pytest.param("acme.com", "ann@other.com", "acme.com", id="its own cell"),
            pytest.param(None, "ann@acme.com", "acme.com", id="a business email"),
            pytest.param(None, "ann@gmail.com", None, id="a free provider"),
            pytest.param(None, None, None, id="neither"),
        ],
    )
    def test_a_companys_domain_comes_from_its_cell_then_from_a_business_email(self, domain, email, company):
        plan = plan_by_domain([("acme.com", "bob@acme.com"), (None, "x@gmail.com"), (domain, email)])

        assert rows_of(plan) == ([[1, 3], [2]] if company else [[1, 2], [3]])


def plan_by_domain(people: Sequence[tuple[str | None, str | None]]) -> Plan:
    records = pl.DataFrame(
        {
            "row": range(1, len(people) + 1),
            "companyDomain": [domain for domain, _ in people],
            "email": [email for _, email in people],
        },
        schema={"row": pl.Int64, "companyDomain": pl.String, "email": pl.String},
    )
    lead_list = LeadList(files=(), records=Spool.of(records), variables=())
    policy = Policy(together="companyDomain", max_batch=2)
    return place_leads(lead_list, records, campaign=NAME, members={}, policy=policy, apart={})


class TestBalance:
    @pytest.mark.parametrize(
        ("count", "members", "expected"),
        [
            pytest.param(10, {}, [10], id="one batch"),
            pytest.param(11, {}, [6, 5], id="one over"),
            pytest.param(25, {}, [9, 8, 8], id="three"),
            pytest.param(20, {NAME: 7}, [3, 9, 8], id="less room than its share"),
            pytest.param(15, {NAME: 1}, [7, 8], id="room enough"),
            pytest.param(3, {NAME: 9, PART_2: 9}, [1, 1, 1], id="full to the brim"),
        ],
    )
    def test_batches_are_as_equal_as_the_rooms_allow(self, count, members, expected):
        plan = plan_of(leads(count), members, balance=True, max_batch=10)

        assert [batch.rows for batch in plan.batches] == expected
        assert [row for rows in rows_of(plan) for row in rows] == [*range(1, count + 1)]

    def test_companies_are_spread_whole(self):
        companies = ["a"] * 6 + ["b"] * 3 + ["c"] * 3 + ["d"] * 2

        plan = plan_of(leads(14, companies=companies), together="company", balance=True, max_batch=10)

        assert sorted(batch.rows for batch in plan.batches) == [6, 8]
        assert whole_companies(plan, companies)

    def test_a_company_larger_than_the_limit_is_divided_evenly(self):
        plan = plan_of(leads(15, companies=["a"] * 15), together="company", balance=True, max_batch=10)

        assert [batch.rows for batch in plan.batches] == [8, 7]

    def test_it_takes_no_more_batches_than_without(self):
        companies = ["a"] * 15 + ["b"] * 5

        plan = plan_of(leads(20, companies=companies), together="company", balance=True, max_batch=10)

        assert [batch.rows for batch in plan.batches] == [10, 10]

    def test_a_small_company_still_goes_where_a_large_one_did_not_fit(self):
        plan = plan_of(
            leads(10, companies=["a"] * 8 + ["b"] * 2), {NAME: 7}, together="company", balance=True, max_batch=10
        )

        assert told(plan) == [(NAME, 2), (PART_2, 8)]

    def test_a_company_is_divided_unevenly_where_only_that_fits(self):
        companies = ["a"] * 12 + ["b"] * 8 + ["c"] * 7

        plan = plan_of(leads(27, companies=companies), together="company", balance=True, max_batch=10)

        assert sorted(batch.rows for batch in plan.batches) == [8, 9, 10]

    def test_companies_that_only_fit_one_way_stay_where_they_fit(self):
        companies = [name for name, size in zip("abcdef", (4, 4, 4, 6, 6, 6), strict=True) for _ in range(size)]

        plan = plan_of(leads(30, companies=companies), {NAME: 2}, together="company", balance=True, max_batch=10)

        assert whole_companies(plan, companies)


def whole_companies(plan: Plan, companies: Sequence[str]) -> bool:
    where = {(companies[row - 1], batch) for row, batch in plan.placed.select("row", "batch").iter_rows()}
    return len(where) == len(set(companies))


class TestUploads:
    @pytest.mark.parametrize(
        ("count", "uploads"),
        [
            pytest.param(40_000, [1, 1, 1, 1], id="the total"),
            pytest.param(40_001, [1, 1, 1, 1, 2], id="one over"),
            pytest.param(80_001, [1, 1, 1, 1, 2, 2, 2, 2, 3], id="two totals and one"),
        ],
    )
    def test_a_csv_list_over_the_total_is_several_uploads(self, count, uploads):
        plan = plan_of(leads(count))

        assert [batch.upload for batch in plan.batches] == uploads
        assert plan.uploads == max(uploads)
        assert plan.placed["upload"].value_counts().sort("upload").rows()[0] == (1, 40_000)

    def test_an_upload_takes_whole_batches(self):
        plan = plan_of(leads(42_000), {NAME: 1}, max_batch=9_000)

        assert [(batch.rows, batch.upload) for batch in plan.batches] == [
            (8_999, 1),
            (9_000, 1),
            (9_000, 1),
            (9_000, 1),
            (6_001, 2),
        ]

    @pytest.mark.parametrize("method", [method for method in Method if method is not Method.CSV])
    def test_other_methods_have_no_total(self, method):
        assert plan_of(leads(80_001), method=method).uploads == 1


@pytest.mark.parametrize(("calls", "minutes"), [(0, 0), (600, 1), (40_000, 66.7)])
def test_an_api_import_takes_its_time(calls, minutes):
    assert api_minutes(calls) == pytest.approx(minutes, abs=0.05)


# ---------------------------------------------------------------------------------------------------------------- laws

# The machine may be busy: how long an example takes says nothing here.
LAW = settings(deadline=None)
SEGMENTS = st.sampled_from([None, "", "FR", "FR #2", "DE"])
COMPANIES = st.sampled_from([None, "", "a", "b", "c", "d"])
PEOPLE = st.lists(st.tuples(SEGMENTS, COMPANIES), max_size=40)
CAMPAIGNS = (NAME, PART_2, PART_4, f"{NAME} – FR", f"{NAME} – FR #2", f"{NAME} – FR #2 #3", f"{NAME} – DE")
MEMBERS = st.dictionaries(st.sampled_from(CAMPAIGNS), st.integers(0, 12))
LIMIT = 7


class Case:
    """One combination of settings on one random list, with the plan that was made for it."""

    def __init__(self, people, members, method, *, segment, together, balance):
        self.people, self.members, self.method = people, members, method
        self.segmented, self.grouped, self.balanced = segment, together, balance
        frame = leads(
            len(people),
            segments=[value if segment else None for value, _ in people],
            companies=[value if together else None for _, value in people],
        )
        options = {"together": "company" if together else "", "balance": balance}
        self.plan = plan_of(frame, members, method=method, max_batch=LIMIT, **options)

    def home(self, row: int) -> str:
        """Return the campaign that a row's segment names."""
        value = self.people[row - 1][0] if self.segmented else None
        return f"{NAME} – {value}" if value else NAME

    def company(self, row: int) -> tuple[str, str] | None:
        """Return what the row shares a batch for: its company within its segment."""
        value = self.people[row - 1][1] if self.grouped else None
        return (self.home(row), value) if value else None

    @property
    def homes(self) -> set[str]:
        return {self.home(row) for row in range(1, len(self.people) + 1)}

    def room(self, campaign: str) -> int:
        held = 0 if self.method in BY_IMPORT else self.members.get(campaign, 0)
        return max(0, LIMIT - held)


@st.composite
def cases(draw):
    return Case(
        draw(PEOPLE),
        draw(MEMBERS),
        draw(st.sampled_from(Method)),
        segment=draw(st.booleans()),
        together=draw(st.booleans()),
        balance=draw(st.booleans()),
    )


@LAW
@given(cases())
def test_every_row_is_placed_exactly_once(case):
    assert sorted(case.plan.placed["row"]) == [*range(1, len(case.people) + 1)]


@LAW
@given(cases())
def test_the_batches_say_what_was_placed(case):
    counted = Counter(case.plan.placed.select("batch", "batch_campaign", "upload").iter_rows())

    assert counted == {(b.batch, b.campaign, b.upload): b.rows for b in case.plan.batches}
    assert [b.batch for b in case.plan.batches] == [*range(1, len(case.plan.batches) + 1)]


@LAW
@given(cases())
def test_no_batch_is_empty_or_over_its_limit(case):
    assert all(1 <= batch.rows <= LIMIT == batch.limit for batch in case.plan.batches)


@LAW
@given(cases())
def test_no_campaign_is_over_its_limit_with_its_members(case):
    if case.method in BY_IMPORT:
        return
    rows = Counter(dict.fromkeys(CAMPAIGNS, 0))
    for batch in case.plan.batches:
        rows[batch.campaign] += batch.rows
    assert all(count <= case.room(campaign) for campaign, count in rows.items())
    assert all(batch.members == case.members.get(batch.campaign, 0) for batch in case.plan.batches)


@LAW
@given(cases())
def test_list_order_is_kept_within_a_batch(case):
    assert all(before < after for rows in rows_of(case.plan) for before, after in pairwise(rows))


@LAW
@given(cases())
def test_segments_are_never_mixed(case):
    """A batch stands in the campaign of its rows' segment, or in a part of it that is no other segment's campaign."""
    for batch, rows in zip(case.plan.batches, rows_of(case.plan), strict=True):
        (home,) = {case.home(row) for row in rows}
        assert batch.campaign == home or (batch.campaign.startswith(f"{home} #") and batch.campaign not in case.homes)


@LAW
@given(cases())
def test_a_company_shares_a_batch_where_the_limit_allows(case):
    where: dict[tuple[str, str], list[int]] = {}
    for row, batch in case.plan.placed.select("row", "batch").iter_rows():
        if case.company(row):
            where.setdefault(case.company(row), []).append(batch)
    assert all(len(set(batches)) == math.ceil(len(batches) / LIMIT) for batches in where.values())


@LAW
@given(cases())
def test_without_companies_as_few_batches_are_made_as_can_be(case):
    """The campaign and its parts are used in their order: leaving out the last would leave too little room."""
    if case.grouped:
        return
    for home in case.homes:
        mine = [
            batch
            for batch, rows in zip(case.plan.batches, rows_of(case.plan), strict=True)
            if case.home(rows[0]) == home
        ]
        assert sum(case.room(b.campaign) for b in mine[:-1]) < sum(b.rows for b in mine)
        assert case.room(home) == 0 or mine[0].campaign == home


@LAW
@given(cases())
def test_the_same_leads_give_the_same_batches_whatever_the_order_of_the_members(case):
    members = dict(reversed(case.members.items()))

    again = Case(
        case.people, members, case.method, segment=case.segmented, together=case.grouped, balance=case.balanced
    )

    assert again.plan.batches == case.plan.batches
    assert again.plan.placed.equals(case.plan.placed)


@LAW
@given(st.integers(0, 60), MEMBERS, st.booleans())
def test_batches_are_filled_or_evened_as_a_plain_reading_says(count, members, balance):
    """Brute force: hand out one lead after the other, to the first campaign with room or to the emptiest one."""
    plan = plan_of(leads(count), members, max_batch=LIMIT, balance=balance)
    bins = [[batch.campaign, max(0, LIMIT - members.get(batch.campaign, 0)), 0] for batch in plan.batches]

    for _ in range(count):
        open_ones = [b for b in bins if b[1] > b[2]]
        (min(open_ones, key=lambda b: b[2]) if balance else open_ones[0])[2] += 1

    assert sorted(batch.rows for batch in plan.batches) == sorted(b[2] for b in bins)
    assert balance or [batch.rows for batch in plan.batches] == [b[2] for b in bins]


@LAW
@given(st.lists(st.integers(1, 12_000), min_size=1, max_size=8))
def test_no_upload_is_over_the_total(sizes):
    segments = [str(number) for number, size in enumerate(sizes) for _ in range(size)]

    plan = plan_of(leads(len(segments), segments=segments))

    assert all(total <= 40_000 for total in Counter(plan.placed["upload"].to_list()).values())
    assert [b.upload for b in plan.batches] == sorted(b.upload for b in plan.batches)
    assert _fewer_would_be_too_many(plan.batches)


def _fewer_would_be_too_many(batches: Sequence[Batch]) -> bool:
    """Tell whether each upload after the first begins with a batch that the one before had no room for."""
    rows = Counter[int]()
    for batch in batches:
        if rows[batch.upload] == 0 and batch.upload > 1 and rows[batch.upload - 1] + batch.rows <= 40_000:
            return False
        rows[batch.upload] += batch.rows
    return True
