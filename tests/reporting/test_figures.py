"""The figures of a report equal plain SQL over the published ledger."""

import duckdb
import polars as pl
import pytest

from leadsieve.reporting import differences
from leadsieve.reporting.figures import figures

SETTINGS = {
    "as usual": {},
    "dedup campaign, in small batches": {"dedup": "campaign", "max_batch": 260},
    "dedup workspace, with updates": {"dedup": "workspace", "import_mode": "create-and-update"},
}
PRICES = {"leads": 500.0, "apollo_export": 900.5, "event_booth": 0.0, "another team's": 1.0}

IN_SQL = {
    "flow": "select outcome, reason, count(*) as rows from ledger group by all",
    "failed": "select source, reason, count(*) as rows from ledger where outcome = 'failed' group by all",
    "overlap": """
        select a.source, b.source as other, count(distinct a.person) as people
        from ledger a join ledger b using (person) group by all""",
    "known_from": """
        with memberships as (select source, person, unnest(conflicts) as c from ledger)
        select source, c.source as earlier_source, count(distinct person) as people from memberships group by all""",
    "repeats_of": """
        select l.source, f.source as earlier_source, count(*) as rows
        from ledger l join ledger f on l.duplicate_of = f.row group by all""",
    "conflicts": """
        select conflict_campaign as campaign, c.owner, conflict_status as status, count(*) as rows,
            count(*) filter (where outcome = 'in_progress') as held,
            count(*) filter (where outcome in ('create', 'update')) as goes_in
        from (select *, conflicts[1] as c from ledger where active_elsewhere)
        group by all""",
    "differing": """
        with open as (
            select *,
                reason in ('new', 're_engage', 'active_elsewhere', 'active_in_other_campaign', 'in_other_campaign') as asked
            from ledger
        ), decided as (
            select
                case when asked then 'create' else outcome end as campaign,
                case when asked and active_elsewhere then 'in_progress' when asked then 'create' else outcome end as active,
                case when asked and in_workspace then 'duplicate' when asked then 'create' else outcome end as workspace
            from open
        )
        select if(campaign <> active, 'active_in_other_campaign', 'in_other_campaign') as reason, *, count(*) as rows
        from decided where campaign <> active or active <> workspace group by all""",
    "fill": """
        with cells as (
            unpivot (
                select batch, count(*) as rows, count(email) as email, count("firstName") as "firstName",
                    count("lastName") as "lastName", count("companyName") as "companyName", count("jobTitle") as "jobTitle",
                    count(linkedin_url) as "linkedinUrl", count("linkedinUrlSalesNav") as "linkedinUrlSalesNav",
                    count(phone) as phone, count("companyDomain") as "companyDomain", count(picture) as picture,
                    count(icebreaker) as icebreaker, count(timezone) as timezone, count("contactOwner") as "contactOwner"
                from ledger where outcome = 'create' group by batch
            ) on columns(* exclude (batch, rows)) into name field value filled
        )
        select batch, field, filled, rows from cells where field in (select field from cells where filled > 0)""",
}
WORTH = """
    with of_each as (
        select source, person, not bool_or(in_workspace) and count(suppressed_by) = 0 as new
        from ledger where person is not null group by all
    ), of_all as (
        select *, count(*) over (partition by person) = 1 as alone from of_each
    )
    select source, count(*) filter (where new) as new_people, count(*) filter (where new and alone) as only_new_people
    from of_all group by all"""


@pytest.fixture(params=SETTINGS, scope="module")
def run(request, told):
    return told(**SETTINGS[request.param]).result


@pytest.fixture
def counted(run):
    return figures(run.parts.scan(), run.summary, prices=PRICES)


def in_sql(run, statement):
    with duckdb.connect() as connection:
        connection.register("ledger", run.ledger.to_arrow())
        answer = connection.execute(statement)
        return [column[0] for column in answer.description], sorted(answer.fetchall(), key=str)


@pytest.mark.parametrize("name", IN_SQL)
def test_a_figure_equals_plain_sql_on_the_ledger(run, counted, name):
    names, rows = in_sql(run, IN_SQL[name])
    frame = getattr(counted, name)

    assert frame.columns == names
    assert sorted(frame.rows(), key=str) == rows


def test_what_a_source_is_worth_equals_plain_sql_on_the_ledger(run, counted):
    _, rows = in_sql(run, WORTH)

    assert sorted(counted.sources.select("source", "new_people", "only_new_people").rows(), key=str) == rows


def test_the_modes_that_the_ledger_tells_are_those_that_the_sieve_decided(run, counted):
    assert counted.differing.equals(differences(run.sieved.decisions.rows.lazy()))


def test_the_figures_of_the_sources_are_those_of_the_summary(run, counted):
    told = counted.sources.drop("only_new_people", "price", "cost_per_new", "cost_per_created").sort("source")

    assert told.to_dicts() == sorted(run.summary["sources"], key=lambda row: row["source"])


def test_the_source_with_the_highest_duplicate_rate_comes_first(counted):
    rates = counted.sources["duplicate_rate"].to_list()

    assert rates == sorted(rates, reverse=True)


def test_a_price_gives_what_a_new_person_and_a_created_lead_cost(counted):
    (row,) = counted.sources.filter(pl.col("source") == "apollo_export").to_dicts()

    assert row["cost_per_new"] == pytest.approx(900.5 / row["new_people"])
    assert row["cost_per_created"] == pytest.approx(900.5 / row["create"])


def test_a_source_without_a_price_costs_nothing_that_is_known(counted):
    (row,) = counted.sources.filter(pl.col("source") == "hubspot_contacts").to_dicts()

    assert [row["price"], row["cost_per_new"], row["cost_per_created"]] == [None, None, None]


def test_the_batches_say_how_long_the_api_takes(run, counted):
    assert counted.batches["rows"].sum() == run.summary["outcomes"]["create"]
    assert counted.batches["api_minutes"].sum() == pytest.approx(run.summary["outcomes"]["create"] / 10 / 60)
