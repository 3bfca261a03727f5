-- Layers that nothing reads, besides the last one and the ends of auxiliary heads.
select n.name as network, l.name || ': nothing reads it' as fault
from layer l
join network n on n.id = l.network_id
where l.auxiliary = 0 and n.origin = 'bundled'
    and not exists (select 1 from edge e join layer r on r.network_id = e.network_id and r.position = e.reader
                    where e.network_id = l.network_id and e.source = l.position and r.auxiliary = 0)
    and l.position < (select max(position) from layer m where m.network_id = l.network_id and m.auxiliary = 0);
