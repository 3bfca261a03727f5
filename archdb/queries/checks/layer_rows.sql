-- Fresh profiles that do not have one row for each layer.
select n.name as network, p.input || ': layers without a derived row, or rows without a layer' as fault
from profile p
join network n on n.id = p.network_id and n.revision = p.revision
where (select count(*) from layer_profile d where d.profile_id = p.id)
    <> (select count(*) from layer l where l.network_id = n.id);
