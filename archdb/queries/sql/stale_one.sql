select n.name
from network n
left join profile p on p.network_id = n.id and p.is_native = 1
where n.name = :name
    and (p.id is null
         or exists (select 1 from profile q where q.network_id = n.id and q.revision <> n.revision));
