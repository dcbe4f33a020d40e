-- What to tidy up in lemlist. In: people (membership, person), statuses, limits (method, most: of methods that count by campaign), advised (one
-- row: storage_campaigns, archived, near, max_age). Out: one row a piece of advice.

with told as (
    select c.*, (list_contains(g.storage_campaigns, c.name) or list_contains(g.storage_campaigns, coalesce(c.id, ''))) as storage
    from campaigns c, advised g where c.until_snapshot is null
), counted as (  -- the campaigns that take part in the marks
    select t.* from told t, advised g where not t.storage and not (t.archived and g.archived = 'ignore')
), leads as (
    select m.campaign, p.person, coalesce(s.class, 'active') = 'active' as active
    from memberships m
    left join people p using (membership)
    left join statuses s on s.exported = case when m.is_paused then 'paused' else lower(trim(m.status)) end
    where m.until_snapshot is null
), active as (
    select distinct l.person, c.campaign, c.name from leads l join counted c using (campaign) where l.active and l.person is not null
), owned as (
    select l.person, c.owner, bool_or(l.active) as active
    from leads l join counted c using (campaign) where c.owner is not null and l.person is not null
    group by all
), filled as (
    select c.name, count(*) as leads from told c join leads using (campaign) group by c.campaign, c.name
)
select 1 as place, 'archive' as advice, c.name as campaign, null as other, count(*) as leads, null as detail
from told c join leads l using (campaign)
where not c.archived and not c.storage
group by c.campaign, c.name
having not bool_or(l.active)
union all
select 2, 'active_twice', least(a.name, b.name), greatest(a.name, b.name), count(*), null
from active a join active b on a.person = b.person and a.campaign < b.campaign
group by a.campaign, b.campaign, a.name, b.name
union all
select 3, 'owners_overlap', a.owner, b.owner, count(*), (count(*) filter (where a.active and b.active))::varchar
from owned a join owned b on a.person = b.person and a.owner < b.owner
group by a.owner, b.owner
union all
select 4, 'near_limit', f.name, null, f.leads, string_agg(l.method || ' ' || l.most, ', ' order by l.most, l.method)
from filled f join limits l on f.leads >= l.most * (select near from advised)
group by f.name, f.leads
union all
select 5, 'not_loaded', c.name, null, count(l.campaign), strftime(c.as_of, '%Y-%m-%d %H:%M')
from told c left join leads l using (campaign), advised g
where not c.archived and g.max_age > 0 and c.as_of < (select max(as_of) from told) - to_seconds(g.max_age * 3600)
group by c.campaign, c.name, c.as_of
order by place, leads desc, campaign, other
