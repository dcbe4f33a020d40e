-- The leads of the target that a person is: the one that the row itself names first, then the target before its parts. In: updated (row,
-- person: rows to update), person_memberships, memberships, matches, ws.*. Out: targets (row, person, the lead as lemlist has it), one a row.

create temp table targets as
select
    d.row, d.person, m.name as campaign, w.lead_id, w.email, w.linkedin_url, w.fields,
    (select list(i.key) from ws.membership_identifiers i where i.membership = w.membership) as keys,
from updated d
join person_memberships p using (person)
join memberships m using (nth)
join ws.memberships w using (membership)
left join matches x using (row, nth)
where m.in_target
qualify row_number() over (
    partition by d.row order by x.by_email desc nulls last, x.by_linkedin desc nulls last, length(m.name), m.name, m.membership
) = 1;
