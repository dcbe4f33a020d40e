-- The workspace's tables. A row of `campaigns` and `memberships` lives from one snapshot until another (null: it still does), so
-- that a snapshot costs only what changed. Keys are canonical and stored once, in `identifiers`.

create table facts_of_file (name varchar primary key, value varchar not null);

create sequence snapshot_numbers;
create table snapshots (
    id integer primary key default nextval('snapshot_numbers'),
    taken_at timestamp not null,   -- UTC: the moment that the exports show
    loaded_at timestamp not null,  -- UTC
    complete boolean not null,     -- the load said that there are no other campaigns
    sha256 varchar not null        -- of the files that it brought, in their order
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

create sequence membership_numbers;
create table memberships (
    membership bigint not null default nextval('membership_numbers'),
    campaign integer not null,
    from_snapshot integer not null,
    until_snapshot integer,
    lead_id varchar,               -- lemlist's `_id`
    email varchar,                 -- as exported
    linkedin_url varchar,          -- as exported
    linkedin_url_sales_nav varchar, -- as exported
    status varchar,                -- as exported
    is_paused boolean not null,
    last_state varchar,
    source varchar,
    fields varchar not null,       -- every other filled field as exported, a JSON object
    keys varchar[] not null,       -- the canonical identifiers that it gives
    digest varchar not null,       -- of the content, to see what a load changed
    nth integer not null           -- equal contents within a campaign are counted
);

create sequence identifier_numbers;
create table identifiers (
    identifier bigint not null default nextval('identifier_numbers'),
    kind varchar not null,         -- email or linkedin
    key varchar not null,
    role boolean not null          -- an address such as info@, which several people read
);
create table membership_identifiers (membership bigint not null, identifier bigint not null, kind varchar not null);

create sequence suppression_numbers;
create table suppressions (
    suppression bigint not null default nextval('suppression_numbers'),
    kind varchar not null,         -- email, domain, linkedin or phone
    value varchar not null,        -- canonical
    reason varchar not null,
    came_from varchar not null,    -- the file, and the source that it names
    added_at timestamp not null    -- UTC
);
