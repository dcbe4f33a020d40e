-- Persons who are a first-degree connection of one of the team's accounts. In: person_identifiers, keys, ws.connections.
-- Out: connected (person).

create temp table connected as
select distinct p.person from ws.connections c join keys k using (key) join person_identifiers p using (identifier);
