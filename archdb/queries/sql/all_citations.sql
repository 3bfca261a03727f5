-- Every publication and released file that the dataset names, papers before releases.
select key, kind, authors, title, year, venue, doi, url
from citation
order by kind = 'misc', year, key;
