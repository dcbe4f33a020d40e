-- The identifiers of memberships. In: numbered (membership, keys), staged_keys (every key of them once, with whether it is a role
-- address). Out: membership_identifiers.

insert into membership_identifiers
select m.membership, md5_number(m.key), case when contains(m.key, '@') then 'email' else 'linkedin' end, m.key, k.role
from (select membership, unnest(keys) as key from numbered) m join staged_keys k using (key);
