-- Aliases that are also the name of another network.
select n.name as network, 'its alias ' || a.name || ' is the name of a network' as fault
from alias a
join network n on n.id = a.network_id
where a.name in (select name from network);
