select * exclude (live_params, live_macs, pointwise_params, pointwise_macs, linear_params,
    linear_macs, costliest_layer, costliest_op, costliest_macs)
from totals
