-- All opt-outs as `suppress add` reads them again. In: suppressions, facts_of_file. One row an entry, in the order of their coming.

select
    case kind when 'domain' then '@' || value when 'email_hash' then $prefix || value else value end as value,
    reason,
    came_from,
    added_at,
    if(kind = 'email_hash', (select f.value from facts_of_file f where f.name = $check), null) as hash_key
from suppressions
order by suppression;
