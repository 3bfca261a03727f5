-- The inputs at which a network has been derived, the native one first.
select p.input
from profile p join network n on n.id = p.network_id and n.revision = p.revision
where n.name = :name
order by p.is_native desc, p.input;
