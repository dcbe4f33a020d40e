-- The gates of the contract in their order; the first that applies decides. In: list_rows, failed, people, forward (row,
-- duplicate_of), person_facts, evidence, suppressed, deleted, connected, shared, conflicted, same_mailbox,
-- settings. Out: decisions, one row for every row of the list.

create or replace temp macro decide(dedup, import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace) as
case
    when failed is not null then {'outcome': 'failed', 'reason': failed}
    when duplicate_of is not null then {'outcome': 'duplicate', 'reason': 'duplicate_in_list'}
    when suppressed is not null then {'outcome': 'suppressed', 'reason': suppressed}
    when in_campaign and import_mode <> 'create-only' then {'outcome': 'update', 'reason': 'in_campaign'}
    when in_campaign then {'outcome': 'duplicate', 'reason': 'in_campaign'}
    when import_mode = 'update-only' then {'outcome': 'skipped', 'reason': 'not_in_campaign'}
    when dedup = 'active' and active_elsewhere then {'outcome': 'in_progress', 'reason': 'active_in_other_campaign'}
    when dedup = 'workspace' and in_workspace then {'outcome': 'duplicate', 'reason': 'in_other_campaign'}
    when active_elsewhere then {'outcome': 'create', 'reason': 'active_elsewhere'}
    when in_workspace then {'outcome': 'create', 'reason': 're_engage'}
    else {'outcome': 'create', 'reason': 'new'}
end;

create temp table facts as
select
    l.row, f.reason as failed, w.duplicate_of, p.person,
    s.reason as suppressed, s.suppressed_by, s.suppressions, coalesce(s.only_by_status, false) as only_by_status,
    case when p.row is not null then coalesce(x.in_campaign, false) end as in_campaign,
    case when p.row is not null then coalesce(x.active_elsewhere, false) end as active_elsewhere,
    case when p.row is not null then x.person is not null end as in_workspace,
    coalesce(x.active_elsewhere and not x.launched_elsewhere, false) as not_launched,
    exists (from list_identifiers i semi join shared using (identifier) where i.row = l.row) as has_shared,
    c.person is not null as identity_conflict,
    -- Without connections nobody knows who is one.
    case when p.row is not null and exists (from ws.connections) then n.person is not null end as is_connection,
    d.person is not null as deleted_earlier,
    b.row is not null as same_mailbox
from list_rows l
left join failed f using (row)
left join people p using (row)
left join forward w using (row)
left join suppressed s on s.person = p.person
left join person_facts x on x.person = p.person
left join conflicted c on c.person = p.person
left join connected n on n.person = p.person
left join (select distinct person from deleted, settings g where not held and g.deleted = 'warn') d on d.person = p.person
left join same_mailbox b using (row);

create temp table decisions as
select
    f.row, f.person, f.duplicate_of,
    f.in_campaign, f.active_elsewhere, f.in_workspace,
    f.in_campaign as blocked_by_campaign,
    f.in_campaign or f.active_elsewhere as blocked_by_active,
    f.in_workspace as blocked_by_workspace,
    e.matched_on, e.conflict_campaign, e.conflict_status, e.conflicts, f.suppressed, f.suppressed_by, f.suppressions, f.is_connection,
    decide(g.dedup, g.import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace) as decided,
    decide('campaign', g.import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace).outcome as mode_campaign,
    decide('active', g.import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace).outcome as mode_active,
    decide('workspace', g.import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace).outcome as mode_workspace,
    decide(g.dedup, g.import_mode, failed, duplicate_of, null, in_campaign, active_elsewhere, in_workspace).outcome as unsuppressed,
    f.only_by_status, f.not_launched,
    list_filter([
        case when f.active_elsewhere then 'active_elsewhere' end,
        case when f.deleted_earlier then 'deleted_earlier' end,
        case when f.identity_conflict then 'identity_conflict' end,
        case when f.same_mailbox then 'possible_same_mailbox' end,
        case when f.has_shared then 'shared_identifier' end
    ], lambda w: w is not null) as warnings
from facts f
left join evidence e using (row)
cross join settings g
order by f.row;
