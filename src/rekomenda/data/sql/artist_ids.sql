-- A number for every artist that a track or an artist row names, in the order of UTF-8 bytes.
SELECT
  artist_id,
  CAST(ROW_NUMBER() OVER (ORDER BY artist_id) - 1 AS INTEGER) AS artist_index
FROM (
  SELECT artist_id FROM credits
  UNION
  SELECT artist_id FROM known_artists
) AS named
