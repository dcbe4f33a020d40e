-- Every recorded run, the newest last; its outcomes in rows.

select
    run, ran_at, campaign, snapshot, dedup, import_mode, method, policy_sha256, version, sha256, input_rows, people,
    outcomes['create'] as "create", outcomes['update'] as "update", outcomes['duplicate'] as duplicate,
    outcomes['in_progress'] as in_progress, outcomes['suppressed'] as suppressed, outcomes['skipped'] as skipped,
    outcomes['failed'] as failed
from runs
order by run
