create view convention_total as
-- One row per network, input size and counting convention: the weighted sum of the components
-- of its layers. NULL where the convention does not price an op that the network has.
select
    s.architecture as architecture,  -- name; stored; the network
    s.input as input,  -- shape; derived; input size of the network
    s.is_native as is_native,  -- flag; derived; 1 at the input size the network is defined at
    c.name as convention,  -- name; stored; the counting convention
    case when count(w.weight) = count(*) and count(s.macs) = count(*) then
        sum(w.weight * case w.quantity
            when 'params' then s.params
            when 'buffers' then s.buffers
            when 'macs' then s.macs
            when 'bias_adds' then s.bias_adds
            when 'adds' then s.adds
            when 'muls' then s.muls
            when 'comparisons' then s.comparisons
            when 'divisions' then s.divisions
            when 'exponentials' then s.exponentials
            when 'in_elements' then s.in_elements
            when 'out_elements' then s.out_elements
        end)
    end as value  -- by convention; derived; the total that this convention gives
from op_summary s
cross join convention c
left join convention_weight w on w.convention = c.name and w.op = s.op
group by s.architecture, s.input, s.is_native, c.name;
