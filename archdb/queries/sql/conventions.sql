-- The counting conventions: what each counts, whose it is, and by what it divides its sums.
select name, sentence, source, divisor, missing
from convention
where :convention is null or name = :convention
order by name;
