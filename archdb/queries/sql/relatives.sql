-- A network, and those that so few steps (from a variant to its base, or back) lead to.
with recursive near(name, steps) as (
    select :name, 0
    union
    select n.name, near.steps + 1
    from near
    join network own on own.name = near.name
    join network n on n.variant_of = own.name or n.name = own.variant_of
    where near.steps < :steps
)
select near.name, min(near.steps) as steps
from near join network n on n.name = near.name
group by near.name
order by steps, near.name;
