-- The input that a network is defined at.
select p.input
from profile p join network n on n.id = p.network_id
where n.name = :name and p.is_native = 1;
