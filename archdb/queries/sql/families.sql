select distinct family from network where space is null order by family;
