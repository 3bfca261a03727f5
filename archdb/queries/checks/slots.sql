-- Layers whose inputs are not numbered 0, 1, 2, ...
select n.name as network, l.name || ': its input slots are not numbered from 0 without a gap' as fault
from (select network_id, reader, count(*) as inputs, max(slot) as last
      from edge group by network_id, reader) e
join layer l on l.network_id = e.network_id and l.position = e.reader
join network n on n.id = e.network_id
where e.last <> e.inputs - 1;
