-- Persons whose lead ended in a campaign too short a time ago, by all snapshots up to the run's. In: person_numbers, numbers, statuses,
-- target, settings, ws.*. Out: cooling (person, campaign, status, since, until), the last to pass of each person.

create temp table cooling as
with shown as (  -- What `imported` told of has not been seen in lemlist.
    select m.* from ws.memberships m, settings g where m.from_snapshot <= g.snapshot and not m.imported
), named as (
    select c.campaign, c.name
    from ws.campaigns c cross join settings g
    where c.from_snapshot <= g.snapshot
    qualify row_number() over (partition by c.campaign order by c.from_snapshot desc) = 1
        and (c.campaign in (select campaign from target)
            or not (list_contains(g.storage_campaigns, c.name) or list_contains(g.storage_campaigns, coalesce(c.id, ''))))
), known as (
    select distinct p.person, m.campaign, m.lead_id, m.membership
    from person_numbers p join numbers using (number) join ws.membership_identifiers i using (identifier) join shown m using (membership)
), history as (  -- A lead is its `_id`, whatever its address was; without one, it is its person.
    select person, membership from known
    union
    select k.person, m.membership from known k join shown m using (campaign, lead_id)
), told as (
    select
        h.person, m.campaign, m.lead_id, m.from_snapshot, coalesce(s.status, m.status) as status, coalesce(s.class, 'active') = 'active' as active,
        case when m.until_snapshot <= g.snapshot then m.until_snapshot else g.snapshot + 1 end as until_snapshot
    from history h
    join shown m using (membership)
    cross join settings g
    left join statuses s on s.exported = case when m.is_paused then 'paused' else lower(trim(m.status)) end
), last_active as (
    select *, coalesce(max(until_snapshot) filter (where active) over (partition by person, campaign, lead_id), 0) as active_until from told
), ended as (
    select person, campaign, lead_id, arg_max(status, from_snapshot) as status, min(greatest(from_snapshot, active_until)) as snapshot
    from last_active
    where not active and until_snapshot > active_until
    group by person, campaign, lead_id
), dated as (
    select e.person, n.name as campaign, e.status, s.taken_at::date as since, s.taken_at::date + g.cooldown::integer as until
    from ended e asof join ws.snapshots s on e.snapshot <= s.id join named n using (campaign) cross join settings g
)
select d.*
from dated d cross join settings g join ws.snapshots s on s.id = g.snapshot
where s.taken_at::date < d.until
qualify row_number() over (partition by d.person order by d.until desc, d.campaign, d.status) = 1;
