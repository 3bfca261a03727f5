-- How many published figures of each quantity are counted by each convention.
select convention, quantity, count(*) as figures
from published
where convention is not null
group by convention, quantity;
