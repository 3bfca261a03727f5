select architecture, space, input, is_native,
    case
        when out_channels is null then coalesce(out_shape, 'unknown')
        when out_height is null then 'vector'
        when out_width is null then 'length ' || out_height
        else out_height || 'x' || out_width
    end as resolution,
    min(out_height) as out_height, min(out_width) as out_width, count(*) as layers,
    case when count({quantity}) = count(*) then sum({quantity})::bigint end as {quantity}{,}
from layers
where auxiliary = 0
group by architecture, space, input, is_native, resolution
