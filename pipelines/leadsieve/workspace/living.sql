-- Before a load arrives. In: brought (which campaign each of its words means). Out: numbering (one row: what the new memberships' numbers
-- follow), living (membership, campaign, content: what these campaigns have), stayed (membership, position), still without rows.

-- Two leads of one campaign are taken for alike by 64 bits: a change is overlooked where the lead as it is now hashes like one of its
-- campaign as it was, which for a campaign of 100,000 leads happens once in 10^14 changes. The hash is stored nowhere, so it may be another
-- in another version of DuckDB.
create or replace temp macro content_of(
    state, lead_id, email_key, email_cell, linkedin_key, linkedin_cell, linkedin_url_sales_nav, fields, imported
) as hash(state, lead_id, email_key, email_cell, linkedin_key, linkedin_cell, linkedin_url_sales_nav, fields, imported);

create or replace temp table numbering as select coalesce(max(membership), 0) as before from stored_memberships;

create or replace temp table living as
select membership, campaign, content_of(
    state, lead_id, email_key, email_cell, linkedin_key, linkedin_cell, linkedin_url_sales_nav, fields, imported) as content
from stored_memberships
where until_snapshot is null and campaign in (select campaign from brought);

create or replace temp table stayed (membership bigint, position bigint);
