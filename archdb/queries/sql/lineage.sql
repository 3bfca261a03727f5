-- The stated differences of a network from its base, then of that from its own.
with recursive line(name, step) as (
    select :name, 0
    union all
    select n.variant_of, line.step + 1
    from line join network n on n.name = line.name
    where n.variant_of is not null and line.step < 100
)
select v.architecture, v.variant_of, v.what, v.base, v.here, v.layers, v.why
from (select name, min(step) as step from line group by name) line
join variant_difference v on v.architecture = line.name
order by line.step, v.number;
