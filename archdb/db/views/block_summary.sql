create view block_summary as
-- One row per block, network and input size; a layer outside any block stands for itself (and
-- joins the row of a block that bears its name).
-- Auxiliary heads are left out, so that the rows of a network add up to its totals. NULL: an unknown op is in the group,
-- and the other rows are no total: architecture_summary.macs is NULL and its note says why.
select
    n.name as architecture,  -- name; stored; the network
    p.input as input,  -- shape; derived; input size of the network
    p.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    r.block as block,  -- name; stored; the innermost block, or the layer that stands alone
    r.kind as kind,  -- text; stored; figure of the paper that the block is drawn from; NULL for a layer that stands alone
    r.attributes as attributes,  -- JSON; stored; the paper's numbers for this block
    r.parent as parent,  -- name; stored; the block (a stage) that this one is part of
    r.position as position,  -- number; derived; where the block begins
    r.layers as layers,  -- layers; derived; layer rows of this group
    {r.params} as params,  -- parameters; derived; trainable numbers
    r.{component} as {component},  -- {unit}; derived; {of_group}
    n.space as space  -- name; stored; the search space that it is a point of; NULL in the catalogue
from network n
join profile p on p.network_id = n.id and p.revision = n.revision
join profile_row x on x.profile_id = p.id
join json_each(x.blocks) e on true
cross join block_row r  -- cross: SQLite keeps the order, and looks rows up by their id
where r.id = e.value and r.layers > 0;  -- others hold blocks alone
