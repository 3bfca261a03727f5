select distinct relation from column_dictionary order by relation;
