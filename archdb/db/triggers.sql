-- Any change of the definition, by any SQL client, counts up the network's revision: profiles
-- derived at an earlier revision are stale, and the views show none of them.
-- Rows laid before a network has any profile need no counting.
create trigger layer_inserted after insert on layer
when exists (select 1 from profile where network_id = new.network_id)
begin
    update network set revision = revision + 1 where id = new.network_id;
end;
create trigger layer_updated after update on layer
begin
    update network set revision = revision + 1 where id in (old.network_id, new.network_id);
end;
create trigger layer_deleted after delete on layer
begin
    update network set revision = revision + 1 where id = old.network_id;
end;
create trigger edge_inserted after insert on edge
when exists (select 1 from profile where network_id = new.network_id)
begin
    update network set revision = revision + 1 where id = new.network_id;
end;
create trigger edge_updated after update on edge
begin
    update network set revision = revision + 1 where id in (old.network_id, new.network_id);
end;
create trigger edge_deleted after delete on edge
begin
    update network set revision = revision + 1 where id = old.network_id;
end;
