-- Addresses turned into their keyed hashes. In: erased (value, hash), suppressions. Reason, origin and time stay.

insert into suppressions (kind, value, reason, came_from, added_at)
select 'email_hash', e.hash, s.reason, min_by(s.came_from, s.suppression), min(s.added_at)
from suppressions s
join erased e using (value)
where s.kind = 'email'
    and not exists (from suppressions h where h.kind = 'email_hash' and h.value = e.hash and h.reason = s.reason)
group by e.hash, s.reason
order by e.hash, s.reason;

delete from suppressions where kind = 'email' and value in (select value from erased);
