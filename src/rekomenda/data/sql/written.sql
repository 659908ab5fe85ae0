-- Every spelling of an artist or a genre in the rows of tracks: what separators may part.
SELECT
  'artist' AS kind,
  artist_id AS written
FROM lake_tracks
UNION
SELECT
  'genre' AS kind,
  genre_id AS written
FROM lake_tracks
WHERE genre_id IS NOT NULL
ORDER BY kind, written
