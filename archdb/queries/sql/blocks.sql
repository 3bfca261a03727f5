-- The blocks of a network, each with the one that it is part of.
select b.name as block, b.kind, b.parent
from block b join network n on n.id = b.network_id
where n.name = :name
order by b.position;
