-- What stands behind the at-sign of every address. In: list_numbers, list_rows, ws.membership_identifiers, memberships, numbers. Out: hosts
-- (number, host).

create temp table hosts as
select n.number, split_part(l.email, '@', 2) as host
from list_numbers n join list_rows l using (row)
where n.place = 1
union all
select n.number, split_part(i.key, '@', 2)
from ws.membership_identifiers i join memberships using (membership) join numbers n using (identifier)
where i.kind = 'email';
