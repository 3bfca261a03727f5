-- What a footnote says of a network: its title, its base, and where its layer table stands.
select
    n.title, n.variant_of, s.place, c.key, c.authors, c.year,
    exists (select 1 from source p where p.network_id = n.id and p.claim = 'paper'
            and p.citation = c.key) as is_paper,
    (select p.input from profile p where p.network_id = n.id and p.is_native = 1) as native
from network n
left join source s on s.network_id = n.id and s.claim = 'layer table'
left join citation c on c.key = s.citation
where n.name = :name
order by s.number
limit 1;
