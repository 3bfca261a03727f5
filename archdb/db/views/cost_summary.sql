create view cost_summary as
-- One row per network and input size: where its cost lies, and how much of it the result depends on.
-- What an edge of a search space that nothing passes leaves without effect is counted in params and macs, not in the live ones.
select
    n.name as architecture,  -- name; stored; the network
    n.space as space,  -- name; stored; the search space that it is a point of; NULL in the catalogue
    n.number as number,  -- number; stored; its number there, from 0
    p.input as input,  -- shape; derived; input size of the network
    p.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    {p.params} as params,  -- parameters; derived; trainable numbers
    p.macs as macs,  -- MAC; derived; multiply-accumulates for one input, without bias
    p.live_params as live_params,  -- parameters; derived; of the layers that depend on the input and that the result depends on
    p.live_macs as live_macs,  -- MAC; derived; of these layers
    p.pointwise_params as pointwise_params,  -- parameters; derived; of convolutions with a 1x1 kernel
    p.pointwise_macs as pointwise_macs,  -- MAC; derived; of convolutions with a 1x1 kernel
    p.linear_params as linear_params,  -- parameters; derived; of fully connected layers
    p.linear_macs as linear_macs,  -- MAC; derived; of fully connected layers
    p.costliest_layer as costliest_layer,  -- name; derived; the layer with the most multiply-accumulates, the first of equals
    p.costliest_op as costliest_op,  -- name; derived; its operation
    p.costliest_macs as costliest_macs  -- MAC; derived; of that layer
from network n
join profile p on p.network_id = n.id and p.revision = n.revision;
