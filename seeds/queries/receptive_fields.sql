-- How many networks see how much of the input at their last map, and why some tell nothing.
-- :space null: the search space; NULL is the catalogue
select
    receptive_field_h,
    receptive_field_w,
    case when receptive_field_h is null then receptive_field_note end as why,
    count(*) as networks
from architecture_summary
where is_native = 1 and space is :space
group by receptive_field_h, receptive_field_w, why
order by receptive_field_h is null, receptive_field_h, receptive_field_w, why;
