-- The counting conventions, and by what each divides its sums.
select name, sentence, divisor
from convention
where :convention is null or name = :convention
order by name;
