select convention, op, quantity, weight
from convention_weight
where :convention is null or convention = :convention;
