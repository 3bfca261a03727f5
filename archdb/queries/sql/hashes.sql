-- The hashes of the catalogue's networks, bundled or imported: NULL where figures are stale.
select n.name as architecture, n.id, p.content, p.figures
from network n
left join profile p on p.network_id = n.id and p.is_native = 1 and p.revision = n.revision
where n.space is null and n.origin = :origin
order by n.name;
