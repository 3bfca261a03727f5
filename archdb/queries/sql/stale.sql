-- Networks whose rows have changed since they were derived, or that were never derived: triggers
-- keep the flag, so that not all networks have to be looked at.
select name from network where stale = 1 order by name;
