-- The text of identifiers that later steps read: few, unless the policy compares mailboxes or the workspace holds hashes. In: doubtful,
-- shared, numbers, list_numbers, list_rows, ws.membership_identifiers, settings. Out: keys (number, kind, key).

create temp table asked as
select number from doubtful
union select number from shared
union select number from numbers, settings g where g.mailbox or exists (from ws.suppressions where kind = 'email_hash');

create temp table keys as
select number, any_value(kind) as kind, any_value(key) as key
from (
    select
        n.number,
        case n.place when 1 then 'email' else 'linkedin' end as kind,
        case n.place when 1 then l.email when 2 then l.linkedin_key else l.member_key end as key
    from list_numbers n semi join asked using (number) join list_rows l using (row)
    union all
    select n.number, i.kind, i.key
    from (from numbers semi join asked using (number)) n join ws.membership_identifiers i using (identifier)
)
group by number;
