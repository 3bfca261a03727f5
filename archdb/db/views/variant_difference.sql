create view variant_difference as
-- One row for each way in which a variant says that it differs from its base. archdb check holds
-- these rows equal to the differences found between the layer rows of the two.
select
    n.name as architecture,  -- name; stored; the variant
    n.variant_of as variant_of,  -- name; stored; its base
    d.number as number,  -- number; stored; order among the variant's differences, from 0
    d.what as what,  -- name; stored; an attribute of the layers, or op, inputs, or layer where one of the two lacks it
    d.base as base,  -- text; stored; the value in the base; empty where it has no such layer
    d.here as here,  -- text; stored; the value in the variant; empty where it has no such layer
    d.layers as layers,  -- JSON; stored; globs of the names of the layers concerned
    d.why as why,  -- text; stored; what this amounts to, where that needs saying
    n.space as space  -- name; stored; the search space that the network is a point of; NULL in the catalogue
from network n
join difference d on d.network_id = n.id;
