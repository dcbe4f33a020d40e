-- What the list's rows and the memberships are told by, as numbers. In: list_identifiers, memberships, numbers,
-- near. Out: list_numbers (row, place, number, role), membership_numbers (nth, number, is_email, role).

create temp table list_numbers as
select i.row, i.place, n.number, i.role from list_identifiers i join numbers n using (identifier);

create temp table membership_numbers as
select m.nth, n.number, i.is_email, i.role
from near i join memberships m using (membership) join numbers n using (identifier);

drop table list_identifiers;
