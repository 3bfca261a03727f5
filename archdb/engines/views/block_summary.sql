select l.architecture, l.space, l.input, l.is_native, coalesce(l.block, l.layer) as block,
    b.kind, b.attributes, b.parent, min(l.position) as position, count(*) as layers,
    case when count(l.{quantity}) = count(*) then sum(l.{quantity})::bigint end as {quantity}{,}
from layers l
left join (
    select architecture, unnest(blocks, recursive := true) from definitions
) b on b.architecture = l.architecture and b.name = coalesce(l.block, l.layer)
where l.auxiliary = 0
group by all
