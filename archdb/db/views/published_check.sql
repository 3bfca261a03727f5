create view published_check as
-- One row for each published figure: what is printed and where, what archdb derives, and whether
-- the two agree when ours is rounded to the printed digits. Nothing else is tolerated: a figure
-- that does not agree is explained by a reading under which it does, or by a stated erratum; or
-- it contradicts, as an open question. Figures that do not follow from an architecture, or are of
-- a network that is not in the catalogue, are not comparable.
select
    figure,  -- name; stored; the figure: its citation and a number
    architecture,  -- name; stored; the network; NULL where the catalogue does not have it
    printed_as,  -- text; stored; what the source calls it
    quantity,  -- name; stored; what the figure is of
    scope,  -- text; stored; the part of the network that it is of, in the source's words; NULL for the whole
    value as published,  -- in unit; stored; the digits as printed
    unit,  -- text; stored; unit of the printed digits: K is 1000 and Ki 1024, MB a million bytes and MiB 1024 x 1024
    convention,  -- name; stored; the counting convention of the source; NULL for what is not counted
    input,  -- shape; stored; input size; NULL where the source states none
    citation,  -- name; stored; key of the source in the table citation
    place,  -- text; stored; where in the source
    seen,  -- name; stored; how it was read: in the source, in a conversion of it to text, second-hand where another quotes it, or not: from memory
    case when weighed % divisor = 0 then weighed / divisor else 1.0 * weighed / divisor end as derived,  -- by quantity; derived; archdb's value, not scaled to the unit
    case
        when quantity in ('top1_error', 'top5_error') or architecture is null
            or status = 'not comparable' then 'not comparable'
        -- In whole numbers, first the whole parts of two fractions and then what is left of each.
        when (weighed / divisor > at_least / bound_divisor or weighed / divisor = at_least / bound_divisor
                and weighed % divisor * bound_divisor >= at_least % bound_divisor * divisor)
            and (weighed / divisor < below / bound_divisor or weighed / divisor = below / bound_divisor
                and weighed % divisor * bound_divisor < below % bound_divisor * divisor)
            then 'agrees'
        when (e_weighed / e_divisor > e_at_least / e_bound_divisor or e_weighed / e_divisor = e_at_least / e_bound_divisor
                and e_weighed % e_divisor * e_bound_divisor >= e_at_least % e_bound_divisor * e_divisor)
            and (e_weighed / e_divisor < e_below / e_bound_divisor or e_weighed / e_divisor = e_below / e_bound_divisor
                and e_weighed % e_divisor * e_bound_divisor < e_below % e_bound_divisor * e_divisor)
            or status = 'erratum'
            then 'explained'
        when weighed is null then 'not comparable'
        else 'contradicts'
    end as verdict,  -- name; derived; agrees, explained, contradicts, or not comparable
    explanation,  -- text; stored; how it has to be read to agree: network, input, layers, convention, unit, digits, a sum; or erratum, open
    case when e_weighed % e_divisor = 0 then e_weighed / e_divisor else 1.0 * e_weighed / e_divisor end as explained,  -- by quantity; derived; the value under that reading
    coalesce(because, case
        when architecture is null then 'not in the catalogue'
        when quantity in ('top1_error', 'top5_error') then 'accuracy does not follow from an architecture'
        when weighed is null then 'nothing is derived that it could be compared with'
    end) as because,  -- text; stored; the reason, in words
    note,  -- text; stored; what the source says about the figure
    iif(bound_divisor = 1, at_least, 1.0 * at_least / bound_divisor) as at_least,  -- by quantity; derived; the least value that the printed digits stand for
    iif(bound_divisor = 1, below, 1.0 * below / bound_divisor) as below,  -- by quantity; derived; the least above it that they do not stand for
    space  -- name; stored; the search space that the network is a point of; NULL in the catalogue
from (
    select
        f.*, n.space, e.status, e.because, e.at_least as e_at_least, e.below as e_below,
        e.bound_divisor as e_bound_divisor,
        iif(read.id is null, null, printed.weighed) as weighed,
        iif(read.id is null, null, printed.divisor) as divisor,
        case
            when e.sum is null or substr(e.sum, 1, 7) in ('ours + ', 'ours - ')
                then iif(told.id is null, null, explained.weighed + coalesce(e.sum_value, 0) * explained.divisor)
            else e.sum_value
        end as e_weighed,
        case
            when e.sum is null or substr(e.sum, 1, 7) in ('ours + ', 'ours - ') then iif(told.id is null, null, explained.divisor)
            else 1
        end as e_divisor,
        nullif(substr(
            coalesce('; as ' || e.architecture, '')
            || coalesce('; at ' || e.input, '')
            || coalesce('; layers ' || (select group_concat(g.value, ' ') from json_each(e.layers) g), '')
            || coalesce('; counted by ' || e.convention, '')
            || coalesce('; in ' || e.unit, '')
            || coalesce('; ' || e.digits, '')
            || coalesce('; ' || e.sum, '')
            || coalesce('; ' || e.status, ''),
            3
        ), '') as explanation
    from published f
    left join published_explanation e on e.figure = f.figure
    -- Values of a network as it was at an earlier revision are none.
    left join figure_value printed on printed.figure = f.figure and printed.reading = 'printed'
    left join network read on read.id = printed.network_id
        and read.name = printed.architecture and read.revision = printed.revision
    left join figure_value explained on explained.figure = f.figure and explained.reading = 'explained'
    left join network told on told.id = explained.network_id
        and told.name = explained.architecture and told.revision = explained.revision
    left join network n on n.name = f.architecture
);
