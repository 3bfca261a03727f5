select what, base, here, layers, why
from difference d join network n on n.id = d.network_id
where n.name = :name
order by d.number;
