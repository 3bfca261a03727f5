-- Points of a search space whose live parts are one graph: how many there are of each, and the
-- fewest and the most parameters that are counted for them.
-- :space nasbench201: the search space
-- :attribute live_cell: the attribute that isomorphic points share
-- :top 20: how many groups
with largest as (
    select a.value
    from point a
    cross join network n on n.id = a.network_id
    where a.attribute = :attribute and n.space = :space and not n.stale
    group by a.value
    order by count(*) desc, a.value
    limit :top
)
select
    value as live,
    count(*) as points,
    min(live_params) as live_params,
    min(params) as fewest_params,
    max(params) as most_params,
    min(architecture) as example
from space_point
where space = :space and attribute = :attribute and value in (select value from largest)
group by value
order by points desc, value;
