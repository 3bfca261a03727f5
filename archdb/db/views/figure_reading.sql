create view figure_reading as
-- One row for each way in which a published figure is read: as it is printed, and as its
-- explanation says that it has to be read. `value` is ours; the two agree where it is at least
-- `at_least` and below `below`. Values and bounds that are no whole numbers are exact as the whole
-- numbers that they are made of, which published_check compares. Accuracies have no row, nor have
-- figures of a network that archdb does not have, or of one whose figures are stale.
select
    r.figure as figure,  -- name; stored; the figure
    r.reading as reading,  -- name; stored; printed, or explained
    r.architecture as architecture,  -- name; stored; the network whose value it is
    r.input as input,  -- shape; derived; input size of the network, native where none is stated
    r.layers as layers,  -- JSON; stored; globs of the layers that count, with '!' of those that do not; NULL: all but auxiliary heads
    r.convention as convention,  -- name; stored; the counting convention
    case
        when r.divisor = 1 then r.weighed
        when r.weighed % r.divisor = 0 then r.weighed / r.divisor
        else 1.0 * r.weighed / r.divisor
    end as value,  -- by quantity; derived; our value
    iif(r.bound_divisor = 1, r.at_least, 1.0 * r.at_least / r.bound_divisor) as at_least,  -- by quantity; derived; the least value that the printed digits stand for
    iif(r.bound_divisor = 1, r.below, 1.0 * r.below / r.bound_divisor) as below,  -- by quantity; derived; the least above it that they do not stand for
    r.weighed as weighed,  -- by quantity; derived; our value before it is divided: a whole number
    r.divisor as divisor,  -- number; derived; what it is divided by: 1, the divisor of the convention, or of a percentage the whole
    n.space as space  -- name; stored; the search space that the network is a point of; NULL in the catalogue
from (
    select
        v.*,
        iif(v.reading = 'printed', p.at_least, e.at_least) as at_least,
        iif(v.reading = 'printed', p.below, e.below) as below,
        iif(v.reading = 'printed', p.bound_divisor, e.bound_divisor) as bound_divisor
    from figure_value v
    join published p on p.figure = v.figure
    left join published_explanation e on e.figure = v.figure
) r
join network n on n.id = r.network_id and n.name = r.architecture and n.revision = r.revision;
