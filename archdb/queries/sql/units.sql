-- The quantities of architecture_summary, in order, with their units.
select "column" as quantity, unit
from column_dictionary
where relation = 'architecture_summary' and unit not in ('name', 'text', 'year', 'flag')
order by position;
