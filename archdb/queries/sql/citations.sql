-- What a network's sources cite, papers before releases; :whole tells whether more than its papers.
select distinct c.key, c.kind, c.authors, c.title, c.year, c.venue, c.doi, c.url
from (
    select n.name, s.citation, s.claim from source s join network n on n.id = s.network_id
    union all
    select n.name, s.citation, 'paper' from network n join space s on s.name = n.space
) s
join citation c on c.key = s.citation
where s.name = :name and (:whole or s.claim = 'paper')
order by c.kind = 'misc', c.year, c.key;
