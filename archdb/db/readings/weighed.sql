-- Our value of each reading, as a whole number and what it is divided by: of the layers that count,
-- the weighted sum under the convention, or what the figure is of besides. Where all but auxiliary
-- heads count, the weighted sum is that of the convention's total, which looks at no layer.
select r.figure, r.reading,
    case
        when r.layers is null and p.quantity not in ('depth', 'receptive_field', 'effective_stride', 'out_height')
        then (
            select t.weighed from convention_total t
            where t.architecture = r.architecture and t.input = r.input
                and t.convention = r.convention
        )
        else (
            select case
                when p.quantity = 'depth' and r.layers is null then max(l.depth) filter (where counts)
                when p.quantity = 'depth' then count(distinct l.position) filter (where counts)
                when p.quantity = 'receptive_field' then max(l.receptive_field_h) filter (where counts)
                when p.quantity = 'effective_stride' then max(l.effective_stride_h) filter (where counts)
                when p.quantity = 'out_height' then max(l.out_height) filter (where counts)
                when count(worth) filter (where counts) = count(*) filter (where counts)
                then sum(worth) filter (where counts)
            end
            from (
                select
                    l.position, l.depth, l.out_height, l.receptive_field_h, l.effective_stride_h,
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
            ) l
        )
    end * case when p.unit = '%' then 100 when p.quantity = 'file_bytes' then 4 else 1 end as weighed,
    case
        when p.unit = '%' then (
            select t.weighed from convention_total t
            where t.architecture = r.architecture and t.input = r.input
                and t.convention = r.convention
        )
        else coalesce((select divisor from convention where name = r.convention), 1)
    end as divisor
from figure_value r
join published p on p.figure = r.figure
where (:all or r.figure in (select figure from unread_figure));
