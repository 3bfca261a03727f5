-- A network, what it is a variant of, what that is a variant of, and so on.
with recursive line(name, step) as (
    select :name, 0
    union all
    select n.variant_of, line.step + 1
    from line join network n on n.name = line.name
    where n.variant_of is not null and line.step < 100
)
select name from line group by name order by min(step);
