-- How much of each network's parameters and multiply-accumulates its fully connected layers hold.
-- :space null: the search space; NULL is the catalogue
select
    architecture,
    round(100.0 * linear_params / params, 1) as percent_of_params,
    round(100.0 * linear_macs / macs, 1) as percent_of_macs
from cost_summary
where is_native = 1 and space is :space and linear_macs > 0
order by percent_of_params desc, architecture;
