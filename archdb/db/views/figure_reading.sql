create view figure_reading as
-- One row for each way in which a published figure is read: as it is printed, and as its
-- explanation says that it has to be read. `value` is ours; the two agree where it is at least
-- `at_least` and below `below`. Values and bounds that are no whole numbers are exact as the whole
-- numbers that they are made of, which published_check compares. Accuracies have no row, nor have
-- figures of a network that archdb does not have.
select
    r.figure as figure,  -- name; stored; the figure
    r.reading as reading,  -- name; stored; printed, or explained
    r.architecture as architecture,  -- name; stored; the network whose value it is
    r.input as input,  -- shape; derived; input size of the network, native where none is stated
    r.layers as layers,  -- JSON; stored; globs of the layers that count, with '!' of those that do not; NULL: all but auxiliary heads
    r.convention as convention,  -- name; stored; the counting convention
    case
        when r.divisor = 1 then r.weighed
        when r.weighed % r.divisor = 0 then r.weighed / r.divisor
        else 1.0 * r.weighed / r.divisor
    end as value,  -- by quantity; derived; our value
    iif(r.bound_divisor = 1, r.at_least, 1.0 * r.at_least / r.bound_divisor) as at_least,  -- by quantity; derived; the least value that the printed digits stand for
    iif(r.bound_divisor = 1, r.below, 1.0 * r.below / r.bound_divisor) as below,  -- by quantity; derived; the least above it that they do not stand for
    r.weighed as weighed,  -- by quantity; derived; our value before it is divided: a whole number
    r.divisor as divisor  -- number; derived; what it is divided by: 1, the divisor of the convention, or of a percentage the whole
from (
    select r.*,
        (select case
            when r.quantity = 'depth' and r.layers is null then max(l.depth) filter (where counts)
            when r.quantity = 'depth' then count(distinct l.position) filter (where counts)
            when r.quantity = 'receptive_field' then max(l.receptive_field_h) filter (where counts)
            when r.quantity = 'effective_stride' then max(l.effective_stride_h) filter (where counts)
            when r.quantity = 'out_height' then max(l.out_height) filter (where counts)
            when count(worth) filter (where counts) < count(*) filter (where counts) then null
            else sum(worth) filter (where counts)
                * case when r.unit = '%' then 100 when r.quantity = 'file_bytes' then 4 else 1 end
        end
        from (
            select
                l.position, l.auxiliary, l.depth, l.out_height, l.receptive_field_h, l.effective_stride_h,
                w.weight * case w.quantity
                    when '{quantity}' then l.{quantity}
                end as worth,
                case when r.layers is null then l.auxiliary = 0 else
                    exists (select 1 from json_each(r.layers) g where l.layer = g.value or l.layer glob g.value)
                    and not exists (
                        select 1 from json_each(r.layers) g
                        where g.value = '!' || l.layer
                            or g.value glob '!*' and l.layer glob substr(g.value, 2)
                    )
                end as counts
            from layer_summary l
            left join convention_weight w on w.convention = r.convention and w.op = l.op
            where l.architecture = r.architecture and l.input = r.input
            limit -1  -- all; it keeps worth and counts from being found again wherever they are used
        ) l) as weighed,
        case
            when r.unit = '%' then (
                select t.weighed from convention_total t
                where t.architecture = r.architecture and t.input = r.input
                    and t.convention = r.convention
            )
            else coalesce((select divisor from convention where name = r.convention), 1)
        end as divisor
    from (
        select p.figure, 'printed' as reading, p.quantity, p.unit, p.architecture,
            coalesce(p.input, s.input) as input, p.layers, p.convention, p.at_least, p.below, p.bound_divisor
        from published p
        join architecture_summary s on s.architecture = p.architecture and s.is_native
        where p.quantity not in ('top1_error', 'top5_error')
        union all
        select p.figure, 'explained', p.quantity, p.unit, s.architecture,
            coalesce(e.input, p.input, s.input), coalesce(e.layers, p.layers),
            coalesce(e.convention, p.convention), e.at_least, e.below, e.bound_divisor
        from published p
        join published_explanation e on e.figure = p.figure
        join architecture_summary s
            on s.architecture = coalesce(e.architecture, p.architecture) and s.is_native
        where e.status is null and p.quantity not in ('top1_error', 'top5_error')
    ) r
) r;
