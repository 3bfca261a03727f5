create view convention_total as
-- One row per network, input size and counting convention: the weighted sum of the components
-- of its layers, over the divisor of the convention. NULL where the convention does not price an
-- op that the network has, or counts what is open of one.
select
    t.architecture as architecture,  -- name; stored; the network
    t.input as input,  -- shape; derived; input size of the network
    t.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    c.name as convention,  -- name; stored; the counting convention
    case when t.total % c.divisor = 0 then t.total / c.divisor
        else 1.0 * t.total / c.divisor end as value,  -- by convention; derived; the total that this convention gives
    t.total as weighed  -- by convention; derived; the weighted sum, before it is divided: a whole number
from (
    select
        architecture,
        input,
        is_native,
        convention,
        case when count(weighed) = count(1) then sum(weighed) end as total
    from (
        select
            s.architecture,
            s.input,
            s.is_native,
            c.name as convention,
            w.weight * case w.quantity
                when '{quantity}' then s.{quantity}
            end as weighed
        from op_summary s
        cross join convention c
        left join convention_weight w on w.convention = c.name and w.op = s.op
    )
    group by architecture, input, is_native, convention
) t
join convention c on c.name = t.convention;
