-- Views of networks' figures that hold points of search spaces beside the catalogue.
select relation from column_dictionary where "column" = 'space'
intersect
select relation from column_dictionary where "column" = 'is_native'
order by relation;
