-- Persons: components of linked identifiers. In: list_identifiers, shared, components (identifier, root), profiles (identifier,
-- root), membership_identifiers, keys. Out: people (row, person, root), person_memberships, person_identifiers, conflicted (person).

-- A row is the person of its linked identifiers; one that has shared identifiers only is the person of the first of them.
create temp table people as
with roots as (
    select
        i.row,
        coalesce(
            min(coalesce(c.root, i.identifier)) filter (where s.identifier is null),
            arg_min(i.identifier, i.place) filter (where s.identifier is not null)
        ) as root
    from list_identifiers i
    left join shared s using (identifier)
    left join components c using (identifier)
    group by i.row
)
select row, root, dense_rank() over (order by first_row) as person
from (select row, root, min(row) over (partition by root) as first_row from roots);

create temp table person_roots as select distinct person, root from people;

-- A membership speaks of the person whose linked identifier it carries, and of every person who has a row with a shared
-- identifier that it carries: directly, and no further.
create temp table person_memberships as
select p.person, m.membership
from membership_identifiers m
anti join shared s using (identifier)
left join components c using (identifier)
join person_roots p on p.root = coalesce(c.root, m.identifier)
union
select p.person, m.membership
from list_identifiers i
semi join shared s using (identifier)
join people p using (row)
join membership_identifiers m using (identifier);

create temp table person_identifiers as
select p.person, i.identifier from list_identifiers i join people p using (row)
union
select p.person, c.identifier from components c join person_roots p using (root);

-- Two emails and two profiles: perhaps two people. A profile's slug and its member number, seen in one record, are one profile;
-- a slug with two member numbers is in conflict with itself (LinkedIn frees old slugs).
create temp table conflicted as
with told as (
    select p.person, k.identifier, k.kind, k.key like 'urn:li:member:%' as is_number
    from person_identifiers p join keys k using (identifier)
    anti join shared s using (identifier)
), profiles_of as (
    select t.person, coalesce(f.root, t.identifier) as profile,
        count(*) filter (where is_number) as numbers, count(*) filter (where not is_number) as slugs
    from told t left join profiles f using (identifier)
    where t.kind = 'linkedin'
    group by all
), emails as (
    select person, count(*) as emails from told where kind = 'email' group by person
)
select f.person
from profiles_of f left join emails e using (person)
group by f.person
having (sum(greatest(numbers, slugs)) >= 2 and coalesce(any_value(emails), 0) >= 2) or bool_or(slugs >= 1 and numbers >= 2);
