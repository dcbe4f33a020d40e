-- What no later step reads goes before the widest table is made.

drop table list_numbers;
drop table membership_numbers;
drop table numbers;
drop table frontier;
drop table if exists found;  -- nobody to look for, none found
drop table near;
drop table asked;
