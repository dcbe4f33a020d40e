-- The leads of one snapshot, in an order that only their content decides. In: backed_up (one row: snapshot). Out: one row a lead:
-- its campaign, its columns as lemlist names them, its other fields and their names.

select
    m.campaign, coalesce(c.id, c.name) as told, m.lead_id as _id, m.email, m.linkedin_url as "linkedinUrl",
    m.linkedin_url_sales_nav as "linkedinUrlSalesNav", m.status, m.is_paused as "isPaused", m.last_state as "lastState", m.source,
    m.imported, m.fields, json_keys(m.fields) as names,
    -- Cells are texts; anything else is kept as it stands.
    list_bool_and(list_transform(map_values(try_cast(m.fields::json as map(varchar, json))), lambda cell: coalesce(json_type(cell), 'NULL') in ('VARCHAR', 'NULL')))
        is distinct from false as of_texts
from memberships m cross join backed_up g
join campaigns c
    on c.campaign = m.campaign and c.from_snapshot <= g.snapshot and (c.until_snapshot is null or c.until_snapshot > g.snapshot)
where m.from_snapshot <= g.snapshot and (m.until_snapshot is null or m.until_snapshot > g.snapshot)
order by m.campaign, m.lead_id, m.email, m.linkedin_url, m.linkedin_url_sales_nav, m.status, m.is_paused, m.last_state, m.source, m.fields,
    m.imported
