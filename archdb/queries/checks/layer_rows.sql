-- Fresh profiles that do not list each layer once: all rows of the network, where it is not packed,
-- and then no others.
select n.name as network, p.input || ': its lists are not those of its layers' as fault
from profile p
join network n on n.id = p.network_id and n.revision = p.revision
left join profile_row x on x.profile_id = p.id
where iif(n.packed, 0, coalesce(json_array_length(x.layers), 0))
    <> (select count(*) from layer l where l.network_id = n.id);
