-- A part of a load arrives. In: part_rows (memberships as they are stored, but for identifiers; `position` numbers them in the load),
-- part_further (position, key, role: what else identifies them), living, stayed, the variables of living.sql. Out: stored_memberships,
-- further_identifiers, stayed (those that the load shows unchanged).

-- Exports have their campaigns one behind the other: of what the workspace has only those of this part are looked at, which as constants
-- tell the blocks to be read.
set variable first_campaign = (select min(campaign) from part_rows);
set variable last_campaign = (select max(campaign) from part_rows);

-- Equal contents within a campaign are counted, so that two leads without an `_id` stay two.
create or replace temp table stayed_here as
with living_here as (
    from living where campaign between getvariable('first_campaign') and getvariable('last_campaign')
), stayed_before as (
    from stayed where campaign between getvariable('first_campaign') and getvariable('last_campaign')
), shown as materialized (
    select position, campaign, content_of(
        state, lead_id, email_key, email_cell, linkedin_key, linkedin_cell, linkedin_url_sales_nav, fields) as content
    from part_rows
    where campaign in (select campaign from living_here)
), living_left as materialized (
    from living_here anti join stayed_before using (membership)
), alike as (
    select *
    from (select campaign, content, min(position) as position, count(*) as times_shown from shown group by campaign, content)
    join (select campaign, content, min(membership) as membership, count(*) as times_living from living_left group by campaign, content)
        using (campaign, content)
), several as (  -- Few leads of a campaign have the same content, and only these have to be sorted.
    select campaign, content from alike where times_shown > 1 or times_living > 1
), shown_nth as (
    select *, row_number() over (partition by campaign, content order by position) as nth from shown semi join several using (campaign, content)
), living_nth as (
    select *, row_number() over (partition by campaign, content order by membership) as nth
    from living_left semi join several using (campaign, content)
)
select membership, position, campaign from alike where times_shown = 1 and times_living = 1
union all
select l.membership, s.position, s.campaign from shown_nth s join living_nth l using (campaign, content, nth);

insert into stayed from stayed_here;

insert into stored_memberships
select getvariable('before') + p.position, p.campaign, getvariable('snapshot'), null, p.state, p.lead_id, p.email_key, p.email_cell,
    md5_number(p.email_key), p.email_role, p.linkedin_key, p.linkedin_cell, md5_number(p.linkedin_key), p.linkedin_url_sales_nav, p.fields
from part_rows p anti join stayed_here using (position);

insert into further_identifiers
select getvariable('before') + f.position, md5_number(f.key), f.key, f.role from part_further f anti join stayed_here using (position);
