-- Variants that are held to what they state, and their bases. A user's own need state nothing; a
-- base that is missing is a broken foreign key, told elsewhere.
select n.name, n.variant_of
from network n
join network base on base.name = n.variant_of
where n.origin = 'bundled' or exists (select 1 from difference d where d.network_id = n.id)
order by n.name;
