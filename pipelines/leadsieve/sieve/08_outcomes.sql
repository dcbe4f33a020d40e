-- The gates of the contract in their order; the first that applies decides. In: list_people, failed, forward (row,
-- duplicate_of), person_facts, suppressed, deleted, connected, shared_rows, conflicted, same_mailbox,
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

create temp table decisions as
with facts as (
    select
        p.row, f.reason as failed, w.duplicate_of::integer as duplicate_of, nullif(p.person, 0) as person, p.source,
        s.reason as suppressed, s.suppressed_by, s.suppressions, coalesce(s.only_by_status, false) as only_by_status,
        case when p.person > 0 then coalesce(x.in_campaign, false) end as in_campaign,
        case when p.person > 0 then coalesce(x.active_elsewhere, false) end as active_elsewhere,
        case when p.person > 0 then x.person is not null end as in_workspace,
        coalesce(x.active_elsewhere and not x.launched_elsewhere, false) as not_launched,
        h.row is not null as has_shared,
        c.person is not null as identity_conflict,
        -- Without connections nobody knows who is one.
        case when p.person > 0 and exists (from ws.connections) then n.person is not null end as is_connection,
        d.person is not null as deleted_earlier,
        b.row is not null as same_mailbox
    from list_people p
    left join failed f using (row)
    left join forward w using (row)
    left join suppressed s on s.person = p.person
    left join person_facts x on x.person = p.person
    left join conflicted c on c.person = p.person
    left join connected n on n.person = p.person
    left join (select distinct person from deleted, settings g where not held and g.deleted = 'warn') d on d.person = p.person
    left join shared_rows h using (row)
    left join same_mailbox b using (row)
)
-- Words as enumerations: of ten million rows, texts would not fit into memory.
select
    f.* replace (f.suppressed::reason as suppressed),
    decide(g.dedup, g.import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace)::struct(outcome outcome, reason reason) as decided,
    decide('campaign', g.import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace).outcome::outcome as mode_campaign,
    decide('active', g.import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace).outcome::outcome as mode_active,
    decide('workspace', g.import_mode, failed, duplicate_of, suppressed, in_campaign, active_elsewhere, in_workspace).outcome::outcome as mode_workspace,
    decide(g.dedup, g.import_mode, failed, duplicate_of, null, in_campaign, active_elsewhere, in_workspace).outcome::outcome as unsuppressed
from facts f cross join settings g;
