-- One row for each genre that has a name; the newest file wins, within a file the first line.
SELECT
  genre_id,
  name
FROM lake_genres
QUALIFY ROW_NUMBER() OVER (PARTITION BY genre_id ORDER BY part DESC, line) = 1
