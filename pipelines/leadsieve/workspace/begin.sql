-- The new ones of a batch of the staged load begin. In: batch_rows, batch_keys (some of staged_rows and their keys), begun, numbering.
-- Out: memberships, `numbered` (the new ones' keys). A batch at a time, so that wide rows never wait for each other in memory.

create or replace temp table begun_here as
select b.*, n.before + b.position as membership from begun b semi join batch_rows using (position) cross join numbering n;

insert into memberships
select b.membership, b.campaign, (select snapshot from load), null, s.lead_id, s.email, s.linkedin_url, s.linkedin_url_sales_nav, s.status,
    s.is_paused, s.last_state, s.source, s.fields, b.digest, b.nth, s.imported
from batch_rows s join begun_here b using (position);

create or replace temp view numbered as
select b.membership, k.key, k.role from batch_keys k join begun_here b using (position);
