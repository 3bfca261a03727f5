-- How many published figures there are of each verdict, and how many of them are open questions.
select verdict, count(*) as figures, count(iif(verdict = 'contradicts' and explanation = 'open', 1, null)) as open
from published_check
group by verdict;
