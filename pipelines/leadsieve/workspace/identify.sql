-- The identifiers of memberships. In: numbered (membership, keys, role_keys). Out: membership_identifiers.

insert into membership_identifiers
select membership, md5_number(key), case when contains(key, '@') then 'email' else 'linkedin' end, key, list_contains(role_keys, key)
from (select membership, role_keys, unnest(keys) as key from numbered);
