select s.claim, s.citation, s.place, c.title, c.year
from source s
join network n on n.id = s.network_id
join citation c on c.key = s.citation
where n.name = :name
order by s.number;
