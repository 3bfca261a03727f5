-- Networks than which no other has more parameters for at most as many multiply-accumulates.
-- Of equals the first in the order of their space stands for all.
-- :space null: the search space; NULL is the catalogue
with costs as (
    select macs, max(params) as params
    from space_total
    where is_native = 1 and space is :space and macs is not null
    group by macs
),
ranked as (
    select macs, params, max(params) over (
        order by macs rows between unbounded preceding and 1 preceding
    ) as sofar
    from costs
    where params is not null
),
front as (
    select min(t.network) as network, r.params, r.macs
    from ranked r
    cross join space_total t on t.macs = r.macs and t.params = r.params
    where (r.sofar is null or r.params > r.sofar) and t.is_native = 1 and t.space is :space
    group by r.macs
)
select n.name as architecture, f.params, f.macs
from front f
cross join network n on n.id = f.network
order by f.macs;
