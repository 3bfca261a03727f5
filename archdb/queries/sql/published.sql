-- Published figures, those of one network or all, and of one verdict or all.
select architecture, printed_as, quantity, scope, published, unit, input, convention, derived,
    verdict, explanation, because, citation, place, seen
from published_check
where (:name is null or architecture = :name) and (:verdict is null or verdict = :verdict)
order by architecture is null, architecture, quantity, citation,
    cast(substr(figure, length(citation) + 2) as integer);
