create view resolution_summary as
-- One row per output size (height x width), network and input size.
-- Auxiliary heads are left out, so that the rows of a network add up to its totals. NULL: an unknown op is in the group,
-- and the other rows are no total: architecture_summary.macs is NULL and its note says why.
select
    n.name as architecture,  -- name; stored; the network
    p.input as input,  -- shape; derived; input size of the network
    p.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    r.resolution as resolution,  -- text; derived; height x width of the output; length of a sequence; vector; the whole shape of another tensor; unknown behind an unknown op
    r.out_height as out_height,  -- elements; derived; rows of the output
    r.out_width as out_width,  -- elements; derived; columns of the output
    r.layers as layers,  -- layers; derived; layer rows of this group
    {r.params} as params,  -- parameters; derived; trainable numbers
    r.{component} as {component},  -- {unit}; derived; {of_group}
    n.space as space  -- name; stored; the search space that it is a point of; NULL in the catalogue
from network n
join profile p on p.network_id = n.id and p.revision = n.revision
join profile_row x on x.profile_id = p.id
join json_each(x.resolutions) e on true
cross join resolution_row r  -- cross: SQLite keeps the order, and looks rows up by their id
where r.id = e.value;
