-- All totals of these networks at their native inputs.
select * from architecture_summary
where is_native = 1 and architecture in (select value from json_each(:names));
