-- What a network is and what hangs on it, before it is removed.
select
    n.title,
    n.origin,
    n.space,
    n.variant_of as base,
    (select count(*) from layer l where l.network_id = n.id) as layers,
    (
        select group_concat(name, ', ')
        from (select name from alias where network_id = n.id order by name)
    ) as aliases,
    (
        select group_concat(input, ', ')
        from (select input from profile where network_id = n.id order by is_native desc, input)
    ) as inputs,
    (select count(*) from published p where p.architecture = n.name) as figures
from network n
where n.name = :name;
