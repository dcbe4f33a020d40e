-- Memberships that live at one of two snapshots only: what lives at both is the same at both. In: compared (one row: a, b). Out: unlike.
create or replace temp table unlike as
with seen as (
    select m.membership, m.campaign, m.lead_id, case when m.is_paused then 'paused' else m.status end as status,
        (m.from_snapshot <= a and (m.until_snapshot is null or m.until_snapshot > a)) as before,
        (m.from_snapshot <= b and (m.until_snapshot is null or m.until_snapshot > b)) as after
    from memberships m, compared
)
from seen where before <> after;
