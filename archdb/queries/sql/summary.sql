-- One profile's row of totals.
select * from architecture_summary where architecture = :name and input = :input;
