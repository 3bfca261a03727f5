select relation, "column", unit, meaning, origin, citation
from column_dictionary
where :relation is null or relation = :relation
order by relation, position;
