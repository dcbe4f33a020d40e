-- One step further from the list into the workspace: the memberships that have an identifier of the frontier, with all their identifiers.
-- In: frontier, near, numbers, ws.membership_identifiers. Out: near and numbers grown, frontier what is new.

create or replace temp table found as
select membership, identifier, kind = 'email' as is_email, role
from ws.membership_identifiers
where membership in (select i.membership from ws.membership_identifiers i semi join frontier using (identifier))
    and membership not in (select membership from near);

insert into near from found;

set variable reached = (select count(*) from numbers);

insert into numbers
select identifier, (row_number() over ())::integer - 1 + getvariable('reached')::integer
from (select distinct identifier from found anti join numbers using (identifier));
