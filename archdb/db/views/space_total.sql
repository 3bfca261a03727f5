create view space_total as
-- One row per network and input size, as in architecture_summary but without names: for questions
-- about all of a space, which an index answers whose order is that of macs, weight_params,
-- bias_params, norm_params, depth, receptive_field_h, receptive_field_w, receptive_field_note.
-- Of one network ask architecture_summary.
select
    p.space as space,  -- name; stored; the search space that the network is a point of; NULL in the catalogue
    p.network_id as network,  -- number; stored; its id in the tables network and point of this file
    p.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    {p.params} as params,  -- parameters; derived; trainable numbers: {params}
    p.weight_params as weight_params,  -- parameters; derived; kernels and matrices
    p.bias_params as bias_params,  -- parameters; derived; biases
    p.norm_params as norm_params,  -- parameters; derived; scale and shift of normalisation
    p.macs as macs,  -- MAC; derived; multiply-accumulates for one input, without bias
    p.depth as depth,  -- layers; derived; weight layers (convolution, linear) on the longest path
    p.receptive_field_h as receptive_field_h,  -- pixels; derived; input rows that one output of the last map sees [araujo2019]
    p.receptive_field_w as receptive_field_w,  -- pixels; derived; input columns that one output of the last map sees [araujo2019]
    p.receptive_field_note as receptive_field_note  -- text; derived; why there is no receptive field, or no padding
from profile p
left join (  -- those that are stale: few, found at once
    select s.id as id from network n
    join profile s on s.network_id = n.id and s.revision <> n.revision
    where n.stale = 1
) gone on gone.id = p.id
where gone.id is null;
