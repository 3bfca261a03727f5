select
    layer,
    op,
    kernel_h || 'x' || kernel_w as kernel,
    stride_h || 'x' || stride_w as stride,
    out_shape as output,
    params,
    macs,
    receptive_field_h as receptive_field
from layer_summary
where architecture = :name and input = :input and auxiliary = 0
order by position;
