-- The decisions on the rows from $first to $last, as the ledger has them. In: decisions, evidence.
select
    row, person::bigint as person, duplicate_of::bigint as duplicate_of,
    in_campaign, active_elsewhere, in_workspace,
    in_campaign as blocked_by_campaign,
    in_campaign or active_elsewhere as blocked_by_active,
    in_workspace as blocked_by_workspace,
    suppressed::varchar as suppressed, suppressed_by, suppressions, is_connection,
    {'outcome': decided.outcome::varchar, 'reason': decided.reason::varchar} as decided,
    mode_campaign::varchar as mode_campaign, mode_active::varchar as mode_active, mode_workspace::varchar as mode_workspace,
    unsuppressed::varchar as unsuppressed, only_by_status, not_launched,
    list_filter([
        case when active_elsewhere then 'active_elsewhere' end,
        case when deleted_earlier then 'deleted_earlier' end,
        case when identity_conflict then 'identity_conflict' end,
        case when same_mailbox then 'possible_same_mailbox' end,
        case when has_shared then 'shared_identifier' end
    ], lambda w: w is not null) as warnings,
    matched_on, conflict_campaign, conflict_status, conflicts
from (from decisions where row between $first and $last)
left join (from evidence where row between $first and $last) using (row)
