select 'archdb version' as item, value as value from meta where key = 'archdb_version'
union all select 'schema revision', version_num from alembic_version
union all select 'networks', count(*) from network where space is null
union all select 'imported networks', count(*) from network where origin = 'imported' and space is null
union all select 'points of search spaces', count(*) from network where space is not null
union all select 'layers', count(*) from layer
union all select 'profiles', count(*) from profile
union all select 'stale profiles', count(*)
    from profile p join network n on n.id = p.network_id where p.revision <> n.revision
union all select 'bytes', page_count * page_size from pragma_page_count, pragma_page_size;
