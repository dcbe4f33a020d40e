-- What holds persons back, each once: thousands say the same. In: suppressed. Out: holds (hold: its number from 0; reason, suppressed_by,
-- suppressions, only_by_status), held (person, hold).

create temp table holds as
select (row_number() over ())::integer - 1 as hold, * from (select distinct reason, suppressed_by, suppressions, only_by_status from suppressed);

create temp table held as
select person, hold from suppressed join holds using (reason, suppressed_by, suppressions, only_by_status);
