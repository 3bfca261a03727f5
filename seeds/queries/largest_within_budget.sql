-- The networks with the most parameters within a budget of multiply-accumulates.
-- :space null: the search space; NULL is the catalogue
-- :macs 50000000: the budget
-- :top 20: how many
with largest as (
    select params, macs
    from space_total
    where is_native = 1 and space is :space and macs <= :macs
    order by params desc, macs
    limit :top
)
select n.name as architecture, t.params, t.macs
from (select distinct params, macs from largest) best
cross join space_total t on t.macs = best.macs and t.params is best.params
join network n on n.id = t.network
where t.is_native = 1 and t.space is :space
order by t.params desc, t.macs, architecture
limit :top;
