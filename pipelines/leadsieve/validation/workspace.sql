-- The workspace as the checks see it, read anew and not as the run read it. In: ws.* (attached), parameters, statuses,
-- storage_campaigns, suppress_statuses, batches, batch_plan, created. Out: the tables and views below. `position` is the number of
-- a membership, of a suppression, or of a record of the batch files.

-- A membership of the run's snapshot, and what the run's settings make of it.
create view snapshot as
with campaigns as (
    select
        c.*,
        c.name = p.campaign
            or regexp_full_match(substr(c.name, length(p.campaign) + 1), ' #([2-9]|[1-9][0-9]+)') and starts_with(c.name, p.campaign)
            as in_target
    from ws.campaigns c cross join parameters p
    where c.from_snapshot <= p.snapshot and (c.until_snapshot is null or c.until_snapshot > p.snapshot)
)
select
    m.membership as position, m.campaign, c.name as campaign_name, c.archived, m.lead_id, m.email, m.linkedin_url, m.status,
    m.is_paused, m.last_state, m.source,
    coalesce(s.class, 'active') = 'active' as active,
    coalesce(c.in_target, false) as in_target,
    coalesce(c.in_target, false)
        or not (coalesce(c.name in (select name from storage_campaigns), false)
            or coalesce(c.id in (select name from storage_campaigns), false)
            or (coalesce(c.archived, false) and p.archived = 'ignore')) as counts,
    coalesce(coalesce(e.status, m.status) in (select status from suppress_statuses), false)
        or coalesce(lower(m.last_state) = 'emailsbounced', false) as suppresses
from ws.memberships m
cross join parameters p
left join campaigns c on c.campaign = m.campaign
left join statuses s on s.exported = case when m.is_paused then 'paused' else lower(trim(m.status)) end
left join statuses e on e.exported = lower(trim(m.status))
where m.from_snapshot <= p.snapshot and (m.until_snapshot is null or m.until_snapshot > p.snapshot);

-- Every identifier of these memberships.
create view snapshot_keys as
select m.membership as position, mi.key
from ws.memberships m
cross join parameters p
join ws.membership_identifiers mi using (membership)
where m.from_snapshot <= p.snapshot and (m.until_snapshot is null or m.until_snapshot > p.snapshot);

create view campaign_members as
select campaign_name as campaign, count(*) as members from snapshot group by campaign_name;

create view suppression as
select suppression as position, kind, value, reason, came_from, added_at from ws.suppressions;

-- What identifies a record of the batch files: its cells as they stand there, and the keys that the ledger has for it.
create view batch_keys as
select position, lower(email) as key from batches where email is not null
union
select position, "linkedinUrl" from batches where "linkedinUrl" is not null
union
select b.position, unnest([c.linkedin_key, c.linkedin_member_key])
from batches b
join batch_plan p using (file)
join created c on c.batch = p.batch and c.fields = b.fields;

-- A record of the batch files and a membership that has one of its keys, directly: no person is made here.
create table batch_memberships as
select distinct k.position, s.in_target, s.active, s.counts, s.suppresses
from batch_keys k
join snapshot_keys w using (key)
join snapshot s on s.position = w.position
where k.key is not null;

-- A record of the batch files and an opt-out that names it: its address, its profile, or a domain at or above its address's.
create table batch_suppressions as
with labels as (
    select distinct lower(split_part(email, '@', 2)) as domain, string_split(domain, '.') as parts from batches where email is not null
), domains as (
    select domain, array_to_string(parts[start:], '.') as above from labels, unnest(range(1, len(parts) + 1)) starts(start)
)
select k.position, s.reason
from batch_keys k join ws.suppressions s on s.value = k.key and s.kind in ('email', 'linkedin')
union
select b.position, s.reason
from batches b
join domains d on d.domain = lower(split_part(b.email, '@', 2))
join ws.suppressions s on s.kind = 'domain' and s.value = d.above;
