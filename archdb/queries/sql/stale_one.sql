select name from network where name = :name and stale = 1;
