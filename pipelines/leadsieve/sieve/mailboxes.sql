-- Rows whose address is delivered to the same mailbox as one of another person. In: mailboxes (key, mailbox),
-- keys, list_identifiers, people, person_identifiers. Out: same_mailbox (row). It yields a warning and nothing else.

create temp table same_mailbox as
with delivered as (select k.identifier, m.mailbox from mailboxes m join keys k using (key))
select distinct i.row
from list_identifiers i
join people p using (row)
join delivered m using (identifier)
join delivered o on o.mailbox = m.mailbox and o.identifier <> m.identifier
anti join person_identifiers x on x.person = p.person and x.identifier = o.identifier;
