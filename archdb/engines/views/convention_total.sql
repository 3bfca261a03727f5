select architecture, space, input, is_native, convention,
    case when weighed % divisor = 0 then weighed // divisor else weighed::double / divisor end as value,
    weighed
from (
    select s.architecture, s.space, s.input, s.is_native, c.name as convention, c.divisor,
        case when count(w.weighed) = count(*) then sum(w.weighed)::bigint end as weighed
    from op_summary s
    cross join convention c
    left join lateral (
        select sum(w.weight * case w.quantity
            when '{quantity}' then s.{quantity}
        end) as weighed
        from convention_weight w
        where w.convention = c.name and w.op = s.op
    ) w on true
    group by all
)
