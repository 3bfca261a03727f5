-- How many networks see how much of the input at their last map, and why some tell nothing.
-- :space null: the search space; NULL is the catalogue
with alike as (  -- networks of equal cost together, as the index has them
    select receptive_field_h, receptive_field_w, receptive_field_note, count(*) as networks
    from space_total
    where is_native = 1 and space is :space
    group by macs, weight_params, bias_params, norm_params, depth,
        receptive_field_h, receptive_field_w, receptive_field_note
)
select
    receptive_field_h,
    receptive_field_w,
    case when receptive_field_h is null then receptive_field_note end as why,
    sum(networks) as networks
from alike
group by receptive_field_h, receptive_field_w, why
order by receptive_field_h is null, receptive_field_h, receptive_field_w, why;
