-- A part of a load arrives. In: part_rows (memberships as exported; `position` numbers them in the load, `campaign` in the workspace),
-- living, stayed, numbering, load (one row). Out: memberships, stayed (those that the load shows unchanged).

-- Equal contents within a campaign are counted, so that two leads without an `_id` stay two.
insert into stayed
with shown as (
    select position, campaign, content_of(
        lead_id, email, linkedin_url, linkedin_url_sales_nav, status, is_paused, last_state, source, fields, imported) as content
    from part_rows
    where campaign in (select campaign from living)
), shown_nth as (
    select *, row_number() over (partition by campaign, content order by position) as nth from shown
), living_nth as (
    select *, row_number() over (partition by campaign, content order by membership) as nth
    from living semi join shown using (campaign, content) anti join stayed using (membership)
)
select l.membership, s.position from shown_nth s join living_nth l using (campaign, content, nth);

insert into memberships
select n.before + p.position, p.campaign, l.snapshot, null, p.lead_id, p.email, p.linkedin_url, p.linkedin_url_sales_nav, p.status,
    p.is_paused, p.last_state, p.source, p.fields, p.imported
from part_rows p cross join numbering n cross join load l
where p.position not in (select position from stayed where position >= (select min(position) from part_rows));
