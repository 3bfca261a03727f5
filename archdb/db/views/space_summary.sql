create view space_summary as
-- One row per search space that was built, or begun.
select
    s.name as space,  -- name; stored; the search space
    s.title as title,  -- text; stored; what it holds
    s.citation as citation,  -- name; stored; the publication that defines it
    s.size as size,  -- networks; stored; all its points
    s.wanted as wanted,  -- networks; stored; points that were asked for
    (select count(1) from network n where n.space = s.name) as built  -- networks; stored; points that are there
from space s;
