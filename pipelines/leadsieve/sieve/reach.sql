-- One step further from the list into the workspace: the memberships that have an identifier of the frontier, and what else they
-- have. In: frontier, near, numbers, ws.membership_identifiers. Out: near and numbers grown, frontier what is new.

create or replace temp table found as
select distinct i.membership from ws.membership_identifiers i semi join frontier using (identifier) anti join near using (membership);

insert into near from found;

create or replace temp table frontier as
select identifier, (row_number() over ())::integer - 1 + (select count(*) from numbers)::integer as number
from (
    select distinct i.identifier from ws.membership_identifiers i semi join found using (membership) anti join numbers using (identifier)
);

insert into numbers from frontier;
