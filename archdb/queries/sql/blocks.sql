-- The blocks of a network, each with the one that it is part of.
select r.block, r.kind, r.parent
from network n
join profile p on p.network_id = n.id and p.revision = n.revision
join profile_row x on x.profile_id = p.id
join json_each(x.blocks) e
join block_row r on r.id = e.value
where n.name = :name and p.input = :input and r.kind is not null
order by e.key;
