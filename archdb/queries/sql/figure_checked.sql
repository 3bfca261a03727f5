-- One published figure, checked, and how its explanation reads it.
select p.figure, coalesce(e.architecture, p.architecture) as architecture,
    coalesce(e.input, p.input, s.input) as input, p.quantity, p.scope, p.citation, p.place,
    coalesce(e.convention, p.convention) as convention, p.verdict, p.explanation, p.because,
    coalesce(p.explained, p.derived) as value,
    (select layers from published f where f.figure = p.figure) as layers,
    p.published || iif(p.unit = 'count', '', ' ' || p.unit) as printed
from published_check p
left join published_explanation e on e.figure = p.figure
left join architecture_summary s
    on s.architecture = coalesce(e.architecture, p.architecture) and s.is_native
where p.figure = :figure;
