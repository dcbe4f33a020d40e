-- Before a load arrives. In: brought (which campaign each of its words means), load (one row). Out: the variables `before` (what the new
-- memberships' numbers follow) and `snapshot`, living (membership, campaign, content: what these campaigns have), stayed (membership,
-- position, campaign), still without rows.

-- Two leads of one campaign are taken for alike by 64 bits: a change is overlooked where the lead as it is now hashes like one of its
-- campaign as it was, which for a campaign of 100,000 leads happens once in 10^14 changes. The hash is stored nowhere, so it may be another
-- in another version of DuckDB.
create or replace temp macro content_of(
    state, lead_id, email_key, email_cell, linkedin_key, linkedin_cell, linkedin_url_sales_nav, fields
) as hash(state, lead_id, email_key, email_cell, linkedin_key, linkedin_cell, linkedin_url_sales_nav, fields);

set variable before = (select coalesce(max(membership), 0) from stored_memberships);
set variable snapshot = (select snapshot from load);

create or replace temp table living as
select membership, campaign, content_of(
    state, lead_id, email_key, email_cell, linkedin_key, linkedin_cell, linkedin_url_sales_nav, fields) as content
from stored_memberships
where until_snapshot is null and campaign in (select campaign from brought);

create or replace temp table stayed (membership bigint, position bigint, campaign integer);
