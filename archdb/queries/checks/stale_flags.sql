-- Networks whose flag says that their figures are stale where they are not, or are not where they are.
select n.name as network, 'is marked as ' || iif(n.stale, 'stale', 'fresh') || ', and is not' as fault
from network n
where n.stale <> (
    not exists (select 1 from profile p where p.network_id = n.id and p.is_native = 1)
    or exists (select 1 from profile p where p.network_id = n.id and p.revision <> n.revision)
);
