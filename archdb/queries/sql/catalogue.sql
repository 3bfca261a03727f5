-- The catalogue by year, or the points of a search space in the space's own order.
select
    architecture, title, family, year, variant_of, input, params, macs, activations, depth,
    receptive_field_h as receptive_field
from architecture_summary
where is_native = 1
    and space is :space
    and (:pattern is null or architecture = :pattern or architecture glob :pattern
         or exists (select 1 from alias a join network n on n.id = a.network_id
                    where n.name = architecture and (a.name = :pattern or a.name glob :pattern)))
    and (:family is null or lower(family) = lower(:family))
order by year, number, family, architecture;
