-- Published top-1 errors of whole networks, with our figures at the input that they are for; the
-- best of each network and source. A scope other than the whole network (another data set) is left
-- out; `direct` says whether the figure was read at its source.
with figure as (
    select
        p.architecture, p.citation, p.place, p.seen in ('source', 'conversion') as direct,
        cast(p.value as real) as error, p.input as given,
        row_number() over (
            partition by p.architecture, p.citation order by cast(p.value as real), p.figure
        ) as rank
    from published p
    where p.quantity = 'top1_error' and p.unit = '%' and p.scope is null
        and p.architecture is not null and (:source is null or p.citation = :source)
)
select
    s.architecture, s.family, s.classes, f.citation, f.direct, 100 - f.error as accuracy,
    s.macs, s.params, s.input
from figure f
join architecture_summary s
    on s.architecture = f.architecture
    and (s.input = f.given or s.is_native = 1 and not exists (
        select 1 from architecture_summary o
        where o.architecture = f.architecture and o.input = f.given))
where f.rank = 1 and s.macs is not null and s.params is not null
order by s.family, s.macs, s.architecture;
