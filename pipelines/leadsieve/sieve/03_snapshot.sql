-- The workspace as of the run's snapshot, as far as it has to do with the list. In: ws.*, near, settings (one row), statuses (how
-- exported words are read), target (campaigns of the target). Out: memberships, one row each, with what its status means;
-- unclassified (status, leads), of the whole snapshot.

create temp table memberships as
select
    (row_number() over ())::integer - 1 as nth,  -- from 0, as arrays count
    m.membership, m.campaign, c.name, c.owner, c.as_of, m.source, m.last_state,
    coalesce(s.status, m.status, '(empty)') as status,
    coalesce(s.class, 'active') = 'active' as active,
    coalesce(s.launched, true) as launched,
    coalesce(e.status, m.status) as told,  -- the exported status, paused or not
    m.campaign in (select campaign from target) as in_target,
    -- A place to keep contacts takes no part in the marks, nor an archived campaign if the policy says so; the target always does.
    m.campaign in (select campaign from target)
        or not (list_contains(g.storage_campaigns, c.name) or list_contains(g.storage_campaigns, coalesce(c.id, ''))
            or (c.archived and g.archived = 'ignore')) as counts
from ws.memberships m
semi join near using (membership)
cross join settings g
join ws.campaigns c
    on c.campaign = m.campaign and c.from_snapshot <= g.snapshot and (c.until_snapshot is null or c.until_snapshot > g.snapshot)
left join statuses s on s.exported = case when m.is_paused then 'paused' else lower(trim(m.status)) end
left join statuses e on e.exported = lower(trim(m.status))
where m.from_snapshot <= g.snapshot and (m.until_snapshot is null or m.until_snapshot > g.snapshot);

create temp table unclassified as
select coalesce(status, '(empty)') as status, leads
from (
    select m.status, count(*) as leads
    from ws.memberships m cross join settings g
    where m.from_snapshot <= g.snapshot and (m.until_snapshot is null or m.until_snapshot > g.snapshot) and not m.is_paused
    group by m.status
)
where coalesce(lower(trim(status)), '') not in (select exported from statuses);
