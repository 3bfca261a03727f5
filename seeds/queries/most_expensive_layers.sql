-- The layer of each network that takes the most multiply-accumulates, and its share of them.
-- :space null: the search space; NULL is the catalogue
select
    architecture,
    costliest_layer as layer,
    costliest_op as op,
    costliest_macs as macs,
    round(100.0 * costliest_macs / macs, 1) as percent
from cost_summary
where is_native = 1 and space is :space and costliest_macs > 0
order by percent desc, architecture;
