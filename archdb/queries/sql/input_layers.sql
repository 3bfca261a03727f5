-- The names of a network's inputs, in the order in which the text of its native profile has them.
select r.name
from network n
join profile p on p.network_id = n.id and p.is_native = 1
join profile_row x on x.profile_id = p.id
join json_each(x.layers) e
join layer_row r on r.id = e.value
join fact_row f on f.id = r.fact
where n.name = :name and f.op = 'input'
order by e.key;
