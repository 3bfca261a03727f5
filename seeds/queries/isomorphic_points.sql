-- Points of a search space whose live parts are one graph: how many there are of each, and the
-- fewest and the most parameters that are counted for them.
-- :space nasbench201: the search space
-- :attribute live_cell: the attribute that isomorphic points share
-- :top 20: how many groups
select
    value as live,
    count(*) as points,
    min(live_params) as live_params,
    min(params) as fewest_params,
    max(params) as most_params,
    min(architecture) as example
from space_point
where space = :space and attribute = :attribute
group by value
order by points desc, value
limit :top;
