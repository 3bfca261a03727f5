-- The layer rows of one fresh profile: where each layer stands, then all that was derived of it.
select l.name as layer, l.op, l.block, l.auxiliary, d.*
from network n
join profile p on p.network_id = n.id and p.revision = n.revision
join layer_profile d on d.profile_id = p.id
join layer l on l.network_id = n.id and l.position = d.position
where n.name = :name and p.input = :input
order by d.position;
