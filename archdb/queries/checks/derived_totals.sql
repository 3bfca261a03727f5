-- Totals that are not the sums of their layer rows.
select s.architecture as network, s.input || ': params or macs differ from the layer rows' as fault
from architecture_summary s
join (select architecture, input, sum(params) as params, sum(macs) as macs,
             count(params) = count(*) as closed
      from layer_summary where auxiliary = 0 group by architecture, input) l
    on l.architecture = s.architecture and l.input = s.input
where l.closed and (l.params <> s.params or l.macs <> s.macs);
