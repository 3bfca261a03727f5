-- Variants and their bases; a base that is missing is a broken foreign key, told elsewhere.
select n.name, n.variant_of
from network n
join network base on base.name = n.variant_of
order by n.name;
