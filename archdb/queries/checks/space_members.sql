-- Search spaces that lack points which were asked for: a build that did not come to its end.
select space as network,
    (wanted - built) || ' of ' || wanted || ' points are missing: archdb space build ' || space
        || iif(wanted < size, ' with the options that it had', '') || ' adds them' as fault
from space_summary
where built < wanted;
