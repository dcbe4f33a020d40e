"""The main job as a script by hand, in DuckDB's SQL; right for what `leads.py` makes, and for no more.

    python by_duckdb.py LIST MEMBERSHIPS OUT

A person is found in one step of linking, no matter how long the chain is: a profile that any record shows beside the email.
"""

import sys
from pathlib import Path

import duckdb

LIMIT = 10_000  # leads a campaign, by CSV

_DECIDE = r"""
create macro address(cell) as case when regexp_full_match(lower(trim(cell)), '[^@\s]+@[^@\s]+\.[a-z]+') then lower(trim(cell)) end;
create macro profile(cell) as
    'https://www.linkedin.com/in/' || nullif(regexp_extract(lower(cell), 'linkedin\.com/in/([^/?#\s]+)', 1), '');

create table rows as
select *, row_number() over () as row, address(email) as key, profile("linkedinUrl") as linkedin_key, email <> '' and key is null as invalid
from read_csv('{leads}', all_varchar = true, header = true);

create table members as
select campaign, status, address(email) as key, profile("linkedinUrl") as linkedin_key from '{memberships}';

create table links as
select key, any_value(linkedin_key) as linked
from (select key, linkedin_key from rows where not coalesce(invalid, false) union all select key, linkedin_key from members)
where key is not null and linkedin_key is not null
group by key;

create table known as
select
    coalesce(linked, linkedin_key, key) as person,
    bool_or(campaign = 'Campaign 0') as in_campaign,
    bool_or(campaign <> 'Campaign 0' and status not in ('done', 'interested', 'notInterested', 'unsubscribed')) as active_elsewhere,
    bool_or(status = 'unsubscribed') as unsubscribed
from members left join links using (key)
group by person;

create table decided as
with persons as (
    select row, invalid, case when not coalesce(invalid, false) then coalesce(linked, linkedin_key, key) end as person
    from rows left join links using (key)
), placed as (
    select *, row_number() over (partition by person order by row) as place from persons
), reasons as (
    select row, case
        when invalid then 'invalid_email'
        when person is null then 'no_identifier'
        when place > 1 then 'duplicate_in_list'
        when unsubscribed then 'unsubscribed'
        when in_campaign then 'in_campaign'
        when active_elsewhere then 'active_in_other_campaign'
        when in_campaign is not null then 're_engage'
        else 'new' end as reason
    from placed left join known using (person)
)
select row, reason, case
    when reason in ('invalid_email', 'no_identifier') then 'failed'
    when reason in ('duplicate_in_list', 'in_campaign') then 'duplicate'
    when reason = 'unsubscribed' then 'suppressed'
    when reason = 'active_in_other_campaign' then 'in_progress'
    else 'create' end as outcome
from reasons;

create table created as
select
    r.* exclude (row, key, linkedin_key, invalid) replace (key as email, linkedin_key as "linkedinUrl"), '{source}' as source,
    (row_number() over (order by row) - 1 + (select count(*) from members where campaign = 'Campaign 0')) // {limit} as batch
from rows r join decided d using (row)
where outcome = 'create'
order by row;
"""

_WRITE = """
copy (
    select row, r.* exclude (row, key, linkedin_key, invalid), outcome, reason from rows r join decided d using (row)
    where outcome <> 'create' order by row
) to '{out}/excluded.csv';
copy (
    select row, key as email, linkedin_key, outcome, reason from rows r join decided d using (row) order by row
) to '{out}/ledger.parquet';
"""

_BATCH = "copy (select * exclude (batch) from created where batch = {batch}) to '{out}/batches/{number:03}.csv'"


def main(leads: Path, memberships: Path, out: Path) -> None:
    """Decide every row and write batches, what is left out, and the ledger."""
    (out / "batches").mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(
            _DECIDE.replace("{leads}", str(leads))
            .replace("{memberships}", str(memberships))
            .replace("{source}", leads.stem)
            .replace("{limit}", str(LIMIT))
        )
        con.execute(_WRITE.format(out=out))
        for (batch,) in con.execute("select distinct batch from created order by batch").fetchall():
            con.execute(_BATCH.format(batch=batch, number=batch + 1, out=out))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
