create view architecture_source as
-- One row for each publication or released file that vouches for something of a network.
select
    n.name as architecture,  -- name; stored; the network
    s.number as number,  -- number; stored; order among the network's sources, from 0
    s.claim as claim,  -- text; stored; what the source vouches for: paper, layer table, a deviation
    s.place as place,  -- text; stored; table, section or file in the source
    c.key as citation,  -- name; stored; key of the source in the table citation
    c.title as title,  -- text; stored; title of the source
    c.year as year,  -- year; stored; year of the source
    c.doi as doi,  -- text; stored; DOI of the source
    c.url as url,  -- text; stored; address of the source, where it has no DOI
    n.space as space  -- name; stored; the search space that the network is a point of; NULL in the catalogue
from network n
join source s on s.network_id = n.id
join citation c on c.key = s.citation;
