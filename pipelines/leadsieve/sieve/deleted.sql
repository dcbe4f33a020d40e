-- Persons whose lead somebody deleted and nobody put back. In: deletions (what the snapshot knows of deleted leads),
-- numbers, person_numbers, person_memberships, people, forward, list_rows, settings. Out: deleted (person, campaign, last_seen, missed,
-- held: whether the person is suppressed for it).

create temp table deleted as
with brought_back as (
    select distinct p.person, d.campaign, d.last_seen, d.missed
    from deletions d
    join ws.membership_identifiers i using (membership)
    join numbers using (identifier)
    join person_numbers p using (number)
    where d.state = 'in_force' and p.person not in (select person from person_memberships)
), fed as (  -- Facts hold for all rows of a person, so that the row which goes forward says whether a CRM brought it back.
    select distinct p.person
    from people p join list_rows l using (row) anti join forward using (row) cross join settings g
    where list_contains(g.crm_sources, lower(trim(l.source)))
)
select b.*, g.deleted = 'suppress' or (g.deleted = 'warn' and b.person in (select person from fed)) as held
from brought_back b cross join settings g;
