select name, variant_of from network where variant_of is not null order by name;
