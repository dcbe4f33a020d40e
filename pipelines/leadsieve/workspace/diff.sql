-- What changed from one snapshot to another. In: compared (one row: a, b). Out: one row a campaign or lead that came, went or
-- changed. A row of the workspace that lives at both is the same at both. A lead is the same by its `_id` within the campaign;
-- one without, or one that an import told of before an export showed it, by an identifier.

with seen_campaigns as (
    select c.*, (c.from_snapshot <= a and (c.until_snapshot is null or c.until_snapshot > a)) as before,
        (c.from_snapshot <= b and (c.until_snapshot is null or c.until_snapshot > b)) as after
    from campaigns c, compared
), old_campaigns as (
    from seen_campaigns where before
), new_campaigns as (
    from seen_campaigns where after
), of_campaigns as (
    select
        coalesce(n.name, o.name) as campaign, coalesce(n.id, o.id) as campaign_id, null::varchar as lead_id,
        case when o.campaign is null then 'campaign_came' when n.campaign is null then 'campaign_went' else 'campaign_changed' end as what,
        case when o.archived then 'archived' else o.status end as status_before,
        case when n.archived then 'archived' else n.status end as status_after
    from old_campaigns o full join new_campaigns n using (campaign)
    where o.campaign is null or n.campaign is null
        or (o.name, o.id, o.owner, o.status, o.archived) is distinct from (n.name, n.id, n.owner, n.status, n.archived)
), seen as (
    select m.membership, m.campaign, m.lead_id, case when m.is_paused then 'paused' else m.status end as status,
        (m.from_snapshot <= a and (m.until_snapshot is null or m.until_snapshot > a)) as before,
        (m.from_snapshot <= b and (m.until_snapshot is null or m.until_snapshot > b)) as after
    from memberships m, compared
), unlike as (
    select s.*, (select min(i.key) from membership_identifiers i where i.membership = s.membership) as key
    from seen s where before <> after
), numbered as (
    select *, row_number() over (partition by campaign, before, coalesce(lead_id, key, '') order by status, membership) as nth from unlike
), by_id as (
    select o.membership as old, n.membership as new
    from numbered o join numbered n on o.before and n.after and o.campaign = n.campaign and o.lead_id = n.lead_id and o.nth = n.nth
), left_over as (
    select *, row_number() over (partition by campaign, before, key order by membership) as place
    from numbered where membership not in (select old from by_id union all select new from by_id)
), by_key as (
    select o.membership as old, n.membership as new
    from left_over o join left_over n on o.before and n.after and o.campaign = n.campaign and o.key = n.key and o.place = n.place
    where o.lead_id is null or n.lead_id is null
), pairs as (
    from by_id union all from by_key
), of_leads as (
    select
        coalesce(n.campaign, o.campaign) as number, coalesce(n.lead_id, o.lead_id) as lead_id,
        case
            when o.membership is null then 'came'
            when n.membership is null then 'went'
            when o.status is distinct from n.status then 'status_changed'
            else 'fields_changed'
        end as what,
        o.status as status_before, n.status as status_after, o.membership as old, n.membership as new
    from (select * from numbered where before) o
    left join pairs p on p.old = o.membership
    full join (select * from numbered where after) n on n.membership = p.new
), contents as (
    select membership, struct_pack(
        lead_id, email, linkedin_url, linkedin_url_sales_nav, status, is_paused, last_state, source, fields, imported) as content
    from memberships semi join unlike using (membership)
), differing as (  -- Dropping a snapshot between leaves equal rows side by side.
    select l.* exclude (old, new), coalesce(l.new, l.old) as membership
    from of_leads l left join contents o on o.membership = l.old left join contents n on n.membership = l.new
    where o.content is distinct from n.content
)
select * exclude (membership) from (
    select *, 0 as membership from of_campaigns
    union all
    select coalesce(n.name, o.name), coalesce(n.id, o.id), l.lead_id, l.what, l.status_before, l.status_after, l.membership
    from differing l left join old_campaigns o on o.campaign = l.number left join new_campaigns n on n.campaign = l.number
)
order by campaign, campaign_id, membership
