-- The names of a network's inputs, in the order in which the text of a profile has them.
select l.name
from layer l join network n on n.id = l.network_id
where n.name = :name and l.op = 'input'
order by l.position;
