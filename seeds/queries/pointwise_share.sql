-- How much of each network's parameters and multiply-accumulates its 1x1 convolutions hold.
-- :space null: the search space; NULL is the catalogue
select
    architecture,
    round(100.0 * pointwise_params / params, 1) as percent_of_params,
    round(100.0 * pointwise_macs / macs, 1) as percent_of_macs
from cost_summary
where is_native = 1 and space is :space and pointwise_macs > 0
order by percent_of_macs desc, architecture;
