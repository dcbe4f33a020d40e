-- What a snapshot knows of every lead that was deleted up to then. In: ws.*, $snapshot. Out: one row a tombstone.

with dead as (
    select t.tombstone, t.membership, t.snapshot, t.lifted_at, m.campaign, m.lead_id, m.email,
        coalesce(nullif(m.linkedin_url, ''), m.linkedin_url_sales_nav) as linkedin_url, m.source, d.confirmed
    from ws.tombstones t
    join ws.memberships m using (membership)
    join ws.departures d on d.snapshot = t.snapshot and d.campaign = m.campaign
    where t.snapshot <= $snapshot
), back as (  -- An address that several people read does not tell who came back.
    select d.tombstone, m.from_snapshot, m.imported
    from dead d
    join ws.membership_identifiers a on a.membership = d.membership and not a.role
    join ws.membership_identifiers b on b.identifier = a.identifier
    join ws.memberships m on m.membership = b.membership and m.from_snapshot > d.snapshot
    union all
    select d.tombstone, m.from_snapshot, m.imported
    from dead d join ws.memberships m using (lead_id)
    where m.from_snapshot > d.snapshot
), put_back as (
    select distinct tombstone from back where from_snapshot <= $snapshot and not imported
)
select
    d.tombstone, d.membership, d.snapshot, d.campaign as number, c.id as campaign_id, c.name as campaign, d.source,
    d.lead_id, d.email, d.linkedin_url, c.as_of as last_seen, s.taken_at as missed,
    case
        when d.lifted_at is not null then 'lifted'
        when b.tombstone is not null then 'put_back'
        when not d.confirmed then 'to_confirm'
        else 'in_force'
    end as state
from dead d
join ws.snapshots s on s.id = d.snapshot
-- As the campaign was when the lead was last seen in it.
join ws.campaigns c on c.campaign = d.campaign and c.from_snapshot < d.snapshot
left join put_back b using (tombstone)
qualify row_number() over (partition by d.tombstone order by c.from_snapshot desc) = 1
order by d.tombstone
