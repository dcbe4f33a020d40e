-- What no later step reads goes before the columns over all rows are made.

drop table list_numbers;
drop table membership_numbers;
drop view frontier;
drop table numbers;
drop table if exists found;  -- nobody to look for, none found
drop table near;
drop table asked;
drop table hosts;
