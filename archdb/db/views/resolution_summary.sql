create view resolution_summary as
-- One row per output size (height x width), network and input size.
-- Auxiliary heads are left out, so that the rows of a network add up to its totals. NULL: an unknown op is in the group,
-- and the other rows are no total: architecture_summary.macs is NULL and its note says why.
select
    architecture,  -- name; stored; the network
    input,  -- shape; derived; input size of the network
    is_native,  -- flag; derived; 1 at the input size the network is defined at
    case
        when out_channels is null then coalesce(out_shape, 'unknown')
        when out_height is null then 'vector'
        when out_width is null then 'length ' || out_height
        else out_height || 'x' || out_width
    end as resolution,  -- text; derived; height x width of the output; length of a sequence; vector; the whole shape of another tensor; unknown behind an unknown op
    out_height,  -- elements; derived; rows of the output
    out_width,  -- elements; derived; columns of the output
    count(1) as layers,  -- layers; derived; layer rows of this group
    case when count({quantity}) = count(1) then sum({quantity}) end as {quantity}{,}  -- {unit}; derived; {of_group}
from layer_summary
where auxiliary = 0
group by architecture, input, is_native, resolution;
