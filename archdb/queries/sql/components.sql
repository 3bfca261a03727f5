-- Each main layer's countable components, with the keys of all groupings.
select
    layer,
    coalesce(block, layer) as block,
    case
        when out_channels is null then coalesce(out_shape, 'unknown')
        when out_height is null then 'vector'
        when out_width is null then 'length ' || out_height
        else out_height || 'x' || out_width
    end as resolution,
    op,
    {quantity}{,}
from layer_summary
where architecture = :name and input = :input and auxiliary = 0
order by position;
