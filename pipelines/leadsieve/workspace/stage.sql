-- A part of a load is taken over. In: part. Out: staged_rows.
-- The digest is of the content as exported, not of keys that later rules may make otherwise.

insert into staged_rows
select position, file, told, lead_id, email, linkedin_url, linkedin_url_sales_nav, status, is_paused, last_state, source, fields,
    imported, keys, role_keys,
    md5_number(to_json(struct_pack(
        lead_id, email, linkedin_url, linkedin_url_sales_nav, status, is_paused, last_state, source, fields))::varchar)
from part;
