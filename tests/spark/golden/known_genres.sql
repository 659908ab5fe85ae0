SELECT
  genre_id,
  name
FROM (
  SELECT
    genre_id,
    name,
    ROW_NUMBER() OVER (PARTITION BY genre_id ORDER BY part DESC, line NULLS LAST) AS _w
  FROM lake_genres
) AS _t
WHERE
  _w = 1
