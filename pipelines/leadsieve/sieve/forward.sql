-- Out: entangled (row, person, shared, filled): rows of persons who have a shared identifier; whether these go forward depends on
-- the rows before them. simple (row, duplicate_of): of all other persons the first (or fullest) row goes forward.

create temp table entangled as
with carried as (
    select i.row, list(i.identifier order by i.place) as shared
    from list_identifiers i semi join shared using (identifier)
    group by i.row
)
select p.row, p.person, coalesce(c.shared, []) as shared, l.filled
from people p join list_rows l using (row) left join carried c using (row)
where p.person in (select person from people semi join carried using (row))
order by p.row;

create temp table simple as
select row, first as duplicate_of
from (
    select p.row, first_value(p.row) over (partition by p.person order by case when g.keep = 'fullest' then -l.filled else 0 end, p.row) as first
    from people p join list_rows l using (row) cross join settings g
    where p.person not in (select person from entangled)
)
where row <> first;
