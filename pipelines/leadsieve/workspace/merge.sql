-- The staged load becomes the next snapshot. In: staged_rows (one row a membership; `told` is the export's word for its campaign),
-- brought (which campaign each word means), staged_keys, known (the campaigns file), load (one row). Out: the workspace's tables,
-- `merged` (one row of counts).

-- The digest is of the content as exported, not of keys that later rules may make otherwise.
-- Equal contents within a campaign are numbered, so that two leads without an `_id` stay two.
create or replace temp table fresh as
select *, row_number() over (partition by campaign, digest) as nth
from (
    select b.campaign, s.* exclude (told), md5_number(to_json(struct_pack(
        s.lead_id, s.email, s.linkedin_url, s.linkedin_url_sales_nav, s.status, s.is_paused, s.last_state, s.source, s.fields))::varchar) as digest
    from staged_rows s join brought b using (told)
);

-- A lead that was imported after the export was made cannot stand in it yet.
create or replace temp table ended as
select m.membership
from memberships m semi join brought b using (campaign)
where m.until_snapshot is null
    and not (m.imported and (select s.loaded_at from snapshots s where s.id = m.from_snapshot) > (select taken_at from load))
    and not exists (from fresh f where f.campaign = m.campaign and f.digest = m.digest and f.nth = m.nth);

create or replace temp table begun as
select f.*
from fresh f
where not exists (
    from memberships m
    where m.until_snapshot is null and m.campaign = f.campaign and m.digest = f.digest and m.nth = f.nth
);

update memberships set until_snapshot = (select snapshot from load)
where membership in (select membership from ended);

-- --complete: what the load did not bring does not exist any more.
update memberships set until_snapshot = (select snapshot from load)
where until_snapshot is null and (select complete from load) and campaign not in (select campaign from brought);

update campaigns set until_snapshot = (select snapshot from load)
where until_snapshot is null and (campaign in (select campaign from brought) or (select complete from load));

insert into campaigns (campaign, from_snapshot, id, name, owner, status, archived, as_of, no_identifier)
select distinct b.campaign, l.snapshot, b.id, b.name, b.owner, b.status, b.archived, l.taken_at,
    (select count(*) from fresh f where f.campaign = b.campaign and len(f.keys) = 0)
from brought b, load l;

-- What the campaigns file says of campaigns that no export brought is news too, but leaves their as-of time.
insert into campaigns (campaign, from_snapshot, id, name, owner, status, archived, as_of, no_identifier)
select c.campaign, l.snapshot, coalesce(k.id, c.id), k.name, k.owner, k.status, k.archived, c.as_of, c.no_identifier
from campaigns c, load l, known k
where c.until_snapshot is null and c.from_snapshot < l.snapshot
    and (k.id = c.id or (k.name = c.name and (k.id is null or c.id is null)))
    and c.campaign not in (select campaign from brought);

update campaigns set until_snapshot = (select snapshot from load)
where until_snapshot is null and from_snapshot < (select snapshot from load)
    and campaign in (select campaign from campaigns where from_snapshot = (select snapshot from load));

create or replace temp table numbered as select nextval('membership_numbers') as membership, * from begun;

insert into memberships
select membership, campaign, (select snapshot from load), null, lead_id, email, linkedin_url, linkedin_url_sales_nav, status, is_paused,
    last_state, source, fields, digest, nth, false
from numbered;

insert into identifiers (kind, key, role)
select case when contains(s.key, '@') then 'email' else 'linkedin' end, s.key, s.role
from staged_keys s
where not exists (from identifiers i where i.key = s.key)
order by s.key;

insert into membership_identifiers
select m.membership, i.identifier, i.kind
from (select membership, unnest(keys) as key from numbered) m join identifiers i using (key);

create or replace temp table merged as
select
    (select count(distinct campaign) from brought) as campaigns,
    (select count(*) from fresh) as memberships,
    (select count(*) from fresh where len(keys) = 0) as no_identifier,
    (select count(*) from begun) as came,
    (select count(*) from ended) as gone;
