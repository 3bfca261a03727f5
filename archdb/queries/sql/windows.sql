-- What a drawing says of each layer beside its place and shape, inputs as a JSON list of names.
select
    f.kernel_h, f.kernel_w, f.stride_h, f.stride_w, f.dilation_h, f.dilation_w, f.groups,
    r.weights_of, r.inputs
from network n
join profile p on p.network_id = n.id and p.revision = n.revision
join profile_row x on x.profile_id = p.id
join json_each(x.layers) e
join layer_row r on r.id = e.value
join fact_row f on f.id = r.fact
where n.name = :name and p.input = :input
order by e.key;
