-- What each value of an attribute of a search space costs on average.
-- :space nasbench201: the search space
-- :attribute edge_0_1: the attribute
select
    value,
    count(*) as networks,
    cast(round(avg(params)) as integer) as mean_params,
    cast(round(avg(macs)) as integer) as mean_macs
from space_point
where space = :space and attribute = :attribute
group by value
order by mean_macs, value;
