-- Rows whose address is delivered to the same mailbox as one of another person. In: delivered (number, mailbox), list_numbers,
-- people, person_numbers. Out: same_mailbox (row). It yields a warning and nothing else.

create temp table same_mailbox as
select distinct i.row
from list_numbers i
join people p using (row)
join delivered m using (number)
join delivered o on o.mailbox = m.mailbox and o.number <> m.number
anti join person_numbers x on x.person = p.person and x.number = o.number;
