-- How many layers of each kind, an op with its attributes, each network of the catalogue has:
-- networks, not building blocks.
select
    n.name as architecture, l.op,
    l.kernel_h, l.kernel_w, l.stride_h, l.stride_w, l.dilation_h, l.dilation_w,
    l.padding, l.pad_top, l.pad_bottom, l.pad_left, l.pad_right,
    l.groups, l.filters, l.units, l.bias, l.rounding, l.attributes,
    count(*) as layers
from layer l
join network n on n.id = l.network_id
where n.space is null and n.family <> 'Building block'
group by
    n.id, l.op,
    l.kernel_h, l.kernel_w, l.stride_h, l.stride_w, l.dilation_h, l.dilation_w,
    l.padding, l.pad_top, l.pad_bottom, l.pad_left, l.pad_right,
    l.groups, l.filters, l.units, l.bias, l.rounding, l.attributes
order by n.name;
