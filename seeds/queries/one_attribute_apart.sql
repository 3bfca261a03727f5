-- The points of a search space that differ from one of them in a single attribute, and in which.
-- Attributes that are no axis of the space, such as hashes, do not count.
-- :architecture null: the point
-- :derived live_cell: an attribute that is no axis
with here as (
    select n.space, n.id, p.attribute, p.value
    from network n
    join point p on p.network_id = n.id
    where n.name = :architecture and p.attribute <> :derived
),
near as (
    select p.network_id
    from here
    join point p on p.attribute = here.attribute and p.value = here.value
    group by p.network_id
    having count(*) = (select count(*) from here) - 1
)
select n.name as architecture, here.attribute, here.value as here, there.value as there,
    there.params, there.macs
from near
join network n on n.id = near.network_id
join here on here.space = n.space
join space_point there on there.architecture = n.name and there.attribute = here.attribute
    and there.value <> here.value
order by here.attribute, there.value;
