-- A part of a load arrives. In: part_rows (memberships as they are stored, but for identifiers; `position` numbers them in the load),
-- part_further (position, key, role: what else identifies them), living, stayed, the variables of living.sql. Out: stored_memberships,
-- further_identifiers, stayed (those that the load shows unchanged).

-- Equal contents within a campaign are counted, so that two leads without an `_id` stay two.
insert into stayed
with shown as (
    select position, campaign, content_of(
        state, lead_id, email_key, email_cell, linkedin_key, linkedin_cell, linkedin_url_sales_nav, fields) as content
    from part_rows
    where campaign in (select campaign from living)
), shown_nth as (
    select *, row_number() over (partition by campaign, content order by position) as nth from shown
), living_nth as (
    select *, row_number() over (partition by campaign, content order by membership) as nth
    from living semi join shown using (campaign, content) anti join stayed using (membership)
)
select l.membership, s.position from shown_nth s join living_nth l using (campaign, content, nth);

create or replace temp table stayed_here as
select position from stayed where position >= (select min(position) from part_rows);

insert into stored_memberships
select getvariable('before') + p.position, p.campaign, getvariable('snapshot'), null, p.state, p.lead_id, p.email_key, p.email_cell,
    md5_number(p.email_key), p.email_role, p.linkedin_key, p.linkedin_cell, md5_number(p.linkedin_key), p.linkedin_url_sales_nav, p.fields
from part_rows p anti join stayed_here using (position);

insert into further_identifiers
select getvariable('before') + f.position, md5_number(f.key), f.key, f.role from part_further f anti join stayed_here using (position);
