-- From the largest map to vectors.
select resolution, layers, params, macs
from resolution_summary
where architecture = :name and input = :input
order by out_width is null, out_height * out_width desc, out_height desc;
