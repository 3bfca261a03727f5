-- A network's total under a convention.
select value
from convention_total
where architecture = :name and input = :input and convention = :convention;
