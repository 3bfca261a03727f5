-- The layer of each network that takes the most multiply-accumulates, and its share of them.
with ranked as (
    select architecture, layer, op, macs,
        row_number() over (partition by architecture order by macs desc, position) as place
    from layer_summary
    where is_native = 1 and auxiliary = 0
)
select r.architecture, r.layer, r.op, r.macs, round(100.0 * r.macs / s.macs, 1) as percent
from ranked r
join architecture_summary s on s.architecture = r.architecture and s.is_native = 1
where r.place = 1
order by percent desc, r.architecture;
