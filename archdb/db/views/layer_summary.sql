create view layer_summary as
-- One row per layer, network and input size. Sums over rows with auxiliary = 0 are the totals
-- of architecture_summary, where its macs are not NULL: of a network with layers that are not
-- counted they are sums over the rest, and its note says which are missing.
select
    n.name as architecture,  -- name; stored; the network
    p.input as input,  -- shape; derived; input size of the network
    p.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    e.key as position,  -- number; stored; order of execution, the input layer being 0
    r.name as layer,  -- name; stored; the layer's name in the primary source
    r.block as block,  -- name; stored; the innermost block that the layer belongs to, if any
    f.op as op,  -- name; stored; operation
    r.auxiliary as auxiliary,  -- flag; stored; 1 for layers of an auxiliary head, which totals leave out
    (select group_concat(value, ', ') from json_each(r.inputs)) as inputs,  -- text; stored; names of the layers it reads, in order
    f.kernel_h as kernel_h,  -- elements; stored; window rows
    f.kernel_w as kernel_w,  -- elements; stored; window columns
    f.stride_h as stride_h,  -- elements; stored; rows between neighbouring windows
    f.stride_w as stride_w,  -- elements; stored; columns between neighbouring windows
    f.padding as padding,  -- text; stored; explicit, or the modes same and valid
    f.pad_top as pad_top,  -- elements; derived; rows of padding above
    f.pad_bottom as pad_bottom,  -- elements; derived; rows of padding below
    f.pad_left as pad_left,  -- elements; derived; columns of padding on the left
    f.pad_right as pad_right,  -- elements; derived; columns of padding on the right
    f.dilation_h as dilation_h,  -- elements; stored; rows between neighbouring kernel rows, 1 for a plain kernel
    f.dilation_w as dilation_w,  -- elements; stored; columns between neighbouring kernel columns
    f.rounding as rounding,  -- text; stored; floor or ceil, where the stride does not divide
    f.groups as groups,  -- number; stored; groups of channels convolved apart
    f.filters as filters,  -- number; stored; filters of a convolution
    f.units as units,  -- number; stored; units of a fully connected or recurrent layer
    f.bias as bias,  -- flag; stored; 1 where the layer has a bias
    f.attributes as attributes,  -- JSON; stored; attributes that this op alone has
    r.weights_of as weights_of,  -- name; stored; the layer whose weights it uses: they are counted there, so that here params and buffers are 0
    f.in_channels as in_channels,  -- number; derived; channels (or features) of the first input; NULL where its axes are others
    f.in_height as in_height,  -- elements; derived; rows of the first input; of a sequence, its length; NULL for a vector
    f.in_width as in_width,  -- elements; derived; columns of the first input; NULL for a sequence or vector
    f.out_channels as out_channels,  -- number; derived; channels (or features) of the output; NULL where its axes are others
    f.out_height as out_height,  -- elements; derived; rows of the output; of a sequence, its length; NULL for a vector
    f.out_width as out_width,  -- elements; derived; columns of the output; NULL for a sequence or vector
    case
        when f.out_shape is not null then f.out_shape
        when f.out_width is not null then f.out_channels || 'x' || f.out_height || 'x' || f.out_width
        when f.out_height is not null then f.out_height || 'x' || f.out_channels
        else cast(f.out_channels as text)
    end as out_shape,  -- shape; derived; the output's shape, in the order of its axes: also of a tensor that has no channels, height and width
    {f.params} as params,  -- parameters; derived; trainable numbers
    f.{component} as {component},  -- {unit}; derived; {meaning}
    f.gemm_m as gemm_m,  -- rows; derived; output positions: rows of the patch matrix that im2col makes, for one group
    f.gemm_n as gemm_n,  -- columns; derived; filters of one group: columns of the weight matrix
    f.gemm_k as gemm_k,  -- elements; derived; size of a patch: kernel_h x kernel_w x channels of one group
    r.depth as depth,  -- layers; derived; weight layers on the longest path up to and with this layer
    w.receptive_field_h as receptive_field_h,  -- pixels; derived; input rows that one output sees; NULL with a note where paths disagree on the stride [araujo2019]
    w.receptive_field_w as receptive_field_w,  -- pixels; derived; input columns that one output sees [araujo2019]
    w.effective_stride_h as effective_stride_h,  -- pixels; derived; input rows between the fields of neighbouring outputs [araujo2019]
    w.effective_stride_w as effective_stride_w,  -- pixels; derived; input columns between the fields of neighbouring outputs [araujo2019]
    w.effective_padding_h as effective_padding_h,  -- pixels; derived; rows by which the first field starts above the input [araujo2019]
    w.effective_padding_w as effective_padding_w,  -- pixels; derived; columns by which the first field starts left of the input [araujo2019]
    w.receptive_field_note as receptive_field_note,  -- text; derived; why there is no receptive field, or no padding
    n.space as space  -- name; stored; the search space that it is a point of; NULL in the catalogue
from network n
join profile p on p.network_id = n.id and p.revision = n.revision
join profile_row x on x.profile_id = p.id
join json_each(x.layers) e on true
cross join layer_row r  -- cross: SQLite keeps the order, and looks rows up by their id
join fact_row f on f.id = r.fact
join field_row w on w.id = r.field
where r.id = e.value;
