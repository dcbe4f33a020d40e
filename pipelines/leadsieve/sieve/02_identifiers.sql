-- What identifies the list's rows. In: list_rows, failed. Out: list_identifiers (row, place, identifier, role), numbers (identifier, number: from
-- 0, as arrays count), and where the search through the workspace begins: frontier (identifier), near (what the workspace has of the
-- memberships near the list: membership, identifier, is_email, role). Texts are read where they lie, thrice, and never kept.

create temp table list_identifiers as
with sound as not materialized (select * replace (row::integer as row) from list_rows anti join failed using (row))
select row, 1::tinyint as place, md5_number(email) as identifier, email_role as role from sound where email is not null
union all
select row, 2, md5_number(linkedin_key), false from sound where linkedin_key is not null
union all
select row, 3, md5_number(member_key), false from sound where member_key is not null;

create temp table numbers as
select identifier, (row_number() over ())::integer - 1 as number from (select distinct identifier from list_identifiers);

create temp table near (membership bigint, identifier uhugeint, is_email boolean, role boolean);

-- Those that the last step added: numbers only grow.
set variable reached = 0;
create temp view frontier as select identifier from numbers where number >= getvariable('reached');
