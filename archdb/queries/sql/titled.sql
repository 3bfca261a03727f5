-- The networks of the catalogue of that title (in lower case), in full or up to a bracket or comma.
select name from network
where space is null and :title <> '' and :title in (
    lower(title),
    lower(substr(title, 1, instr(title, ' (') - 1)),
    lower(substr(title, 1, instr(title, ', ') - 1))
)
order by name;
