-- Snapshots go; every other one keeps its content. In: dropped (id), some of the snapshots. A row lives from one snapshot until
-- another: it goes when no remaining snapshot lies between, and what named a dropped one names the next that remains. What the
-- newest snapshots had ended lives again when they go.

delete from snapshots where id in (from dropped);

create or replace temp table follows as
select d.id, (select min(s.id) from snapshots s where s.id > d.id) as next from dropped d;

create or replace temp table newest as select max(id) as id from snapshots;

-- A deletion that no remaining load shows did not happen, nor one whose lead was back by the next (deleted.sql says when it is).
delete from tombstones t using follows f, memberships m
where t.snapshot = f.id and m.membership = t.membership
    and (f.next is null or exists (
        from memberships n
        where n.from_snapshot > f.id and n.from_snapshot <= f.next and not n.imported
            and (n.lead_id = m.lead_id or exists (
                from membership_identifiers a
                join membership_identifiers b using (identifier)
                where a.membership = m.membership and b.membership = n.membership and not a.role
            ))
    ));
update tombstones t set snapshot = f.next from follows f where t.snapshot = f.id;

create or replace temp table departed as
select coalesce(f.next, d.snapshot) as snapshot, d.campaign, max(d.before) as before, sum(d.gone)::bigint as gone, bool_and(d.confirmed) as confirmed
from departures d left join follows f on f.id = d.snapshot
where f.id is null or f.next is not null
group by 1, 2;
delete from departures;
insert into departures from departed order by all;

-- What a deleted lead was, and where, is known as long as its tombstone stands.
create or replace temp table remembered as
select m.membership, m.campaign, t.snapshot from tombstones t join memberships m using (membership);

create or replace temp table lost as
select m.membership
from memberships m
where not exists (from snapshots s where s.id >= m.from_snapshot and (m.until_snapshot is null or s.id < m.until_snapshot))
    and m.membership not in (select membership from remembered);

delete from stored_memberships where membership in (from lost);
delete from further_identifiers where membership in (from lost);
delete from membership_states where state not in (select state from stored_memberships);
delete from imported_leads where membership in (from lost);

delete from campaigns c
where not exists (from snapshots s where s.id >= c.from_snapshot and (c.until_snapshot is null or s.id < c.until_snapshot))
    and not exists (from remembered r where r.campaign = c.campaign and c.from_snapshot < r.snapshot);

-- First the ends, then the beginnings: what is only remembered keeps both.
create or replace temp macro seen(begun, ended) as
exists (from snapshots s where s.id >= begun and (ended is null or s.id < ended));

update stored_memberships m set until_snapshot = f.next from follows f
where m.until_snapshot = f.id and seen(m.from_snapshot, m.until_snapshot);
update campaigns c set until_snapshot = f.next from follows f
where c.until_snapshot = f.id and seen(c.from_snapshot, c.until_snapshot);
update stored_memberships m set from_snapshot = f.next from follows f
where m.from_snapshot = f.id and seen(m.from_snapshot, m.until_snapshot);
update campaigns c set from_snapshot = f.next from follows f
where c.from_snapshot = f.id and seen(c.from_snapshot, c.until_snapshot);

delete from exports where snapshot in (from dropped);
delete from imports where snapshot > (select id from newest);
update imports set undone_by = null where undone_by > (select id from newest);
