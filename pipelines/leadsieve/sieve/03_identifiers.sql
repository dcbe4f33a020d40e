-- The identifiers of all records, and which of them link. In: list_rows, failed, memberships, ws.identifiers.
-- Out: list_identifiers (row, identifier, kind, place), keys (identifier, kind, key, role), shared (identifier), links, profile_links.

create temp table list_keys as
with sound as (select * from list_rows anti join failed using (row))
select row, 'email' as kind, 1 as place, email as key, email_role as role from sound where email is not null
union all
select row, 'linkedin', 2, linkedin_key, false from sound where linkedin_key is not null
union all
select row, 'linkedin', 3, member_key, false from sound where member_key is not null;

-- What the workspace does not know yet is numbered behind what it knows.
create temp table new_keys as
select kind, key, role, (select coalesce(max(identifier), 0) from ws.identifiers) + row_number() over (order by key) as identifier
from (select distinct kind, key, role from list_keys k where not exists (from ws.identifiers i where i.key = k.key));

create temp view keys as
select identifier, kind, key, role from ws.identifiers
union all
select identifier, kind, key, role from new_keys;

create temp table list_identifiers as
select l.row, k.identifier, l.kind, min(l.place) as place
from list_keys l join keys k using (key)
group by all;

create temp view record_identifiers as
select -row as record, identifier, kind from list_identifiers
union all
select membership, identifier, kind from membership_identifiers;

-- The brake: what stands beside more than 3 identifiers of the other kind (a role address: beside more than 1) links nothing.
create temp table shared as
with beside as (
    select a.identifier, count(distinct b.identifier) as others
    from record_identifiers a join record_identifiers b on a.record = b.record and a.kind <> b.kind
    group by a.identifier
    having others > 1
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
