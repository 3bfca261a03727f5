-- Networks by depth: how many there are, and the range of their cost.
-- :space null: the search space; NULL is the catalogue
with alike as (  -- networks of equal cost together, as the index has them
    select depth, params, macs, count(*) as networks
    from space_total
    where is_native = 1 and space is :space
    group by macs, weight_params, bias_params, norm_params, depth
)
select
    depth,
    sum(networks) as networks,
    min(params) as fewest_params,
    max(params) as most_params,
    min(macs) as fewest_macs,
    max(macs) as most_macs
from alike
group by depth
order by depth;
