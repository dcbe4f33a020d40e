-- The identifiers of all records, and which of them link. In: list_keys, memberships, ws.membership_identifiers.
-- Out: keys (identifier, kind, key, role), list_identifiers (row, identifier, kind, place), membership_identifiers (membership,
-- identifier, kind), shared (identifier), links, profile_links (first, identifier).

create temp table membership_keys as
select i.membership, i.identifier, i.kind, i.key, i.role from ws.membership_identifiers i semi join memberships m using (membership);

create temp view membership_identifiers as select membership, identifier, kind from membership_keys;

create temp view list_identifiers as select row, identifier, kind, place from list_keys;

create temp table keys as
select identifier, any_value(kind) as kind, any_value(key) as key, any_value(role) as role
from (select identifier, kind, key, role from list_keys union all select identifier, kind, key, role from membership_keys)
group by identifier;

create temp view record_identifiers as
select -row as record, identifier, kind from list_identifiers
union all
select membership, identifier, kind from membership_identifiers;

-- The brake: what stands beside more than 3 identifiers of the other kind (a role address: beside more than 1) links nothing.
create temp table shared as
with pairs as (
    select distinct a.identifier as email, b.identifier as profile
    from record_identifiers a join record_identifiers b using (record)
    where a.kind = 'email' and b.kind = 'linkedin'
), beside as (
    select email as identifier, count(*) as others from pairs group by email having count(*) > 1
    union all
    select profile, count(*) from pairs group by profile having count(*) > 1
)
select identifier from beside join keys using (identifier) where others > case when role then 1 else 3 end;

-- Two identifiers of one record are one person's: each is linked to the record's first.
create temp table links as
select distinct first, identifier
from (
    select identifier, min(identifier) over (partition by record) as first
    from record_identifiers anti join shared using (identifier)
)
where first <> identifier;

-- Two profiles of one record are two names of one profile (a vanity URL and a member token).
create temp table profile_links as
select distinct first, identifier
from (
    select identifier, min(identifier) over (partition by record) as first
    from record_identifiers anti join shared using (identifier)
    where kind = 'linkedin'
)
where first <> identifier;
