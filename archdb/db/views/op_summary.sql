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
    count(1) as layers,  -- layers; derived; layer rows of this group
    case when count({quantity}) = count(1) then sum({quantity}) end as {quantity}{,}  -- {unit}; derived; {of_group}
from layer_summary
where auxiliary = 0
group by architecture, input, is_native, op;
