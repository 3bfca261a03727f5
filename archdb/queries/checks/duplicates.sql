-- Networks of one structure under two names: an alias, or a mistake.
select n.name as network, 'has the same structure as ' || m.name as fault
from network n
join network m on m.structure = n.structure and m.name < n.name
where n.structure <> '' and n.origin = 'bundled' and m.origin = 'bundled';
