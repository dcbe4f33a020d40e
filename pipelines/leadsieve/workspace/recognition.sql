-- Files whose leads another campaign has, once their load is merged. In: sampled (of every file some leads: file, position, told, lead_id),
-- stayed and the variable `before` (which membership each position is), arrived (positions of every file: file, first, last), brought (which
-- campaign each word means). Out: one row a pair that must not be: the file, another file of the load or a campaign of the
-- workspace that has the same leads, how many of how many. lemlist gives every lead of a campaign an `_id` of its own.

with first_leads as (
    select s.file, b.campaign, b.name, s.lead_id, coalesce(a.membership, getvariable('before') + s.position) as membership
    from sampled s join brought b using (told) left join stayed a using (position)
), asked as (
    select file, campaign, any_value(name) as name, count(*) as leads from first_leads group by all
), same_id as (
    select f.file, f.campaign, f.lead_id, f.membership, m.membership as other, m.campaign as other_campaign
    from first_leads f join stored_memberships m using (lead_id)
    where m.until_snapshot is null and m.membership <> f.membership
), alike as (
    select distinct s.*
    from same_id s
    join membership_identifiers i on i.membership = s.membership
    join membership_identifiers o on o.membership = s.other and o.identifier = i.identifier
), files as (
    select file, min(first) as first, max(last) as last from arrived group by file
), placed as (
    select l.*, o.file as other_file
    from alike l
    left join stayed a on a.membership = l.other
    -- What the load left alone has no position in it.
    left join files o on coalesce(a.position, l.other - getvariable('before')) between o.first and o.last
), shared as (
    select p.file, p.campaign, p.other_file, c.name as other, count(distinct p.lead_id) as leads
    from placed p join campaigns c on c.campaign = p.other_campaign and c.until_snapshot is null
    where p.other_file is distinct from p.file or p.other_campaign <> p.campaign
    group by all
)
select s.file, a.name, s.other_file, s.other, s.leads, a.leads as of_leads
from shared s join asked a using (file, campaign)
where s.leads * 2 > a.leads
order by s.file, s.leads desc, a.name, s.other
