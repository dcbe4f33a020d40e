-- A published run is recorded. In: recorded (one row; counts as lists of key and value), recorded_sources, recorded_overlaps. Out: runs,
-- run_sources, run_overlaps.

create or replace temp table numbered_run as select nextval('run_numbers')::integer as run, * from recorded;

insert into runs
select run, ran_at, sha256, version, campaign, snapshot, dedup, import_mode, method, policy_sha256, input_rows, people,
    map_from_entries(outcomes), map_from_entries(reasons), map_from_entries(warnings)
from numbered_run;

insert into run_sources by name
select r.run, s.source, s.rows, s.failed, s.valid, s.people, s.repeats, s.known_people, s.active_people, s.suppressed_people,
    s.shared_people, s.exclusive_people, s.new_people, s."create", s.deleted_people
from recorded_sources s, numbered_run r;

insert into run_overlaps select r.run, o.source, o.other, o.people from recorded_overlaps o, numbered_run r;
