create view block_summary as
-- One row per block, network and input size; a layer outside any block stands for itself (and
-- joins the row of a block that bears its name).
-- Auxiliary heads are left out, so that the rows of a network add up to its totals. NULL: an unknown op is in the group,
-- and the other rows are no total: architecture_summary.macs is NULL and its note says why.
select
    s.architecture as architecture,  -- name; stored; the network
    s.input as input,  -- shape; derived; input size of the network
    s.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    coalesce(s.block, s.layer) as block,  -- name; stored; the innermost block, or the layer that stands alone
    b.kind as kind,  -- text; stored; figure of the paper that the block is drawn from; NULL for a layer that stands alone
    b.attributes as attributes,  -- JSON; stored; the paper's numbers for this block
    b.parent as parent,  -- name; stored; the block (a stage) that this one is part of
    min(s.position) as position,  -- number; derived; where the block begins
    count(*) as layers,  -- layers; derived; layer rows of this group
    case when count(s.params) = count(*) then sum(s.params) end as params,  -- parameters; derived; trainable numbers
    case when count(s.weight_params) = count(*) then sum(s.weight_params) end as weight_params,  -- parameters; derived; kernels and matrices, slopes, trainable subsampling coefficients
    case when count(s.bias_params) = count(*) then sum(s.bias_params) end as bias_params,  -- parameters; derived; biases
    case when count(s.norm_params) = count(*) then sum(s.norm_params) end as norm_params,  -- parameters; derived; scale and shift of normalisation
    case when count(s.buffers) = count(*) then sum(s.buffers) end as buffers,  -- numbers; derived; kept but not trained; not in params
    case when count(s.macs) = count(*) then sum(s.macs) end as macs,  -- MAC; derived; multiply-accumulates for one input, without bias
    case when count(s.bias_adds) = count(*) then sum(s.bias_adds) end as bias_adds,  -- operations; derived; one addition for each output element that gets a bias
    case when count(s.adds) = count(*) then sum(s.adds) end as adds,  -- operations; derived; additions outside macs and bias_adds
    case when count(s.muls) = count(*) then sum(s.muls) end as muls,  -- operations; derived; multiplications outside macs
    case when count(s.comparisons) = count(*) then sum(s.comparisons) end as comparisons,  -- operations; derived; comparisons
    case when count(s.divisions) = count(*) then sum(s.divisions) end as divisions,  -- operations; derived; divisions
    case when count(s.exponentials) = count(*) then sum(s.exponentials) end as exponentials,  -- operations; derived; exponentials and powers
    case when count(s.in_elements) = count(*) then sum(s.in_elements) end as in_elements,  -- elements; derived; sizes of all inputs together
    case when count(s.out_elements) = count(*) then sum(s.out_elements) end as out_elements,  -- elements; derived; sizes of the outputs
    case when count(s.stride_elements) = count(*) then sum(s.stride_elements) end as stride_elements,  -- elements; derived; out_elements x stride_h x stride_w: by how many elements the windows advance
    case when count(s.unbiased_kernels) = count(*) then sum(s.unbiased_kernels) end as unbiased_kernels  -- kernels; derived; two-dimensional kernels of layers without bias
from layer_summary s
join network n on n.name = s.architecture
left join block b on b.network_id = n.id and b.name = coalesce(s.block, s.layer)
where s.auxiliary = 0
group by s.architecture, s.input, s.is_native, coalesce(s.block, s.layer);
