select
    layer,
    op,
    kernel_h || 'x' || kernel_w as kernel,
    stride_h || 'x' || stride_w as stride,
    case
        when out_width is not null then out_channels || 'x' || out_height || 'x' || out_width
        when out_height is not null then out_height || 'x' || out_channels
        else cast(out_channels as text)
    end as output,
    params,
    macs,
    receptive_field_h as receptive_field
from layer_summary
where architecture = :name and input = :input and auxiliary = 0
order by position;
