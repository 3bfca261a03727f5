select block, kind, layers, params, macs
from block_summary
where architecture = :name and input = :input
order by position;
