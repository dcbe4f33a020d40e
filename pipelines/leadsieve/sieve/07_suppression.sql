-- Who must not be written to. In: person_memberships, memberships, person_numbers, numbers, list_rows, people, ws.suppressions,
-- email_hashes (number, hash), hosts, deleted, cooling, settings. Out: suppressed (person, reason, suppressed_by: what
-- weighs most; suppressions: all that hold; only_by_status).

create temp table suppressed as
with labelled as (
    select host, string_split(host, '.') as labels from (select distinct host from hosts)
), domains as (  -- mail.acme.com, acme.com, com
    select host, unnest(list_transform(range(1, len(labels) + 1), lambda i: array_to_string(labels[i:], '.'))) as domain
    from labelled
), telling as (  -- Few of the memberships hold somebody back: they are picked before anything is joined.
    select
        nth, name, told, last_state,
        told in (select unnest(suppress_statuses) from settings) as suppresses, lower(last_state) = 'emailsbounced' as bounced
    from memberships
    where suppresses or bounced
), said as (
    -- Pausing a lead does not take back that its person said no.
    select person, case told when 'unsubscribed' then 'unsubscribed' else 'do_not_contact' end as reason,
        'campaign ' || name || ': ' || told as suppressed_by, 'status' as kind, told as entry
    from person_memberships join telling using (nth)
    where suppresses
    union all
    select person, 'bounced', 'campaign ' || name || ': ' || last_state, 'bounce', name
    from person_memberships join telling using (nth)
    where bounced
    union all
    select p.person, s.reason, s.came_from, s.kind, s.value
    from ws.suppressions s join numbers n on n.identifier = md5_number(s.value) join person_numbers p using (number)
    where s.kind in ('email', 'linkedin')
    union all
    select p.person, s.reason, s.came_from, s.kind, s.value
    from email_hashes h join ws.suppressions s on s.kind = 'email_hash' and s.value = h.hash join person_numbers p using (number)
    union all
    select p.person, s.reason, s.came_from || ': @' || s.value, 'domain', s.value
    from ws.suppressions s
    join domains d on s.kind = 'domain' and s.value = d.domain
    join hosts h using (host)
    join person_numbers p using (number)
    union all
    select p.person, s.reason, s.came_from, 'phone', s.value
    from list_rows l join people p using (row) join ws.suppressions s on s.kind = 'phone' and s.value = l.phone
    union all
    select p.person, l.list_says, 'list column ' || l.list_column, 'list', l.list_column
    from list_rows l join people p using (row)
    where l.list_says is not null
    union all
    select person, 'deleted_earlier',
        format('deleted from campaign {} between {} and {}', campaign, last_seen::date, missed::date), 'deleted', campaign
    from deleted
    where held
    union all
    select person, 'cooldown', format('campaign {}: {} since {}, may be written to again from {}', campaign, status, since, until), 'cooldown', campaign
    from cooling
), ranked as (
    select distinct *, list_position(
        ['unsubscribed', 'do_not_contact', 'bounced', 'suppressed_domain', 'deleted_earlier', 'cooldown'], reason) as place
    from said
)
select
    person,
    arg_min(reason, (place, suppressed_by)) as reason,
    arg_min(suppressed_by, (place, suppressed_by)) as suppressed_by,
    -- An entry itself (an address, a phone) is nobody's business outside the workspace.
    list({'kind': kind, 'reason': reason, 'suppressed_by': suppressed_by} order by place, suppressed_by, kind, entry) as suppressions,
    bool_and(kind = 'status') as only_by_status
from ranked
group by person;
