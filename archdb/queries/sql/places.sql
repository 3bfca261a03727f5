-- Where each layer of a network stands: by its own rows, or where it is packed by those of its view.
select architecture, layer, block, auxiliary
from (
    select n.name as architecture, l.name as layer, l.block, l.auxiliary, l.position
    from layer l join network n on n.id = l.network_id
    where n.name = :name
    union all
    select s.architecture, s.layer, s.block, s.auxiliary, s.position
    from layer_summary s
    where s.architecture = :name and s.is_native = 1 and not exists (
        select 1 from layer l join network n on n.id = l.network_id where n.name = :name
    )
)
order by position;
