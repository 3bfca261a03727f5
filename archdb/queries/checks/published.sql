-- Published figures that contradict without being an open question, whose explanation does not
-- hold, or that name a network, layers or a convention that is not there. Imported networks are
-- their importer's.
with figure as materialized (select * from published_check)  -- once, not for each condition
select architecture as network, figure.figure || ': ' || case
        when verdict = 'contradicts' and explanation is null then
            printf('%s %s is printed, %s derived, and nothing explains it', published, unit, derived)
        when verdict = 'contradicts' then
            printf('%s %s is not explained by: %s', published, unit, explanation)
        else 'nothing is derived at the input, layers and convention that it states'
    end as fault
from figure
where architecture is not null
    and architecture not in (select name from network where origin = 'imported')
    and quantity not in ('top1_error', 'top5_error')
    and (verdict = 'contradicts' and explanation is not 'open'
        or verdict = 'not comparable' and explanation is not 'not comparable');
