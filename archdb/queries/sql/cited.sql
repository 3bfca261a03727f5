-- The publications of figures whose key, title or authors hold some words.
select key from citation c
where instr(lower(key || ' ' || title || ' ' || authors), lower(:text))
    and exists (select 1 from published p where p.citation = c.key);
