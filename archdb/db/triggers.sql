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
-- What is derived is archdb's: a change of it by another client makes it stale as well, so that it
-- is derived again. archdb itself changes no such row, it deletes profiles and writes new ones.
create trigger structure_updated after update of structure on network
begin
    update network set revision = revision + 1 where id = new.id;
end;
create trigger revision_updated before update of revision on network
when new.revision < old.revision
begin
    select raise(abort, 'a revision counts changes and never goes back');
end;
-- network.stale is 1 where the native profile is missing or some profile is of an earlier revision.
-- Whatever a client does to either, or writes into the flag itself, the last of these sets it right.
create trigger network_inserted after insert on network when new.stale = 0
begin
    update network set stale = 1 where id = new.id;
end;
create trigger revision_counted after update of id, revision on network when new.stale = 0
begin
    update network set stale = 1 where id = new.id;
end;
create trigger profile_inserted after insert on profile
begin
    update network set stale = 0 where id = new.network_id;
end;
create trigger profile_deleted after delete on profile
begin
    update network set stale = 1 where id = old.network_id;
end;
create trigger stale_updated after update of stale on network
when new.stale <> (
    not exists (select 1 from profile where network_id = new.id and is_native = 1)
    or exists (select 1 from profile where network_id = new.id and revision <> new.revision)
)
begin
    update network set stale = 1 - new.stale where id = new.id;
end;
-- A profile that is replaced goes without being deleted.
create trigger profile_replaced before insert on profile
when exists (select 1 from profile where id = new.id and network_id <> new.network_id)
begin
    update network set revision = revision + 1
    where id = (select network_id from profile where id = new.id);
end;
create trigger profile_overwritten before update of id on profile when new.id <> old.id
begin
    update network set revision = revision + 1
    where id = (select network_id from profile where id = new.id);
end;
create trigger profile_updated after update on profile
begin
    update network set revision = max(revision, new.revision) + 1
    where id in (old.network_id, new.network_id);
end;
create trigger layer_profile_updated after update on layer_profile
begin
    update network set revision = revision + 1
    where id in (select network_id from profile where id in (old.profile_id, new.profile_id));
end;
create trigger layer_profile_deleted after delete on layer_profile
begin
    update network set revision = revision + 1
    where id = (select network_id from profile where id = old.profile_id);
end;
-- Values of published figures go where the figure, its explanation, its convention or its network
-- changes, and the figure is noted: archdb works them out again before it answers.
create trigger published_inserted after insert on published
begin
    delete from figure_value where figure = new.figure;
    insert or ignore into unread_figure values (new.figure);
end;
create trigger published_updated
after update of figure, architecture, quantity, unit, layers, convention, input on published
begin
    delete from figure_value where figure in (old.figure, new.figure);
    insert or ignore into unread_figure values (old.figure), (new.figure);
end;
create trigger published_deleted after delete on published
begin
    delete from figure_value where figure = old.figure;
    insert or ignore into unread_figure values (old.figure);
end;
create trigger explanation_inserted after insert on published_explanation
begin
    delete from figure_value where figure = new.figure and reading = 'explained';
    insert or ignore into unread_figure values (new.figure);
end;
create trigger explanation_updated
after update of figure, architecture, layers, convention, input, status on published_explanation
begin
    delete from figure_value where figure in (old.figure, new.figure) and reading = 'explained';
    insert or ignore into unread_figure values (old.figure), (new.figure);
end;
create trigger explanation_deleted after delete on published_explanation
begin
    delete from figure_value where figure = old.figure and reading = 'explained';
    insert or ignore into unread_figure values (old.figure);
end;
create trigger convention_inserted after insert on convention
begin
    delete from figure_value where convention = new.name;
end;
create trigger convention_updated after update on convention
begin
    delete from figure_value where convention in (old.name, new.name);
end;
create trigger convention_deleted after delete on convention
begin
    delete from figure_value where convention = old.name;
end;
create trigger convention_weight_inserted after insert on convention_weight
begin
    delete from figure_value where convention = new.convention;
end;
create trigger convention_weight_updated after update on convention_weight
begin
    delete from figure_value where convention in (old.convention, new.convention);
end;
create trigger convention_weight_deleted after delete on convention_weight
begin
    delete from figure_value where convention = old.convention;
end;
create trigger network_refreshed after update of name, stale on network
when new.stale = 0 and new.space is null and (old.stale = 1 or new.name <> old.name)
begin
    insert or ignore into unread_figure
    select figure from published where architecture in (old.name, new.name)
    union
    select figure from published_explanation where architecture in (old.name, new.name);
end;
create trigger figure_value_inserted after insert on figure_value
begin
    insert or ignore into unread_figure values (new.figure);
end;
create trigger figure_value_updated after update on figure_value
begin
    insert or ignore into unread_figure values (old.figure), (new.figure);
end;
create trigger figure_value_deleted after delete on figure_value
begin
    insert or ignore into unread_figure values (old.figure);
end;
