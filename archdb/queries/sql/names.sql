select name from network union all select name from alias order by name;
