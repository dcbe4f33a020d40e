-- Gates 1 to 4: rows that cannot be imported, whoever they are. In: list_rows, settings. Out: failed (row, reason).

create temp table failed as
select row, reason
from (
    select row, case
        when unreadable then 'unreadable_row'
        when email_status = 'invalid' and g.invalid_email = 'fail' then 'invalid_email'
        when email_status = 'multiple' and g.multiple_emails = 'fail' then 'multiple_emails'
        when missing_required then 'missing_required_field'
        when email is null and not linkedin_writable then 'no_identifier'
    end as reason
    from list_rows cross join settings g
)
where reason is not null;
