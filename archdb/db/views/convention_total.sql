create view convention_total as
-- One row per network, input size and counting convention: the weighted sum of the components
-- of its layers, over the divisor of the convention. NULL where the convention does not price an
-- op that the network has, or counts what is open of one.
select
    n.name as architecture,  -- name; stored; the network
    p.input as input,  -- shape; derived; input size of the network
    p.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    c.name as convention,  -- name; stored; the counting convention
    (
        select case
            when count(worth) < count(1) then null
            when sum(worth) % c.divisor = 0 then sum(worth) / c.divisor
            else 1.0 * sum(worth) / c.divisor
        end
        from (
            select w.weight * case w.quantity
                when 'params' then {r.params}
                when '{component}' then r.{component}
            end as worth
            from json_each(x.ops) e
            join op_row r on r.id = e.value
            left join convention_weight w on w.convention = c.name and w.op = r.op
        )
    ) as value,  -- by convention; derived; the total that this convention gives
    (
        select case when count(worth) = count(1) then sum(worth) end
        from (
            select w.weight * case w.quantity
                when 'params' then {r.params}
                when '{component}' then r.{component}
            end as worth
            from json_each(x.ops) e
            join op_row r on r.id = e.value
            left join convention_weight w on w.convention = c.name and w.op = r.op
        )
    ) as weighed,  -- by convention; derived; the weighted sum, before it is divided: a whole number
    n.space as space  -- name; stored; the search space that it is a point of; NULL in the catalogue
from network n
join profile p on p.network_id = n.id and p.revision = n.revision
join profile_row x on x.profile_id = p.id
cross join convention c;
