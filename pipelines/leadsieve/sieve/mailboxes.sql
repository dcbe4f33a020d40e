-- Rows whose address is delivered to the same mailbox as one of another person. In: mailboxes (identifier, mailbox),
-- list_identifiers, people, person_identifiers. Out: same_mailbox (row). It yields a warning and nothing else.

create temp table same_mailbox as
select distinct i.row
from list_identifiers i
join people p using (row)
join mailboxes m using (identifier)
join mailboxes o on o.mailbox = m.mailbox and o.identifier <> m.identifier
anti join person_identifiers x on x.person = p.person and x.identifier = o.identifier;
