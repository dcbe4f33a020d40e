-- A load that arrived (arrive.sql) becomes the next snapshot. In: living, stayed, arrived (one row a part, file and word: how many
-- leads, how many without identifier), brought (which campaign each word means), known (the campaigns file), load (one row). Out: the workspace's
-- tables; `ended` (memberships); `unshown` (imported leads that the load ends, by campaign); `came_anew` (the names of
-- campaigns that the workspace did not have); `unlike` (memberships that ended, and those that came
-- to the same campaigns); `merged` (one row of counts).

create or replace temp table told_of as
select m.membership, m.campaign, m.from_snapshot,
    (select n.loaded_at from snapshots n where n.id = m.from_snapshot) > l.taken_at as is_later
from memberships m, load l
where m.imported and m.until_snapshot is null and m.from_snapshot < l.snapshot
    and (l.complete or m.campaign in (select campaign from brought));

-- An export that shows half of an import's leads or more was made after the import, whatever its time.
create or replace temp table missed as
with keys_told as (
    select t.membership, t.campaign, i.identifier from told_of t join membership_identifiers i using (membership)
), alike as (
    select k.membership, k.campaign, i.membership as other from keys_told k join membership_identifiers i using (identifier)
), shown as (
    select distinct a.membership
    from alike a join memberships m on m.membership = a.other and m.campaign = a.campaign
    where m.from_snapshot = (select snapshot from load) or m.membership in (select membership from stayed)
), counted as (
    select t.*, s.membership is not null as is_shown,
        count(s.membership) over (partition by campaign, from_snapshot) as of_it,
        count(*) over (partition by campaign, from_snapshot) as leads
    from told_of t left join shown s using (membership)
)
select membership, campaign, is_later from counted where not is_shown and 2 * of_it < leads;

-- A lead whose import was told after the export was made cannot stand in it yet.
create or replace temp table awaited as
select membership, campaign from missed where is_later;

-- One that the export should show by its time: it was made earlier than it says, or the lead was not imported.
create or replace temp table unshown as
select campaign, count(*) as leads from missed where not is_later group by campaign;

create or replace temp table ended as
select membership from living anti join stayed using (membership) anti join awaited using (membership);

update stored_memberships set until_snapshot = (select snapshot from load)
where membership in (select membership from ended);

-- --complete: what the load did not bring does not exist any more.
update stored_memberships set until_snapshot = (select snapshot from load)
where until_snapshot is null and (select complete from load) and campaign not in (select campaign from brought)
    and membership not in (select membership from awaited);

update campaigns set until_snapshot = (select snapshot from load)
where until_snapshot is null
    and (campaign in (select campaign from brought) or (select complete from load) and campaign not in (select campaign from awaited));

create or replace temp table unidentified as
select b.campaign, sum(a.unidentified) as leads from arrived a join brought b using (told) group by b.campaign;

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

create or replace temp table came_anew as
select c.name from campaigns c, load l
where c.from_snapshot = l.snapshot and c.campaign not in (select campaign from campaigns, load where from_snapshot < snapshot);

-- What ended and what came instead, for pairs.sql.
create or replace temp table unlike as
with went as (
    select membership, campaign, lead_id, status, true as before, false as after from memberships semi join ended using (membership)
)
from went
union all
select m.membership, m.campaign, m.lead_id, m.status, false, true
from memberships m
where m.from_snapshot = (select snapshot from load) and m.campaign in (select campaign from went);

create or replace temp table merged as
select
    (select count(distinct campaign) from brought) as campaigns,
    (select coalesce(sum(leads), 0)::bigint from arrived) as memberships,
    (select coalesce(sum(leads), 0)::bigint from unidentified) as no_identifier,
    (select coalesce(sum(leads), 0)::bigint from arrived) - (select count(*) from stayed) as came,
    (select count(*) from ended) as gone;
