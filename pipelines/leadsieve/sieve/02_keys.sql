-- What identifies the list's rows. In: list_rows, failed. Out: list_keys (row, identifier, kind, place, key, role), and where the
-- search through the workspace begins: reached, frontier (identifier), near (membership).

create temp table list_keys as
with sound as (select * from list_rows anti join failed using (row)), told as (
    select row, 'email' as kind, 1 as place, email as key, email_role as role from sound where email is not null
    union all
    select row, 'linkedin', 2, linkedin_key, false from sound where linkedin_key is not null
    union all
    select row, 'linkedin', 3, member_key, false from sound where member_key is not null
)
select row, md5_number(key) as identifier, kind, place, key, role from told;

create temp table reached as select distinct identifier from list_keys;
create temp table frontier as from reached;
create temp table near (membership bigint);
