-- What the columns of the views hold, where a name means the same in all of them.
select
    "column",
    min(unit) as unit,
    coalesce(min(meaning) filter (where relation = 'architecture_summary'), min(meaning)) as meaning
from column_dictionary
group by "column"
having count(distinct unit) = 1;
