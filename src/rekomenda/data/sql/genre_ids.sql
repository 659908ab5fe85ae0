-- A number for every genre that a track or a genre row names, in the order of UTF-8 bytes.
SELECT
  genre_id,
  CAST(ROW_NUMBER() OVER (ORDER BY genre_id) - 1 AS INTEGER) AS genre_index
FROM (
  SELECT genre_id FROM genre_credits
  UNION
  SELECT genre_id FROM known_genres
) AS named
