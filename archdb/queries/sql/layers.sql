-- The layer rows of one fresh profile: where each layer stands, then all that was derived of it.
select r.name as layer, f.op, r.block, r.auxiliary, r.depth, w.*, f.*
from network n
join profile p on p.network_id = n.id and p.revision = n.revision
join profile_row x on x.profile_id = p.id
join json_each(x.layers) e
join layer_row r on r.id = e.value
join fact_row f on f.id = r.fact
join field_row w on w.id = r.field
where n.name = :name and p.input = :input
order by e.key;
