-- The workspace's tables. A row of `campaigns` and `memberships` lives from one snapshot until another (null: it still does), so
-- that a snapshot costs only what changed. Keys are canonical.

create table facts_of_file (name varchar primary key, value varchar not null);

create sequence snapshot_numbers;
create table snapshots (
    id integer primary key default nextval('snapshot_numbers'),
    taken_at timestamp not null,   -- UTC: the moment that the exports show
    loaded_at timestamp not null,  -- UTC
    complete boolean not null,     -- the load said that there are no other campaigns
    sha256 varchar not null,       -- of what it brought
    kind varchar not null          -- load: exports; import: a run's batches that `imported` told of; undo: one of these taken back
);

-- Which file brought a campaign to a snapshot, so that the same file is known again.
create table exports (
    snapshot integer not null,
    campaign integer not null,
    file varchar not null,
    sha256 varchar not null,
    memberships bigint not null
);

create table campaigns (
    campaign integer not null,
    from_snapshot integer not null,
    until_snapshot integer,
    id varchar,                    -- lemlist's, where a campaigns file told it
    name varchar not null,
    owner varchar,
    status varchar,
    archived boolean not null,
    as_of timestamp not null,      -- UTC: taken_at of the load that brought it
    no_identifier integer not null -- memberships that give neither an email nor a LinkedIn profile
);

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
-- are what to ask; a question that needs neither states nor cells is answered sooner here. An identifier is the MD5 of its key, 128 bits:
-- of a billion keys, two are alike with a chance of one in 10^20.
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

-- The batches whose import was told, and those taken back.
create table imports (
    snapshot integer not null,
    undone_by integer,             -- the snapshot that took it back
    run varchar not null,          -- SHA-256 of the run's ledger
    batch integer not null,
    campaign integer not null,
    memberships bigint not null
);

-- What tells the leads of an import apart, so that a batch of it can be taken back.
create table imported_leads (
    membership bigint not null,
    seal uhugeint not null         -- MD5 of RUN:ROW, the run's ledger by its SHA-256 and the lead's row in it
);

-- How many leads of a campaign a load did not bring any more; a mass of them at once must be confirmed before they count as deleted.
create table departures (
    snapshot integer not null,     -- the load that missed them
    campaign integer not null,
    before bigint not null,        -- leads that the campaign had
    gone bigint not null,          -- of these left, neither ended nor elsewhere
    confirmed boolean not null
);

-- A lead that somebody deleted. Its keys are those of its membership.
create sequence tombstone_numbers;
create table tombstones (
    tombstone bigint not null default nextval('tombstone_numbers'),
    membership bigint not null,
    snapshot integer not null,     -- the load that missed it
    lifted_at timestamp            -- UTC
);

-- First-degree LinkedIn connections of the team's accounts; they take no part in the marks.
create table connections (
    account varchar not null,      -- whose they are; empty where nobody said
    kind varchar not null,         -- email or linkedin
    key varchar not null,
    loaded_at timestamp not null   -- UTC
);

create sequence run_numbers;
create table runs (
    run integer not null default nextval('run_numbers'),
    ran_at timestamp not null,     -- UTC
    sha256 varchar not null,       -- of the ledger
    version varchar not null,      -- of leadsieve
    campaign varchar not null,
    snapshot integer,
    dedup varchar not null,
    import_mode varchar not null,
    method varchar not null,
    policy_sha256 varchar not null,
    input_rows bigint not null,
    people bigint not null,
    outcomes map(varchar, bigint) not null,
    reasons map(varchar, bigint) not null,
    warnings map(varchar, bigint) not null
);
create table run_sources (
    run integer not null,
    source varchar not null,
    rows bigint not null,
    failed bigint not null,
    valid bigint not null,
    people bigint not null,
    repeats bigint not null,
    known_people bigint not null,
    active_people bigint not null,
    suppressed_people bigint not null,
    shared_people bigint not null,
    exclusive_people bigint not null,
    new_people bigint not null,
    "create" bigint not null,
    deleted_people bigint not null -- persons whose lead was deleted earlier
);
create table run_overlaps (run integer not null, source varchar not null, other varchar not null, people bigint not null);

-- For SQL: what each source brought, run by run, and which share of its valid rows brought nobody new (add up counts, never rates);
-- the owner is that of the run's campaign in its snapshot. And the persons that two sources of a run shared.
create view duplicate_rates as
select
    s.run, r.ran_at, r.campaign,
    (
        select min(c.owner) from campaigns c
        where c.name = r.campaign and c.from_snapshot <= r.snapshot and (c.until_snapshot is null or c.until_snapshot > r.snapshot)
    ) as owner,
    s.* exclude (run),
    1 - (s.people - s.known_people) / nullif(s.valid, 0) as duplicate_rate
from run_sources s join runs r using (run);
create view overlap as
select o.run, r.ran_at, r.campaign, o.source, o.other, o.people from run_overlaps o join runs r using (run);

create sequence suppression_numbers;
create table suppressions (
    suppression bigint not null default nextval('suppression_numbers'),
    kind varchar not null,         -- email, domain, linkedin or phone
    value varchar not null,        -- canonical
    reason varchar not null,
    came_from varchar not null,    -- the file, and the source that it names
    added_at timestamp not null    -- UTC
);
