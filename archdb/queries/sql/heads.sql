-- What auxiliary heads add, where there are any.
select count(*) as layers, sum(params) as params, sum(macs) as macs
from layer_summary
where architecture = :name and input = :input and auxiliary = 1;
