-- From schema 2 to 3: what a load changed is seen by the content itself, so nothing is stored to tell contents apart; what tells an
-- import's leads apart has a table of its own.

create table imported_leads (
    membership bigint not null,
    seal uhugeint not null         -- MD5 of RUN:ROW, the run's ledger by its SHA-256 and the lead's row in it
);
insert into imported_leads select membership, digest from memberships where imported;

alter table memberships drop column digest;
alter table memberships drop column nth;
