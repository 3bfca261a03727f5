create view op_summary as
-- One row per op, network and input size.
-- Auxiliary heads are left out, so that the rows of a network add up to its totals. NULL: an unknown op is in the group,
-- and the other rows are no total: architecture_summary.macs is NULL and its note says why.
select
    architecture,  -- name; stored; the network
    input,  -- shape; derived; input size of the network
    is_native,  -- flag; derived; 1 at the input size the network is defined at
    op,  -- name; stored; operation
    min(position) as position,  -- number; derived; where the op first occurs
    count(*) as layers,  -- layers; derived; layer rows of this group
    case when count(params) = count(*) then sum(params) end as params,  -- parameters; derived; trainable numbers
    case when count(weight_params) = count(*) then sum(weight_params) end as weight_params,  -- parameters; derived; kernels and matrices, slopes, trainable subsampling coefficients
    case when count(bias_params) = count(*) then sum(bias_params) end as bias_params,  -- parameters; derived; biases
    case when count(norm_params) = count(*) then sum(norm_params) end as norm_params,  -- parameters; derived; scale and shift of normalisation
    case when count(buffers) = count(*) then sum(buffers) end as buffers,  -- numbers; derived; kept but not trained; not in params
    case when count(macs) = count(*) then sum(macs) end as macs,  -- MAC; derived; multiply-accumulates for one input, without bias
    case when count(bias_adds) = count(*) then sum(bias_adds) end as bias_adds,  -- operations; derived; one addition for each output element that gets a bias
    case when count(adds) = count(*) then sum(adds) end as adds,  -- operations; derived; additions outside macs and bias_adds
    case when count(muls) = count(*) then sum(muls) end as muls,  -- operations; derived; multiplications outside macs
    case when count(comparisons) = count(*) then sum(comparisons) end as comparisons,  -- operations; derived; comparisons
    case when count(divisions) = count(*) then sum(divisions) end as divisions,  -- operations; derived; divisions
    case when count(exponentials) = count(*) then sum(exponentials) end as exponentials,  -- operations; derived; exponentials and powers
    case when count(in_elements) = count(*) then sum(in_elements) end as in_elements,  -- elements; derived; sizes of all inputs together
    case when count(out_elements) = count(*) then sum(out_elements) end as out_elements,  -- elements; derived; sizes of the outputs
    case when count(stride_elements) = count(*) then sum(stride_elements) end as stride_elements,  -- elements; derived; out_elements x stride_h x stride_w: by how many elements the windows advance
    case when count(unbiased_kernels) = count(*) then sum(unbiased_kernels) end as unbiased_kernels  -- kernels; derived; two-dimensional kernels of layers without bias
from layer_summary
where auxiliary = 0
group by architecture, input, is_native, op;
