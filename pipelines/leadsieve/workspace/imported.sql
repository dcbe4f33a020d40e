-- The batches of a run whose import was told become the newest snapshot. In: told (one row a lead: row, batch, campaign's name, the
-- membership as it is stored), told_further (row, key, role: what else identifies it), telling (one row: snapshot, taken_at, run).
-- Out: campaigns (those that the workspace lacks), stored_memberships, further_identifiers, imported_leads, imports.

create or replace temp table meant as
with known as (
    select name, arg_max(campaign, (not archived, as_of, campaign)) as campaign from campaigns where until_snapshot is null group by name
), wanted as (
    select name, min(batch) as first_batch from told group by name
)
select w.name, k.campaign is null as is_new,
    coalesce(k.campaign, (select coalesce(max(campaign), 0) from campaigns)
        + row_number() over (partition by k.campaign is null order by w.first_batch, w.name))::integer as campaign
from wanted w left join known k using (name);

insert into campaigns (campaign, from_snapshot, name, archived, as_of, no_identifier)
select m.campaign, t.snapshot, m.name, false, t.taken_at, 0 from meant m, telling t where m.is_new;

create or replace temp table new_ones as
select (select coalesce(max(membership), 0) from stored_memberships) + row_number() over (order by t.row) as membership, m.campaign, t.*
from told t join meant m using (name);

insert into stored_memberships
select n.membership, n.campaign, t.snapshot, null, n.state, null, n.email_key, n.email_cell, md5_number(n.email_key), n.email_role,
    n.linkedin_key, n.linkedin_cell, md5_number(n.linkedin_key), n.linkedin_url_sales_nav, n.fields
from new_ones n, telling t;

insert into further_identifiers
select n.membership, md5_number(f.key), f.key, f.role from told_further f join new_ones n using (row);

insert into imported_leads select n.membership, md5_number(t.run || ':' || n.row) from new_ones n, telling t;

insert into imports (snapshot, run, batch, campaign, memberships)
select t.snapshot, t.run, n.batch, n.campaign, count(*) from new_ones n, telling t group by all order by n.batch;
