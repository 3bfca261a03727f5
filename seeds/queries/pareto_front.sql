-- Networks than which no other has more parameters for at most as many multiply-accumulates.
-- Of equals the first by name stands for all.
-- :space null: the search space; NULL is the catalogue
with costs as (
    select macs, params, min(architecture) as architecture
    from cost_summary
    where is_native = 1 and space is :space and macs is not null and params is not null
    group by macs, params
),
ranked as (
    select architecture, params, macs,
        max(params) over (
            order by macs, params desc rows between unbounded preceding and 1 preceding
        ) as sofar
    from costs
)
select architecture, params, macs
from ranked
where sofar is null or params > sofar
order by macs;
