-- Memberships on their way into the workspace, one row each.
create table staged_rows (
    position bigint not null,      -- over the whole load
    file integer not null,         -- the file's place in the load
    told varchar not null,         -- the campaign as the export names it
    lead_id varchar,
    email varchar,
    linkedin_url varchar,
    linkedin_url_sales_nav varchar,
    status varchar,
    is_paused boolean not null,
    last_state varchar,
    source varchar,
    fields varchar not null,
    imported boolean not null,
    keys varchar[] not null,
    role_keys varchar[] not null,  -- those that several people read
    digest uhugeint not null
);
set preserve_insertion_order = false;
