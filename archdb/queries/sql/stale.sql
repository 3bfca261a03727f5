-- Networks whose rows have changed since they were derived, or that were never derived: triggers
-- keep the flag, so that not all networks have to be looked at.
-- Points of search spaces, which may be many, only where they are asked for.
select name from network where stale = 1 and (:points or space is null) order by name;
