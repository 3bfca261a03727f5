-- The lowest top-1 error of a whole network that each source prints, by source.
select citation, value
from (
    select
        citation, value,
        row_number() over (partition by citation order by cast(value as real), figure) as rank
    from published
    where architecture = :name and quantity = 'top1_error' and unit = '%' and scope is null
)
where rank = 1
order by citation;
