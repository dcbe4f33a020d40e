-- The staged load becomes the next snapshot. In: staged_rows (one row a membership; `position` numbers them, `told` is the export's
-- word for its campaign), staged_keys (position, key, role), brought (which campaign each word means), known (the campaigns file), load
-- (one row). Out: the workspace's tables, but for the new memberships: `begun` names these, `numbering` says what their numbers follow
-- (begin.sql); `merged` (one row of counts). Rows may be millions: only narrow tables are joined.

-- The digest is of the content as exported, not of keys that later rules may make otherwise.
-- Equal contents within a campaign are numbered, so that two leads without an `_id` stay two.
create or replace temp table fresh as
with contents as (
    select s.position, b.campaign, md5_number(to_json(struct_pack(
        s.lead_id, s.email, s.linkedin_url, s.linkedin_url_sales_nav, s.status, s.is_paused, s.last_state, s.source, s.fields))::varchar) as digest
    from staged_rows s join brought b using (told)
), repeated as (
    select campaign, digest from contents group by all having count(*) > 1
)
select position, campaign, digest, (row_number() over (partition by campaign, digest order by position))::integer as nth
from contents semi join repeated using (campaign, digest)
union all
select position, campaign, digest, 1 from contents anti join repeated using (campaign, digest);

-- A lead whose import was told after the export was made cannot stand in it yet. An export that shows half of an import's leads or
-- more was made after the import, whatever its time.
create or replace temp table told_of as
select m.membership, m.campaign, m.from_snapshot
from memberships m
where m.imported and m.until_snapshot is null
    and (select n.loaded_at from snapshots n where n.id = m.from_snapshot) > (select taken_at from load);

create or replace temp table awaited as
with keys_told as (
    select t.membership, t.campaign, i.key from told_of t join membership_identifiers i using (membership)
), found as (
    select k.position, k.key from staged_keys k semi join keys_told using (key)
), shown as (
    select distinct t.membership
    from found join fresh f using (position) join keys_told t on t.campaign = f.campaign and t.key = found.key
), counted as (
    select t.*, s.membership is not null as is_shown,
        count(s.membership) over (partition by campaign, from_snapshot) as of_it,
        count(*) over (partition by campaign, from_snapshot) as leads
    from told_of t left join shown s using (membership)
)
select membership, campaign from counted where not is_shown and 2 * of_it < leads;

create or replace temp table ended as
select m.membership
from memberships m semi join brought b using (campaign) anti join fresh f using (campaign, digest, nth)
where m.until_snapshot is null and m.membership not in (select membership from awaited);

create or replace temp table numbering as select coalesce(max(membership), 0) as before from memberships;

create or replace temp table begun as
from fresh f anti join (from memberships where until_snapshot is null) m using (campaign, digest, nth);

update memberships set until_snapshot = (select snapshot from load)
where membership in (select membership from ended);

-- --complete: what the load did not bring does not exist any more.
update memberships set until_snapshot = (select snapshot from load)
where until_snapshot is null and (select complete from load) and campaign not in (select campaign from brought)
    and membership not in (select membership from awaited);

update campaigns set until_snapshot = (select snapshot from load)
where until_snapshot is null
    and (campaign in (select campaign from brought) or (select complete from load) and campaign not in (select campaign from awaited));

create or replace temp table unidentified as
select b.campaign, count(*) as leads from staged_rows s join brought b using (told) where not s.is_identified group by b.campaign;

insert into campaigns (campaign, from_snapshot, id, name, owner, status, archived, as_of, no_identifier)
select distinct b.campaign, l.snapshot, b.id, b.name, b.owner, b.status, b.archived, coalesce(b.as_of, l.taken_at),
    coalesce(u.leads, 0)
from brought b cross join load l left join unidentified u using (campaign);

-- What the campaigns file says of campaigns that no export brought is news too, but leaves their as-of time.
insert into campaigns (campaign, from_snapshot, id, name, owner, status, archived, as_of, no_identifier)
select c.campaign, l.snapshot, coalesce(k.id, c.id), k.name, k.owner, k.status, k.archived, c.as_of, c.no_identifier
from campaigns c, load l, known k
where c.until_snapshot is null and c.from_snapshot < l.snapshot
    and (k.id = c.id or (k.name = c.name and (k.id is null or c.id is null)
        -- The id tells more than the name: who has it is meant, and not another that is called so.
        and not exists (from campaigns o where o.id = k.id and o.until_snapshot is null)))
    and c.campaign not in (select campaign from brought);

update campaigns set until_snapshot = (select snapshot from load)
where until_snapshot is null and from_snapshot < (select snapshot from load)
    and campaign in (select campaign from campaigns where from_snapshot = (select snapshot from load));

create or replace temp table merged as
select
    (select count(distinct campaign) from brought) as campaigns,
    (select count(*) from fresh) as memberships,
    (select coalesce(sum(leads), 0)::bigint from unidentified) as no_identifier,
    (select count(*) from begun) as came,
    (select count(*) from ended) as gone;
drop table fresh;
