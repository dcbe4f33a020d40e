-- Opt-outs that are not there yet. In: entries (columns of `ENTRIES`), suppressions. A reason that an entry lacks is an entry of its own.

insert into suppressions (kind, value, reason, came_from, added_at)
select kind, value, reason, came_from, coalesce(added_at, $now)
from entries e
where not exists (from suppressions s where s.kind = e.kind and s.value = e.value and s.reason = e.reason);
