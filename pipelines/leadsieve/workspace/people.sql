-- Who the leads of the newest snapshot are, by the rules of a run (04_identifiers.sql, 05_people.sql) without a list. In: the workspace's
-- tables. Out: present (membership, identifier, kind, role), braked (identifier), people_links (first, identifier).

create or replace temp table present as
select i.membership, i.identifier, i.kind, i.role
from membership_identifiers i semi join (from memberships where until_snapshot is null) using (membership);

create or replace temp table braked as
with beside as (
    select a.identifier, bool_or(a.role) as role, count(distinct b.identifier) as others
    from present a join present b on a.membership = b.membership and a.kind <> b.kind
    group by a.identifier
    having others > 1
)
select identifier from beside where others > case when role then 1 else 3 end;

create or replace temp table people_links as
select distinct first, identifier
from (
    select identifier, min(identifier) over (partition by membership) as first
    from present anti join braked using (identifier)
)
where first <> identifier;
