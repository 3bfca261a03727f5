-- Bundled networks that do not name their paper, or where their layer table comes from.
select n.name as network, 'no source for: ' || wanted.claim as fault
from network n
join (select 'paper' as claim union all select 'layer table') wanted
where n.origin = 'bundled'
    and not exists (select 1 from source s where s.network_id = n.id and s.claim = wanted.claim);
