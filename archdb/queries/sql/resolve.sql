-- The network that a name or an alias means.
select name from network where name = :name
union all
select n.name from alias a join network n on n.id = a.network_id where a.name = :name;
