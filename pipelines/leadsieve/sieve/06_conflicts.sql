-- What memberships say against a row, each once. In: memberships. Out: conflicts (conflict: its number from 0; campaign, status, owner, source;
-- rank: the less, the more it weighs), membership_conflicts (nth, conflict) of the memberships that count.

create temp table conflicts as
with said as (
    select distinct
        campaign as number, name as campaign, status, owner, source, as_of, active,
        -- An active one elsewhere weighs more than the target, the target more than an ended one.
        case when active and not in_target then 1 when in_target then 2 else 3 end as weight
    from memberships
    where counts
)
select (row_number() over ())::integer - 1 as conflict, *, (dense_rank() over (order by weight, as_of desc, campaign))::integer as rank
from said;

create temp table membership_conflicts as
select m.nth, c.conflict
from memberships m join conflicts c
    on c.number = m.campaign and c.active = m.active and c.status = m.status and c.source is not distinct from m.source
where m.counts;
