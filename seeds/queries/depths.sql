-- Networks by depth: how many there are, and the range of their cost.
-- :space null: the search space; NULL is the catalogue
select
    depth,
    count(*) as networks,
    min(params) as fewest_params,
    max(params) as most_params,
    min(macs) as fewest_macs,
    max(macs) as most_macs
from architecture_summary
where is_native = 1 and space is :space
group by depth
order by depth;
