-- The identifiers of memberships. In: numbered (membership, key, role). Out: membership_identifiers.

insert into membership_identifiers
select membership, md5_number(key), case when contains(key, '@') then 'email' else 'linkedin' end, key, role from numbered;
