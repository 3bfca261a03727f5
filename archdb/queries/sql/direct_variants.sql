-- What says that it is a variant of a network.
select name, origin from network where variant_of = :name order by name;
