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
    count(1) as layers,  -- layers; derived; layer rows of this group
    case when count(s.{quantity}) = count(1) then sum(s.{quantity}) end as {quantity}{,}  -- {unit}; derived; {of_group}
from layer_summary s
join network n on n.name = s.architecture
left join block b on b.network_id = n.id and b.name = coalesce(s.block, s.layer)
where s.auxiliary = 0
group by s.architecture, s.input, s.is_native, coalesce(s.block, s.layer);
