select name from network where space is null union all select name from alias order by name;
