-- Networks whose rows have changed since they were derived, or that were never derived: found by
-- looking at all of them, in a file of any age.
select n.name
from network n
left join profile p on p.network_id = n.id and p.is_native = 1
where p.id is null
    or exists (select 1 from profile q where q.network_id = n.id and q.revision <> n.revision)
order by n.name;
