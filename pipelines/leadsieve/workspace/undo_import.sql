-- Batches whose import was told are taken back as the newest snapshot. In: told (row, batch), telling (one row: snapshot, run). Out:
-- memberships and campaigns that end, imports.

create or replace temp table taken_back as
select m.membership, o.batch
from telling t, told o
join imported_leads l on l.seal = md5_number(t.run || ':' || o.row)
join memberships m using (membership)
where m.until_snapshot is null;

update stored_memberships set until_snapshot = (select snapshot from telling) where membership in (select membership from taken_back);

update imports set undone_by = (select snapshot from telling)
where undone_by is null and run = (select run from telling) and batch in (select batch from taken_back);

-- A campaign that nothing but the import told of is unknown again.
update campaigns c set until_snapshot = (select snapshot from telling)
where c.until_snapshot is null
    and exists (from snapshots s where s.id = c.from_snapshot and s.kind = 'import')
    and not exists (from memberships m where m.campaign = c.campaign and m.until_snapshot is null);
