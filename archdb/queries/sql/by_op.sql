select op, layers, params, macs
from op_summary
where architecture = :name and input = :input
order by position;
