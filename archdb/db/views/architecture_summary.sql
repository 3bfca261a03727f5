create view architecture_summary as
-- One row per network and input size: what it is and what it costs.
-- Auxiliary heads (training only) are left out of all totals and have columns of their own.
select
    n.name as architecture,  -- name; stored; the exact network this row is about
    n.title as title,  -- text; stored; full name, with the variant
    n.family as family,  -- text; stored; family of architectures
    n.year as year,  -- year; stored; year in which it was first described
    n.variant_of as variant_of,  -- name; stored; the network this one is a variant of
    n.classes as classes,  -- number; stored; classes it tells apart; NULL where it is no classifier
    n.structure as structure,  -- text; derived; hash of the graph with the names left out: equal for equal structures
    n.origin as origin,  -- text; stored; bundled with archdb, or imported by the user
    p.input as input,  -- shape; derived; channels x height x width (or features; or length x features); of several inputs all, as left=3x32x32,right=3x32x32
    p.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    {p.params} as params,  -- parameters; derived; trainable numbers: {params}
    p.{total} as {total},  -- {unit}; derived; {of_network}{cited}
    p.activations as activations,  -- elements; derived; outputs of all convolution and linear layers together
    p.peak_activation_elements as peak_activation_elements,  -- elements; derived; largest live set in stored order, each output kept until its last reader has run, nothing in place
    p.depth as depth,  -- layers; derived; weight layers (convolution, linear) on the longest path
    p.weighted_layers as weighted_layers,  -- layers; derived; all weight layers, of every branch
    p.layers as layers,  -- layers; derived; all layer rows, the input among them
    p.receptive_field_layer as receptive_field_layer,  -- name; derived; the last map, before what ends the maps (a global pool, a linear layer): the receptive field is that layer's
    p.receptive_field_h as receptive_field_h,  -- pixels; derived; input rows that one output of that layer sees; NULL with a note where paths disagree on the stride [araujo2019]
    p.receptive_field_w as receptive_field_w,  -- pixels; derived; input columns that one output of that layer sees [araujo2019]
    p.effective_stride_h as effective_stride_h,  -- pixels; derived; input rows between the fields of neighbouring outputs [araujo2019]
    p.effective_stride_w as effective_stride_w,  -- pixels; derived; input columns between the fields of neighbouring outputs [araujo2019]
    p.effective_padding_h as effective_padding_h,  -- pixels; derived; rows by which the first field starts above the input [araujo2019]
    p.effective_padding_w as effective_padding_w,  -- pixels; derived; columns by which the first field starts left of the input [araujo2019]
    p.receptive_field_note as receptive_field_note,  -- text; derived; why there is no receptive field, or no padding
    p.aux_params as aux_params,  -- parameters; derived; trainable numbers of the auxiliary heads, not in params
    p.aux_macs as aux_macs,  -- MAC; derived; multiply-accumulates of the auxiliary heads, not in macs
    p.note as note,  -- text; derived; why totals are open
    n.space as space,  -- name; stored; the search space that it is a point of; NULL in the catalogue
    n.number as number  -- name; stored; which point of it, from 0, in the space's own order
from network n
join profile p on p.network_id = n.id and p.revision = n.revision;
