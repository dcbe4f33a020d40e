-- What each source brought, whatever the order of the files. In: decisions, list_sources, person_facts, deleted. Out: sources, one row
-- each; deleted_by_source (source, people); source_overlaps (source, other, people: persons of both); targets (person, place, the lead as lemlist has it), for updates.

create temp table source_people as
select source, person, bool_or(in_workspace) as known, bool_or(active_elsewhere) as active, bool_or(suppressed is not null) as suppressed
from decisions
where person is not null
group by all;

create temp table sources as
with several as (
    select person from source_people group by person having count(*) > 1
), people_of as (
    select
        source,
        count(*) as people,
        count(*) filter (where known) as known_people,
        count(*) filter (where active) as active_people,
        count(*) filter (where suppressed) as suppressed_people,
        count(*) filter (where person in (select person from several)) as shared_people,
        count(*) filter (where not known and not suppressed) as new_people
    from source_people
    group by source
), rows_of as (
    select
        source,
        min(row) as first_row,
        count(*) as rows,
        count(*) filter (where decided.outcome = 'failed') as failed,
        count(*) filter (where decided.outcome = 'create') as "create"
    from decisions
    group by source
)
select
    l.name as source, r.rows, r.failed, r.rows - r.failed as valid,
    coalesce(p.people, 0) as people,
    r.rows - r.failed - coalesce(p.people, 0) as repeats,
    coalesce(p.known_people, 0) as known_people,
    coalesce(p.active_people, 0) as active_people,
    coalesce(p.suppressed_people, 0) as suppressed_people,
    coalesce(p.shared_people, 0) as shared_people,
    coalesce(p.people - p.shared_people, 0) as exclusive_people,
    coalesce(p.new_people, 0) as new_people,
    r."create",
    1 - (coalesce(p.people, 0) - coalesce(p.known_people, 0)) / nullif(r.rows - r.failed, 0) as duplicate_rate
from rows_of r join list_sources l using (source) left join people_of p using (source)
order by r.first_row;

create temp table deleted_by_source as
select l.name as source, count(*) as people
from source_people semi join deleted using (person) join list_sources l using (source)
group by l.name
order by l.name;

create temp table source_overlaps as
select x.name as source, y.name as other, count(*) as people
from source_people a
join list_sources x using (source)
join source_people b on b.person = a.person and b.source <> a.source
join list_sources y on y.source = b.source and y.name > x.name
group by all
order by all;

-- The leads of the target that a person is: the one that the row itself names first, then the target before its parts.
create temp table targets as
select
    d.row, d.person, m.name as campaign, w.lead_id, w.email, w.linkedin_url, w.fields,
    (select list(i.key) from ws.membership_identifiers i where i.membership = w.membership) as keys,
    row_number() over (partition by d.row order by x.by_email desc nulls last, x.by_linkedin desc nulls last, length(m.name), m.name, m.membership) as place
from decisions d
join person_memberships p using (person)
join memberships m using (nth)
join ws.memberships w using (membership)
left join matches x using (row, nth)
where d.decided.outcome = 'update' and m.in_target
qualify place = 1;
