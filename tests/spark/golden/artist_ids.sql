-- artist_index: counted from 0 in the order of artist_id
SELECT
  artist_id
FROM (
  SELECT
    artist_id
  FROM credits
  UNION
  SELECT
    artist_id
  FROM known_artists
) AS named
