-- What changed from one snapshot to another. In: compared (one row: a, b), unlike (unlike.sql), pairs (pairs.sql). Out: one row a campaign or
-- lead that came, went or changed.

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
    from (select * from unlike where before) o
    left join pairs p on p.old = o.membership
    full join (select * from unlike where after) n on n.membership = p.new
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
