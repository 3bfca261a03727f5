-- The networks with the most parameters within a budget of multiply-accumulates.
-- :space null: the search space; NULL is the catalogue
-- :macs 50000000: the budget
-- :top 20: how many
select architecture, params, macs
from cost_summary
where is_native = 1 and space is :space and macs <= :macs
order by params desc, macs, architecture
limit :top;
