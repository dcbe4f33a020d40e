-- Which membership that went and which that came are one lead that changed. In: unlike (membership, campaign, lead_id, status, before, after). Out:
-- pairs (old, new). A lead is the same by its `_id` within the campaign; one without, or one that an import told of before an export showed
-- it, by an identifier.
create or replace temp table pairs as
with numbered as (
    select *, row_number() over (partition by campaign, before, lead_id order by status, membership) as nth
    from unlike where lead_id is not null
), by_id as (
    select o.membership as old, n.membership as new
    from numbered o join numbered n using (campaign, lead_id, nth)
    where o.before and n.after
), alone as (  -- Identifiers are asked for only where somebody has no `_id`.
    select membership, campaign, lead_id, before, after from unlike
    where membership not in (select old from by_id union all select new from by_id)
        and campaign in (select campaign from unlike where lead_id is null)
), left_over as (
    select a.*, row_number() over (partition by campaign, before, key order by membership) as place
    from (select a.*, i.key from alone a join (
        select membership, min(key) as key from membership_identifiers semi join alone using (membership) group by membership
    ) i using (membership)) a
), by_key as (
    select o.membership as old, n.membership as new
    from left_over o join left_over n using (campaign, key, place)
    where o.before and n.after and (o.lead_id is null or n.lead_id is null)
)
from by_id union all from by_key;
