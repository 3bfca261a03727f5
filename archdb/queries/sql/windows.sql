-- What a drawing says of each layer beside its place and shape, inputs as a JSON list of names.
select
    l.kernel_h, l.kernel_w, l.stride_h, l.stride_w, l.dilation_h, l.dilation_w, l.groups,
    l.weights_of,
    (select json_group_array(name)
     from (select s.name from edge e
           join layer s on s.network_id = e.network_id and s.position = e.source
           where e.network_id = l.network_id and e.reader = l.position
           order by e.slot)) as inputs
from layer l join network n on n.id = l.network_id
where n.name = :name
order by l.position;
