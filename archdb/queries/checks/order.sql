-- Layers that stand before what they read.
select n.name as network, l.name || ': stands before a layer that it reads' as fault
from edge e
join layer l on l.network_id = e.network_id and l.position = e.reader
join network n on n.id = e.network_id
where e.source >= e.reader;
