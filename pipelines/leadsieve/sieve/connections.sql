-- Persons who are a first-degree connection of one of the team's accounts. In: person_numbers, numbers, ws.connections.
-- Out: connected (person).

create temp table connected as
select distinct p.person
from ws.connections c join numbers n on n.identifier = md5_number(c.key) join person_numbers p using (number);
