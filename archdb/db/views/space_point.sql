create view space_point as
-- One row per network of a search space and attribute: where it stands there, and what it costs.
select
    n.space as space,  -- name; stored; the search space
    n.number as number,  -- number; stored; the network's number there, from 0, in the space's own order
    n.name as architecture,  -- name; stored; the network
    a.attribute as attribute,  -- name; stored; an axis of the space, or a hash that isomorphic points share
    a.value as value,  -- text; stored; the network's value on it
    {p.params} as params,  -- parameters; derived; trainable numbers
    p.macs as macs,  -- MAC; derived; multiply-accumulates for one input, without bias
    p.live_params as live_params,  -- parameters; derived; of the layers that depend on the input and that the result depends on
    p.live_macs as live_macs  -- MAC; derived; of these layers
from network n
join point a on a.network_id = n.id
join profile p on p.network_id = n.id and p.is_native = 1 and p.revision = n.revision;
