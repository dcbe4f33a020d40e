-- What the workspace knows of each person. In: person_memberships, memberships, matches. Out: person_facts, evidence (row, matched_on,
-- conflict_campaign, conflict_status, conflicts).

create temp table person_facts as
select
    person,
    bool_or(in_target) as in_campaign,
    bool_or(active and not in_target) as active_elsewhere,
    bool_or(active and not in_target and launched) as launched_elsewhere
from person_memberships join memberships using (nth)
where counts
group by person;

create temp table evidence as
with matched as (
    select
        x.row, x.alone, m.*,
        case
            when x.by_email and x.by_linkedin then 'both'
            when x.by_email then 'email'
            when x.by_linkedin then 'linkedin'
            else 'link'
        end as matched_on,
        -- An active one elsewhere weighs more than the target, the target more than an ended one.
        case when m.active and not m.in_target then 1 when m.in_target then 2 else 3 end as weight
    from matches x join memberships m using (nth)
    where m.counts
), conflict as (
    select
        *, {'campaign': name, 'status': status, 'owner': owner, 'source': source, 'matched_on': matched_on} as conflict
    from matched
), told as (  -- Most persons have one membership, and a list of one needs no sorting.
    select row, [conflict] as conflicts from conflict where alone
    union all
    select row, list(conflict order by weight, as_of desc, name, membership) from conflict where not alone group by row
)
select
    row, conflicts[1].matched_on as matched_on, conflicts[1].campaign as conflict_campaign, conflicts[1].status as conflict_status, conflicts
from told;
