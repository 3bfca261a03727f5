-- How each published figure is read: as it is printed, and as its explanation says that it has to be
-- read. Accuracies have no reading, nor have figures of a network that archdb does not have.
select p.figure, 'printed' as reading, n.id as network_id, n.revision, n.name as architecture,
    coalesce(p.input, native.input) as input,
    p.layers, p.convention
from published p
join network n on n.name = p.architecture
join profile native
    on native.network_id = n.id and native.is_native = 1 and native.revision = n.revision
where (:all or p.figure in (select figure from unread_figure))
    and p.quantity not in ('top1_error', 'top5_error')
union all
select p.figure, 'explained', n.id, n.revision, n.name,
    coalesce(e.input, p.input, native.input), coalesce(e.layers, p.layers),
    coalesce(e.convention, p.convention)
from published p
join published_explanation e on e.figure = p.figure
join network n on n.name = coalesce(e.architecture, p.architecture)
join profile native
    on native.network_id = n.id and native.is_native = 1 and native.revision = n.revision
where (:all or p.figure in (select figure from unread_figure))
    and e.status is null and p.quantity not in ('top1_error', 'top5_error');
