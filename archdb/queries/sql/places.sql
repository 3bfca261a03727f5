-- Where each layer of a network stands.
select n.name as architecture, l.name as layer, l.block, l.auxiliary
from layer l join network n on n.id = l.network_id
where n.name = :name
order by l.position;
