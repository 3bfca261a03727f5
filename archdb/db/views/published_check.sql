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
    derived,  -- by quantity; derived; archdb's value, not scaled to the unit
    case
        when quantity in ('top1_error', 'top5_error') or architecture is null
            or status = 'not comparable' then 'not comparable'
        -- A select keeps a condition on the verdict out here, where the value is already derived.
        when derived >= at_least and derived < below then (select 'agrees')
        when explained >= e_at_least and explained < e_below or status = 'erratum' then 'explained'
        when derived is null then 'not comparable'
        else 'contradicts'
    end as verdict,  -- name; derived; agrees, explained, contradicts, or not comparable
    explanation,  -- text; stored; how it has to be read to agree: network, input, layers, convention, unit, digits, a sum; or erratum, open
    explained,  -- by quantity; derived; the value under that reading
    coalesce(because, case
        when architecture is null then 'not in the catalogue'
        when quantity in ('top1_error', 'top5_error') then 'accuracy does not follow from an architecture'
        when derived is null then 'nothing is derived that it could be compared with'
    end) as because,  -- text; stored; the reason, in words
    note,  -- text; stored; what the source says about the figure
    at_least,  -- by quantity; derived; the least value that the printed digits stand for
    below  -- by quantity; derived; the least above it that they do not stand for
from (
    select distinct  -- keeps each value from being derived again wherever it is used
        f.*, e.status, e.because, e.at_least as e_at_least, e.below as e_below,
        (select value from figure_reading r where r.figure = f.figure and r.reading = 'printed') as derived,
        iif(e.sum is null, (
            select value from figure_reading r where r.figure = f.figure and r.reading = 'explained'
        ), e.sum_value + iif(e.sum glob 'ours [+-] *', (
            select value from figure_reading r where r.figure = f.figure and r.reading = 'explained'
        ), 0)) as explained,
        (select group_concat(part, '; ') from (
            select 'as ' || e.architecture as part
            union all select 'at ' || e.input
            union all select 'layers ' || (select group_concat(g.value, ' ') from json_each(e.layers) g)
            union all select 'counted by ' || e.convention
            union all select 'in ' || e.unit
            union all select e.digits
            union all select e.sum
            union all select e.status
        )) as explanation
    from published f
    left join published_explanation e on e.figure = f.figure
);
