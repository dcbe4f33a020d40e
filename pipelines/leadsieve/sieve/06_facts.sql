-- What the workspace knows of each person. In: people, person_memberships, memberships, list_identifiers.
-- Out: person_facts, evidence (row, matched_on, conflict_campaign, conflict_status, conflicts).

create temp table person_facts as
select
    person,
    bool_or(in_target) as in_campaign,
    bool_or(active and not in_target) as active_elsewhere,
    bool_or(active and not in_target and launched) as launched_elsewhere
from person_memberships join memberships using (membership)
where counts
group by person;

-- Whether the row carries the membership's identifiers itself.
create temp table direct as
select i.row, m.membership, bool_or(i.kind = 'email') as by_email, bool_or(i.kind = 'linkedin') as by_linkedin
from list_identifiers i join membership_identifiers m using (identifier)
group by all;

create temp table evidence as
with matched as (
    select
        p.row, m.*,
        case
            when d.by_email and d.by_linkedin then 'both'
            when d.by_email then 'email'
            when d.by_linkedin then 'linkedin'
            else 'link'
        end as matched_on,
        -- An active one elsewhere weighs more than the target, the target more than an ended one.
        case when m.active and not m.in_target then 1 when m.in_target then 2 else 3 end as weight
    from people p
    join person_memberships using (person)
    join memberships m using (membership)
    left join direct d using (row, membership)
    where m.counts
), weighed as (
    select *, row_number() over (partition by row order by weight, as_of desc, name, membership) as place from matched
)
select
    row,
    any_value(matched_on) filter (where place = 1) as matched_on,
    any_value(name) filter (where place = 1) as conflict_campaign,
    any_value(status) filter (where place = 1) as conflict_status,
    list({'campaign': name, 'status': status, 'owner': owner, 'source': source, 'matched_on': matched_on} order by place) as conflicts
from weighed
group by row;
