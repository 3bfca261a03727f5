select architecture, space, input, is_native, op, min(position) as position, count(*) as layers,
    case when count({quantity}) = count(*) then sum({quantity})::bigint end as {quantity}{,}
from layers
where auxiliary = 0
group by architecture, space, input, is_native, op
