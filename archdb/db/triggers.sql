-- Any change of the definition, by any SQL client, counts up the network's revision: profiles
-- derived at an earlier revision are stale, and the views show none of them.
-- {own} stands for each table of a network's own rows: layer, edge and block.
create trigger {own}_inserted after insert on {own}
when not (select packed from network where id = new.network_id)
begin
    update network set revision = revision + 1 where id = new.network_id;
end;
create trigger {own}_updated after update on {own}
begin
    update network set revision = revision + 1 where id in (old.network_id, new.network_id);
end;
create trigger {own}_deleted after delete on {own}
begin
    update network set revision = revision + 1 where id = old.network_id and not packed;
end;
-- A packed network has no rows of its own: its layers, edges and blocks stand in the lists of its
-- profile, whose rows it shares with others. To unpack it lays its rows, and then they can be
-- changed like any other's; to pack it takes them away. While packed is 2 rows are laid, which
-- changes nothing and is not counted.
create trigger packed_{own}_inserted before insert on {own}
when (select packed from network where id = new.network_id) = 1
begin
    select raise(abort, 'a packed network is read-only until: update network set packed = 0 where name = …');
end;
create trigger network_unpacked after update of packed on network
when old.packed = 1 and not new.packed
begin
    update network set packed = 2 where id = new.id;
    insert into block (network_id, name, position, kind, attributes, parent)
    select new.id, r.block, e.key, r.kind, r.attributes, r.parent
    from (select id from profile where network_id = new.id order by is_native desc, id limit 1) p
    join profile_row x on x.profile_id = p.id
    join json_each(x.blocks) e
    join block_row r not indexed on r.id = e.value
    where r.kind is not null;
    insert into layer (
        network_id, position, name, block, auxiliary, weights_of, op, kernel_h, kernel_w, stride_h,
        stride_w, dilation_h, dilation_w, padding, pad_top, pad_bottom, pad_left, pad_right, groups,
        filters, units, bias, rounding, attributes
    )
    select
        new.id, e.key, r.name, r.block, r.auxiliary, r.weights_of, f.op, f.kernel_h, f.kernel_w,
        f.stride_h, f.stride_w, f.dilation_h, f.dilation_w, f.padding, f.stated_pad_top,
        f.stated_pad_bottom, f.stated_pad_left, f.stated_pad_right, f.groups, f.filters, f.units,
        f.bias, f.rounding, f.attributes
    from (select id from profile where network_id = new.id order by is_native desc, id limit 1) p
    join profile_row x on x.profile_id = p.id
    join json_each(x.layers) e
    join layer_row r not indexed on r.id = e.value
    join fact_row f not indexed on f.id = r.fact;
    insert into edge (network_id, reader, slot, source)
    select new.id, e.key, i.key, s.position
    from (select id from profile where network_id = new.id order by is_native desc, id limit 1) p
    join profile_row x on x.profile_id = p.id
    join json_each(x.layers) e
    join layer_row r not indexed on r.id = e.value
    join json_each(r.inputs) i
    cross join layer s on s.network_id = new.id and s.name = i.value;
    update network set packed = 0 where id = new.id;
end;
create trigger network_to_be_packed before update of packed on network
when new.packed = 1 and not old.packed and (old.stale or old.space is null)
begin
    select raise(abort, 'only points of search spaces can be packed, with fresh figures: archdb derive');
end;
create trigger network_packed after update of packed on network
when new.packed = 1 and not old.packed
begin
    delete from edge where network_id = new.id;
    delete from layer where network_id = new.id;
    delete from block where network_id = new.id;
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
-- A profile bears its network's space, so that what is asked of all of a space stands in an index.
create trigger space_updated after update of space on network when new.space is not old.space
begin
    update profile set space = new.space where network_id = new.id;
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
create trigger packed_profile_updated before update of network_id on profile
when exists (select 1 from network where id in (old.network_id, new.network_id) and packed)
begin
    select raise(abort, 'a packed network stands in its profile, which stays with it');
end;
create trigger packed_profile_deleted before delete on profile
when exists (
    select 1 from network where id = old.network_id and packed and revision = old.revision
)
begin
    select raise(abort, 'a packed network stands in its profile, which cannot be deleted');
end;
-- Lists, and the rows that networks share, stay as they are: {shared} stands for each table of such
-- rows. What no list holds any longer archdb takes away.
create trigger profile_row_updated before update on profile_row
begin
    select raise(abort, 'profile_row is derived: change rows of layer, edge or block instead');
end;
create trigger profile_row_deleted before delete on profile_row
when exists (select 1 from profile where id = old.profile_id)
begin
    select raise(abort, 'profile_row is derived: change rows of layer, edge or block instead');
end;
create trigger {shared}_updated before update on {shared}
begin
    select raise(abort, '{shared} is derived, and many networks share its rows: change rows of layer, edge or block instead');
end;
create trigger {shared}_deleted before delete on {shared}
begin
    select raise(abort, '{shared} is derived, and many networks share its rows: change rows of layer, edge or block instead');
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
