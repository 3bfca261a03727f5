-- How many classes a network tells apart, and which search space it is a point of.
select classes, space
from network
where name = :name;
