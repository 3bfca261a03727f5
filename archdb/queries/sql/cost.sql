-- One profile's figures with and without what its result does not depend on.
select architecture, space, params, macs, live_params, live_macs
from cost_summary
where architecture = :name and input = :input;
