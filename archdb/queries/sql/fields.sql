-- The receptive field behind each layer, in order of execution.
select layer, receptive_field_h as field
from layer_summary
where architecture = :name and input = :input and auxiliary = 0
order by position;
