-- What is published of some networks (:names, JSON), or read as a figure of one of them.
select p.figure, p.architecture, p.quantity, p.value, p.unit, p.citation,
    p.citation || ' ' || coalesce(c.title, '') || ' ' || coalesce(c.authors, '') as source
from published p
left join published_explanation e on e.figure = p.figure
left join citation c on c.key = p.citation
where p.quantity not in ('top1_error', 'top5_error')
    and (p.architecture in (select value from json_each(:names))
        or e.architecture in (select value from json_each(:names)))
order by p.figure;
