-- Leads that somebody deleted since their campaign was last loaded. In: ended (memberships that this load ended), load, statuses (how
-- exported words are read), mass (one row: what is too much at once). Out: tombstones, departures.

-- Left while it was active. A lead that was only told of has not been seen in lemlist yet.
create or replace temp table left_active as
select m.membership, m.campaign, m.lead_id
from memberships m
semi join ended e using (membership)
left join statuses s on s.exported = case when m.is_paused then 'paused' else lower(trim(m.status)) end
where coalesce(s.class, 'active') = 'active' and not m.imported;

-- What it is recognised by; without an identifier no list can bring it back.
create or replace temp table left_keys as
select l.membership, l.campaign, l.lead_id, i.identifier, i.role
from left_active l join membership_identifiers i using (membership);

-- The lead is in the workspace still, as what it is now or as another lead of its person.
create or replace temp table still_there as
select l.membership
from left_active l join memberships m using (lead_id)
where m.until_snapshot is null
union
select l.membership
from left_keys l join membership_identifiers i using (identifier) join memberships m on m.membership = i.membership
where m.until_snapshot is null
    -- Colleagues who share info@ within a campaign are told apart by their `_id`.
    and not (l.role and m.campaign = l.campaign and m.lead_id is not null and l.lead_id is not null);

create or replace temp table gone as
select membership, campaign from left_active semi join left_keys using (membership) anti join still_there using (membership);

insert into departures
with had as (
    select m.campaign, count(*) as leads
    from memberships m, load l
    where m.campaign in (select campaign from gone) and not m.imported
        and m.from_snapshot < l.snapshot and (m.until_snapshot is null or m.until_snapshot = l.snapshot)
    group by m.campaign
), counted as (
    select campaign, count(*) as leads from gone group by campaign
)
select l.snapshot, c.campaign, h.leads, c.leads, h.leads < x.leads or c.leads <= h.leads * x.share
from counted c join had h using (campaign), load l, mass x;

insert into tombstones (membership, snapshot)
select membership, (select snapshot from load) from gone order by membership;
