-- From the largest map to sequences, vectors, and what is unknown.
select resolution, layers, params, macs
from resolution_summary
where architecture = :name and input = :input
order by out_width is null, out_height * out_width desc, out_height desc, resolution;
