-- Sums of what stands at each depth: a weight layer and all that follows it up to the next.
select depth, sum(params) as params, sum(macs) as macs
from layer_summary
where architecture = :name and input = :input and auxiliary = 0 and depth is not null
group by depth
order by depth;
