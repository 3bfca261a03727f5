-- What a network is: its title, family and base, and what it is called besides.
select
    title, family, year, variant_of,
    (select group_concat(name, ', ') from (
        select a.name from alias a where a.network_id = n.id order by a.name
    )) as aliases
from network n
where name = :name;
