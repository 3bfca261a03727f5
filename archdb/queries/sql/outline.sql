-- The layers of a network at an input as a drawing names them, inputs as a JSON list of names.
select
    s.layer, s.block, s.op, s.auxiliary, s.weights_of,
    s.kernel_h, s.kernel_w, s.stride_h, s.stride_w, s.dilation_h, s.dilation_w, s.groups,
    s.out_shape,
    (select json_group_array(name)
     from (select f.name from edge e
           join layer f on f.network_id = e.network_id and f.position = e.source
           where e.network_id = n.id and e.reader = s.position
           order by e.slot)) as inputs
from layer_summary s
join network n on n.name = s.architecture
where s.architecture = :name and s.input = :input
order by s.position;
