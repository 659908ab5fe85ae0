SELECT
  'artist' AS kind,
  artist_id AS written
FROM lake_tracks
UNION
SELECT
  'genre' AS kind,
  genre_id AS written
FROM lake_tracks
WHERE
  NOT genre_id IS NULL
ORDER BY
  kind NULLS LAST,
  written NULLS LAST
