-- From schema 3 to 4: a text stands once (a cell only where it is not the key itself), a membership's identifiers beside it, what many
-- have alike by a number; what was asked until now are views. The keys are made anew afterwards, as when their rules change.

alter table memberships rename to memberships_3;
drop table membership_identifiers;

-- What exports say of leads in their campaigns, as exported; few are different.
create table membership_states (
    state integer not null,
    status varchar,
    is_paused boolean not null,
    last_state varchar,
    source varchar,
    imported boolean not null      -- no export showed it yet: `imported` told of it
);

-- Memberships as they are stored: a text once, and what many have alike by a number. The views `memberships` and `membership_identifiers`
-- are what to ask. An identifier is the MD5 of its key, 128 bits: of a billion keys, two are alike with a chance of one in 10^20.
create table stored_memberships (
    membership bigint not null,
    campaign integer not null,
    from_snapshot integer not null,
    until_snapshot integer,
    state integer not null,
    lead_id varchar using compression zstd, -- lemlist's `_id`
    email_key varchar using compression zstd, -- the one address of the cell
    email_cell varchar, -- as exported, where it is not the key itself
    email_identifier uhugeint,
    email_role boolean not null,   -- an address such as info@, which several people read
    linkedin_key varchar using compression zstd, -- the profile of the cell
    linkedin_cell varchar, -- as exported, where it is not the key itself
    linkedin_identifier uhugeint,
    linkedin_url_sales_nav varchar, -- as exported
    fields varchar not null using compression zstd -- every other filled field as exported, a JSON object
);

-- What else identifies a membership: each address of a cell with several, the profile of a second column.
create table further_identifiers (
    membership bigint not null,
    identifier uhugeint not null,
    key varchar not null using compression zstd,
    role boolean not null
);

-- The memberships as exported.
create view memberships as
select
    m.membership, m.campaign, m.from_snapshot, m.until_snapshot, m.lead_id, coalesce(m.email_cell, m.email_key) as email,
    coalesce(m.linkedin_cell, m.linkedin_key) as linkedin_url, m.linkedin_url_sales_nav, s.status, s.is_paused, s.last_state, s.source,
    m.fields, s.imported
from stored_memberships m join membership_states s using (state);

-- The canonical identifiers that a membership gives, one row each; kind: email or linkedin.
create view membership_identifiers as
select membership, email_identifier as identifier, 'email' as kind, email_key as key, email_role as role
from stored_memberships where email_identifier is not null
union all
select membership, linkedin_identifier, 'linkedin', linkedin_key, false from stored_memberships where linkedin_identifier is not null
union all
select membership, identifier, case when contains(key, '@') then 'email' else 'linkedin' end, key, role from further_identifiers;

insert into membership_states
select (row_number() over ())::integer, * from (select distinct status, is_paused, last_state, source, imported from memberships_3);

insert into stored_memberships
select m.membership, m.campaign, m.from_snapshot, m.until_snapshot, s.state, m.lead_id, null, m.email, null, false, null, m.linkedin_url,
    null, m.linkedin_url_sales_nav, m.fields
from memberships_3 m
join membership_states s
    on s.status is not distinct from m.status and s.is_paused = m.is_paused and s.last_state is not distinct from m.last_state
        and s.source is not distinct from m.source and s.imported = m.imported;
drop table memberships_3;

update facts_of_file set value = '0' where name = 'key_version';
