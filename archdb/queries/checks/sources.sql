-- Bundled networks that name no source for their layer table.
select name as network, 'no source' as fault
from network
where origin = 'bundled' and id not in (select network_id from source);
