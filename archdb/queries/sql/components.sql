-- Each main layer's countable components, with the keys of all groupings.
select
    layer,
    coalesce(block, layer) as block,
    case
        when out_channels is null then 'unknown'
        when out_height is null then 'vector'
        when out_width is null then 'length ' || out_height
        else out_height || 'x' || out_width
    end as resolution,
    op,
    params, weight_params, bias_params, norm_params, buffers,
    macs, bias_adds, adds, muls, comparisons, divisions, exponentials,
    in_elements, out_elements, stride_elements, unbiased_kernels
from layer_summary
where architecture = :name and input = :input and auxiliary = 0
order by position;
