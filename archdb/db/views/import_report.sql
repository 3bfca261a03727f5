create view import_report as
-- What was said of a network when it was imported from a file or a library: the file's own figures
-- beside those that were derived.
select
    n.name as architecture,  -- name; stored; the network
    i.number as number,  -- number; stored; order of the lines, from 0
    i.subject as subject,  -- word; stored; source, calls, folded, unknown, tensor, parameters, shapes, note or verdict
    i.item as item,  -- text; stored; of which file, kind of call, layer or tensor the line is
    i.stated as stated,  -- count; stored; what the file has: elements of a tensor, parameters, calls
    i.derived as derived,  -- count; stored; what archdb derived or placed of it at the import
    i.note as note,  -- text; stored; what is to be known: where it is, why it is open
    n.space as space  -- name; stored; the search space that the network is a point of; NULL in the catalogue
from network n
join import_line i on i.network_id = n.id;
