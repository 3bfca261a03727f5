-- Layers whose parameters at this input are not those at the native one.
select
    here.layer, here.op, here.params as params, native.params as native_params,
    native.input as native_input
from layer_summary here
join layer_summary native
    on native.architecture = here.architecture
    and native.position = here.position
    and native.is_native = 1
where here.architecture = :name and here.input = :input
    and here.params is not native.params
    and (here.params is not null or not here.auxiliary)  -- a head that has no room is a note
order by here.position;
