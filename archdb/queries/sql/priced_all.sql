-- What these networks (:names, JSON), at their native inputs, count for under a convention.
select architecture, value
from convention_total
where is_native = 1 and convention = :convention
    and architecture in (select value from json_each(:names));
