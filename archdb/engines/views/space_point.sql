select d.space, d.number, d.architecture, a.attribute, d."values" ->> a.attribute as value,
    t.params, t.macs, t.live_params, t.live_macs
from (select *, unnest(json_keys("values")) as attribute from definitions) a
join definitions d on d.architecture = a.architecture
join totals t on t.architecture = a.architecture
