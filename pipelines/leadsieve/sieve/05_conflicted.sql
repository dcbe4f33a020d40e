-- Two emails and two profiles: perhaps two people. A profile's slug and its member number, seen in one record, are one profile;
-- a slug with two member numbers is in conflict with itself (LinkedIn frees old slugs). In: doubtful, keys. Out: conflicted (person).

create temp table conflicted as
with told as (
    select d.*, k.key like 'urn:li:member:%' as is_number from doubtful d join keys k using (number)
), profiles_of as (
    select person, profile, count(*) filter (where is_number) as numbers, count(*) filter (where not is_number) as slugs
    from told
    where not is_email
    group by all
), emails as (
    select person, count(*) as emails from told where is_email group by person
)
select f.person
from profiles_of f left join emails e using (person)
group by f.person
having (sum(greatest(numbers, slugs)) >= 2 and coalesce(any_value(emails), 0) >= 2) or bool_or(slugs >= 1 and numbers >= 2);
