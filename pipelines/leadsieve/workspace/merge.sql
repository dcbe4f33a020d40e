-- The staged load becomes the next snapshot. In: staged_rows (one row a membership; `told` is the export's word for its campaign),
-- brought (which campaign each word means), known (the campaigns file), load (one row). Out: the workspace's tables, `numbered` (the new
-- memberships), `merged` (one row of counts).

-- The digest is of the content as exported, not of keys that later rules may make otherwise.
-- Equal contents within a campaign are numbered, so that two leads without an `_id` stay two.
create or replace temp table fresh as
select *, row_number() over (partition by campaign, digest) as nth
from (
    select b.campaign, s.* exclude (told), md5_number(to_json(struct_pack(
        s.lead_id, s.email, s.linkedin_url, s.linkedin_url_sales_nav, s.status, s.is_paused, s.last_state, s.source, s.fields))::varchar) as digest
    from staged_rows s join brought b using (told)
);

-- A lead whose import was told after the export was made cannot stand in it yet. An export that shows half of an import's leads or
-- more was made after the import, whatever its time.
create or replace temp table awaited as
with shown as (
    select distinct f.campaign, i.membership
    from (select campaign, unnest(keys) as key from fresh) f
    join membership_identifiers i using (key)
), told as (
    select m.membership, m.campaign, m.from_snapshot, s.membership is not null as is_shown
    from memberships m left join shown s using (campaign, membership)
    where m.imported and m.until_snapshot is null
        and (select n.loaded_at from snapshots n where n.id = m.from_snapshot) > (select taken_at from load)
), counted as (
    select *, count(*) filter (where is_shown) over (partition by campaign, from_snapshot) as of_it,
        count(*) over (partition by campaign, from_snapshot) as leads
    from told
)
select membership, campaign from counted where not is_shown and 2 * of_it < leads;

create or replace temp table ended as
select m.membership
from memberships m semi join brought b using (campaign)
where m.until_snapshot is null
    and m.membership not in (select membership from awaited)
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
where until_snapshot is null and (select complete from load) and campaign not in (select campaign from brought)
    and membership not in (select membership from awaited);

update campaigns set until_snapshot = (select snapshot from load)
where until_snapshot is null
    and (campaign in (select campaign from brought) or (select complete from load) and campaign not in (select campaign from awaited));

insert into campaigns (campaign, from_snapshot, id, name, owner, status, archived, as_of, no_identifier)
select distinct b.campaign, l.snapshot, b.id, b.name, b.owner, b.status, b.archived, coalesce(b.as_of, l.taken_at),
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
    last_state, source, fields, digest, nth, imported
from numbered;

create or replace temp table merged as
select
    (select count(distinct campaign) from brought) as campaigns,
    (select count(*) from fresh) as memberships,
    (select count(*) from fresh where len(keys) = 0) as no_identifier,
    (select count(*) from begun) as came,
    (select count(*) from ended) as gone;
