select distinct family from network order by family;
