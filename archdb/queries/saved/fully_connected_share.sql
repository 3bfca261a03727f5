-- How much of each network's parameters and multiply-accumulates its linear layers hold.
select
    o.architecture,
    round(100.0 * o.params / s.params, 1) as percent_of_params,
    round(100.0 * o.macs / s.macs, 1) as percent_of_macs
from op_summary o
join architecture_summary s on s.architecture = o.architecture and s.input = o.input
where o.op = 'linear' and o.is_native = 1
order by percent_of_params desc, o.architecture;
