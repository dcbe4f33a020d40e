-- Files whose leads another campaign has. In: staged_rows (`file`: its place in the load), staged_keys, sampled (some of them, of
-- every file), sampled_keys, brought (which campaign each word means), load_of (one row: complete). Out: one row a pair that must not be: the file, another file of the load or a campaign of the
-- workspace that has the same leads, how many of how many. lemlist gives every lead of a campaign an `_id` of its own.

with first_leads as (
    select s.position, s.file, b.campaign, b.name, s.lead_id from sampled s join brought b using (told)
), asked as (
    select file, campaign, any_value(name) as name, count(*) as leads from first_leads group by all
), alike_in_the_load as (
    select f.position, f.file, f.campaign, f.lead_id, o.position as other_position, o.file as other_file, b.name as other
    from first_leads f join staged_rows o on o.lead_id = f.lead_id join brought b on b.told = o.told
    where o.file <> f.file or b.campaign <> f.campaign
), in_the_load as (
    select a.file, a.campaign, a.lead_id, a.other_file, a.other
    from alike_in_the_load a
    join sampled_keys k using (position)
    join staged_keys o on o.position = a.other_position and o.key = k.key
), in_the_workspace as (
    select f.file, f.campaign, f.lead_id, null::integer as other_file, c.name as other
    from first_leads f
    join memberships m on m.lead_id = f.lead_id and m.until_snapshot is null and m.campaign <> f.campaign
    join campaigns c on c.campaign = m.campaign and c.until_snapshot is null
    join sampled_keys k using (position)
    join membership_identifiers i on i.membership = m.membership and i.key = k.key
    where not (select complete from load_of) and m.campaign not in (select campaign from brought)
), shared as (
    select file, campaign, other_file, other, count(distinct lead_id) as leads
    from (from in_the_load union all from in_the_workspace)
    group by all
)
select s.file, a.name, s.other_file, s.other, s.leads, a.leads as of_leads
from shared s join asked a using (file, campaign)
where s.leads * 2 > a.leads
order by s.file, s.leads desc, a.name, s.other
